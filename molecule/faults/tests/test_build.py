# SPDX-License-Identifier: GPL-3.0-or-later
"""A swarm that must not be begun, and one whose building is cut short. The last test leaves one of four nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play_and_kill

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "converge.yml"
MANAGERS, WORKERS = ["node1", "node2", "node3"], ["node5"]
EVERY = (*MANAGERS, *WORKERS)
# What a run has printed when it is killed.
MOMENTS = {
    "while the swarm is initialised": r"TASK \[.* : Initialise the swarm\]",
    "after it was": r"TASK \[.* : Learn what it takes to join\]",
    "between two managers": r"TASK \[.* : Join\][\s\S]*\nchanged: \[node2\]",
    "while the worker joins": r"TASK \[.* : Join\][\s\S]*\nchanged: \[node3\]",
    "before there are labels": r"TASK \[.* : Make labels, roles and availability",
}


@pytest.fixture
def in_no_swarm(on, state):
    """Engines that are in no swarm."""
    for name in EVERY:
        on(name).run("docker swarm leave --force")
    assert {state(name) for name in EVERY} == {"inactive"}


def test_no_swarm_is_begun_while_a_host_cannot_be_asked(in_no_swarm, converge, state):
    outcome = converge(MANAGERS, {"node5": {"ansible_port": 1}})
    assert outcome.status != 0
    assert "no host is known to be in a swarm, but node5 could not be asked" in outcome.text
    assert {state(name) for name in EVERY} == {"inactive"}


def test_no_swarm_is_begun_over_a_part_of_the_hosts(in_no_swarm, converge, state):
    outcome = converge(MANAGERS, WORKERS, "--limit=node2,node3,node5")
    assert outcome.status != 0
    assert "node1 are outside of this run's --limit" in outcome.text
    assert {state(name) for name in EVERY} == {"inactive"}


def test_a_host_whose_engine_is_down_is_one_that_cannot_be_asked(in_no_swarm, converge, on, state):
    on("node5").check_output("systemctl stop docker.socket docker")
    outcome = converge(MANAGERS, WORKERS)
    on("node5").check_output("systemctl start docker.socket docker")
    assert outcome.status != 0
    assert "node5 could not be asked" in outcome.text
    assert {state(name) for name in EVERY} == {"inactive"}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_run_that_was_killed_is_finished_by_the_next(in_no_swarm, moment, converge, state, nodes, built):
    groups = {"swarm_managers": MANAGERS, "swarm_workers": WORKERS}
    play_and_kill(PLAYBOOK, groups, moment)
    if state("node1").startswith("active"):
        assert nodes("node1") != built(MANAGERS, WORKERS)
    assert converge(MANAGERS, WORKERS).changed > 0
    assert nodes("node1") == built(MANAGERS, WORKERS)
    assert {state(name) for name in MANAGERS} == {state("node1")}
