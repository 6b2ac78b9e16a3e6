# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.flotilla.swarm.plugins.plugin_utils.groups import core_problem, groups_problem

ROOT = Path(__file__).parents[4]
NODES = {"managers": "swarm_managers", "workers": "swarm_workers"}
BALANCERS = {"load_balancers": "swarm_load_balancers"}
EMPTY = {"all": [], "ungrouped": []}


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        pytest.param(NODES, {"all": ["a"], "swarm_managers": ["a"]}, id="a manager alone makes a swarm"),
        pytest.param(NODES, {"all": ["a"], "swarm_managers": ["a"], "swarm_workers": []}, id="workers may come later"),
        pytest.param({**NODES, "managers": "mine"}, {"all": ["a"], "mine": ["a"]}, id="a group may have another name"),
        pytest.param(BALANCERS, {"all": ["a"], "swarm_load_balancers": ["a"]}, id="load balancers need no swarm here"),
    ],
)
def test_hosts_to_work_on(names, groups):
    assert groups_problem(names, groups) == ""


@pytest.mark.parametrize(
    ("names", "groups", "sentence"),
    [
        pytest.param(
            NODES,
            EMPTY,
            "the inventory has no hosts; name one with -i, in which group swarm_managers has the managers",
            id="no inventory",
        ),
        pytest.param(
            NODES,
            {"all": ["a", "b"], "ungrouped": [], "workers": ["b"], "managers": ["a"], "none": []},
            "no host is a manager, as the inventory has none in group swarm_managers: its groups with hosts are "
            "managers, workers; put the managers into swarm_managers, or say which group has them with "
            "-e swarm_managers_group=NAME, and likewise swarm_workers_group",
            id="groups of other names",
        ),
        pytest.param(
            NODES,
            {"all": ["b"], "ungrouped": [], "swarm_workers": ["b"], "swarm_managers": []},
            "no host is a manager, as the inventory has none in group swarm_managers: its groups with hosts are "
            "swarm_workers; put the managers into swarm_managers, or say which group has them with "
            "-e swarm_managers_group=NAME, and likewise swarm_workers_group",
            id="only workers",
        ),
        pytest.param(
            {**NODES, "managers": "mine"},
            {"all": ["a"], "ungrouped": ["a"]},
            "no host is a manager, as the inventory has none in group mine: its hosts are in no group; put the "
            "managers into mine, or say which group has them with -e swarm_managers_group=NAME, and likewise "
            "swarm_workers_group",
            id="no groups",
        ),
        pytest.param(
            BALANCERS,
            {"all": ["a"], "ungrouped": [], "swarm_managers": ["a"]},
            "no host is a load balancer, as the inventory has none in group swarm_load_balancers: its groups with "
            "hosts are swarm_managers; put the load balancers into swarm_load_balancers, or say which group has them "
            "with -e swarm_load_balancers_group=NAME",
            id="no load balancers",
        ),
    ],
)
def test_nothing_to_work_on(names, groups, sentence):
    assert groups_problem(names, groups) == sentence


@pytest.mark.parametrize("core", ["2.18.0", "2.19.14", "2.21.0rc1", "3.0.0", "2.22.0.dev0"])
def test_an_ansible_core_that_will_do(core):
    assert core_problem(core) == ""


@pytest.mark.parametrize("core", ["2.9.27", "2.16.19", "2.17.14"])
def test_an_ansible_core_that_is_too_old(core):
    assert core_problem(core) == (
        f"flotilla.swarm needs ansible-core 2.18 or newer, and this is {core}; install a newer one"
    )


def test_the_oldest_ansible_core_is_the_one_of_the_collection():
    oldest = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert core_problem(oldest.lstrip(">=")) == ""


@pytest.mark.parametrize("playbook", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda path: path.stem)
def test_every_play_says_which_hosts_it_needs(playbook):
    """Without it a play is skipped where the inventory has other groups, and the run succeeds."""
    for play in yaml.safe_load(playbook.read_text(encoding="utf-8")):
        if "hosts" in play:
            assert re.fullmatch(r"\{\{ lookup\('flotilla\.swarm\.hosts', .*\) \}\}", play["hosts"])


def test_what_older_releases_cannot_read_is_read_after_they_are_refused():
    """They end at an imported file with their own words, before the playbook's."""
    files = [path for path in ROOT.glob("roles/*/tasks/*.yml") if "break_when:" in path.read_text("utf-8")]
    assert files
    for path in files:
        callers = "".join(other.read_text("utf-8") for other in path.parent.glob("*.yml"))
        assert re.findall(rf"(\w+)_tasks: {path.name}$", callers, re.MULTILINE) == ["include"]
