# SPDX-License-Identifier: GPL-3.0-or-later
"""All nodes have arrived, and many of them cost no more calls than one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plays import RECAP, play
from testinfra.utils.ansible_runner import AnsibleRunner

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "converge.yml"
CALLBACKS = Path(__file__).resolve().parents[3] / "tests" / "benchmarks" / "callbacks"
# To find a manager, to compare the settings of nodes; whatever the number of nodes.
CALLS_OF_A_RUN = 2


@pytest.fixture(scope="module")
def machines():
    """The names of all machines of the lab, and their releases."""
    runner = AnsibleRunner(os.environ["ANSIBLE_INVENTORY"].split(",")[0])
    return {name: runner.get_variables(name)["lab_release"] for name in runner.get_hosts("lab")}


@pytest.fixture
def nodes(docker):
    """``(hostname, role, state, labels)`` of every node."""

    def nodes():
        return sorted(
            (n["Description"]["Hostname"], n["Spec"]["Role"], n["Status"]["State"], sorted(n["Spec"]["Labels"].items()))
            for n in docker("node", "inspect", *docker("node", "ls", "--quiet").split())
        )

    return nodes


def declared(machines, zone):
    """What ``nodes`` shall be."""
    return sorted(
        (
            name,
            "manager" if name == "node1" else "worker",
            "ready",
            [("flotilla.swarm.host", name), ("release", release), ("zone", zone)],
        )
        for name, release in machines.items()
    )


@pytest.fixture
def converge(machines, tmp_path):
    """Run the role; return the recap, and how many modules were run on machines."""

    def converge(**variables):
        calls = tmp_path / "calls"
        count = {"ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "calls"}
        groups = {"swarm_managers": ["node1"], "swarm_workers": [name for name in machines if name != "node1"]}
        outcome = play(PLAYBOOK, groups, environment={**count, "CALLS_FILE": str(calls)}, **variables)
        assert outcome.status == 0, outcome.printed
        assert len(RECAP.findall(outcome.printed)) == len(machines)
        return outcome.changed, int(calls.read_text())

    return converge


def test_every_node_has_arrived_once(machines, nodes):
    assert len(machines) == int(os.environ["ANSIBLE_FORKS"]) + 1
    assert nodes() == declared(machines, "none")


def test_every_engine_is_in_this_swarm(machines, host, docker):
    ids = set(docker("node", "ls", "--format", "{{.ID}}").split())
    ask = "docker info --format '{{.Swarm.NodeID}} {{.Swarm.LocalNodeState}}'"
    told = [host.get_host(f"ansible://{name}").check_output(ask).split() for name in machines]
    assert {node for node, _state in told} == ids
    assert {state for _node, state in told} == {"active"}


def test_a_repeated_run_changes_nothing(converge, nodes):
    before = nodes()
    assert converge() == (0, CALLS_OF_A_RUN)
    assert nodes() == before


def test_labels_of_all_nodes_are_one_call(converge, machines, nodes):
    assert converge(zone="west") == (1, CALLS_OF_A_RUN)
    assert nodes() == declared(machines, "west")
