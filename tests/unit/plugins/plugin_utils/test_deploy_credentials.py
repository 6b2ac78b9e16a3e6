# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_credentials import failures, registries

REG = "reg.example.com:5000"
WANTED = {REG: [f"{REG}/web:1"]}


def row(resolved, registry=REG, error=None, images=()):
    return {"registry": registry, "resolved": resolved, "error": error, "images": list(images)}


def plan(*rows):
    return {"stack": {"registries": list(rows)}}


@pytest.mark.parametrize(
    ("plans", "declared", "wanted"),
    [
        pytest.param([plan(row(True, images=["a"]))], [], {REG: ["a"]}, id="the manager is logged in"),
        pytest.param([plan(row(False, images=["a"]))], [], {}, id="nobody has heard of it"),
        pytest.param([plan(row(False, images=["a"]))], [REG], {REG: ["a"]}, id="the inventory declares it"),
        pytest.param(
            [plan(row(False, images=["a"]))], [f"https://{REG.upper()}/v2/"], {REG: ["a"]}, id="as an address"
        ),
        pytest.param(
            [plan(row(False, "docker.io", images=["nginx"]))], ["index.docker.io"], {"docker.io": ["nginx"]}, id="hub"
        ),
        pytest.param([plan(row(False, error="broken"))], [], {}, id="the manager does not know"),
        pytest.param(
            [plan(row(True, images=["a", "b"])), plan(row(True, images=["b", "c"]))], [], {REG: [*"abc"]}, id="2"
        ),
        pytest.param([{"stack": {}}, plan()], [REG], {}, id="stacks that are not checked"),
    ],
)
def test_which_registries_every_node_must_be_logged_in_to(plans, declared, wanted):
    assert registries(dict(enumerate(plans)), [{"registry": name} for name in declared]) == wanted


def test_a_registry_that_nodes_are_logged_out_of_does_not_count():
    plans = {"shop": plan(row(False, images=["a"]))}
    assert registries(plans, [{"registry": REG, "state": "absent"}]) == {}
    assert registries(plans, [{"registry_url": REG, "state": "present"}]) == {REG: ["a"]}


def test_all_nodes_and_registries_are_told_at_once():
    answers = {
        "node1": {"registries": [row(True), row(False, "other")]},
        "node2": {"registries": [row(False), row(True, "other")]},
        "node3": {"registries": [row(False), row(False, "other", "the helper fails")]},
        "node4": {"msg": "config.json cannot be read"},
        "dead": {"unreachable": True, "msg": "Failed to connect"},
    }
    assert failures(answers, {**WANTED, "other": ["other/db:1"]}).splitlines()[1:-1] == [
        f"{REG} (for {REG}/web:1): no credentials on node2, node3",
        "other (for other/db:1): no credentials on node1",
        "node3: other: the helper fails",
        "node4: config.json cannot be read",
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"node1": {"registries": [row(True)]}},
        {"node1": {"registries": [row(True)]}, "dead": {"unreachable": True}},
        {"node1": {"skipped": True}},
        {},
    ],
)
def test_nothing_is_told_where_all_that_answer_are_logged_in(answers):
    assert failures(answers, WANTED) == ""
