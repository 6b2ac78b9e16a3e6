# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.node.judge import (
    judge_drained,
    judge_gone,
    judge_roles,
    lost_tasks,
)

FIXTURES = Path(__file__).parent / "fixtures"


def recorded(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())


def ids(nodes, roles):
    return {
        node["ID"]: roles[node["Description"]["Hostname"]] for node in nodes if node["Description"]["Hostname"] in roles
    }


@pytest.mark.parametrize(
    ("roles", "state", "reason"),
    [
        ({}, "done", "every node has its role"),
        ({"node1": "manager", "node4": "worker"}, "done", "every node has its role"),
        ({"node4": "manager"}, "pending", "node4 is not a reachable manager yet"),
        ({"node3": "manager"}, "pending", "node3 is not a reachable manager yet"),
        (
            {"node1": "worker", "node4": "manager"},
            "pending",
            "node1 is still a manager; node4 is not a reachable manager yet",
        ),
    ],
)
def test_roles(roles, state, reason):
    nodes = recorded("nodes_one_unreachable")
    verdict = judge_roles(ids(nodes, roles), nodes)
    assert (verdict.state, verdict.reason) == (state, reason)


def test_a_node_that_is_down_is_not_waited_for():
    nodes = recorded("nodes_stale")
    verdict = judge_roles({"kmbxs7dwsyh4hwgq691g59zoi": "manager"}, nodes)
    assert (verdict.state, verdict.reason) == ("failed", "node3 is down and becomes a manager only when it is back")


@pytest.mark.parametrize(
    ("moment", "state", "reason"),
    [
        ("draining", "pending", "stub.puhr2ytsfkbxl73r1w0ba5txn is running on node2"),
        ("drained", "done", "no task is left"),
    ],
)
def test_drain(moment, state, reason):
    seen = recorded("draining")
    services = {service["ID"]: service["Spec"]["Name"] for service in seen["services"]}
    on_node2 = [task for task in seen[moment] if task["NodeID"] == "puhr2ytsfkbxl73r1w0ba5txn"]
    verdict = judge_drained(seen["nodes"], on_node2, services)
    assert (verdict.state, verdict.reason) == (state, reason)
    assert lost_tasks(seen["nodes"], on_node2, services) == []


def test_nobody_knows_what_runs_on_a_node_that_is_down():
    seen = recorded("draining")
    for node in seen["nodes"]:
        node["Status"]["State"] = "down"
    services = {service["ID"]: service["Spec"]["Name"] for service in seen["services"]}
    on_node2 = [task for task in seen["draining"] if task["NodeID"] == "puhr2ytsfkbxl73r1w0ba5txn"]
    assert judge_drained(seen["nodes"], on_node2, services).state == "done"
    assert lost_tasks(seen["nodes"], on_node2, services) == [
        "node2 is down, so nobody knows whether it still runs stub.puhr2ytsfkbxl73r1w0ba5txn"
    ]


def test_only_what_has_left_can_be_removed():
    nodes = recorded("nodes_stale")
    down = [node for node in nodes if node["Status"]["State"] == "down"]
    assert judge_gone(down).state == "done"
    verdict = judge_gone([*down, nodes[0]])
    assert (verdict.state, verdict.reason) == ("pending", "still in the swarm and ready: node1")
