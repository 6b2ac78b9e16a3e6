# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.engine.judge import judge_key, judge_quorum, judge_return


def manager(node_id, reachability="reachable", state="ready"):
    return {"ID": node_id, "Status": {"State": state}, "ManagerStatus": {"Reachability": reachability}}


def managers(reachable, unreachable=0):
    """Managers of which ``m1`` is the one to be restarted."""
    states = ["reachable"] * reachable + ["unreachable"] * unreachable
    return [manager(f"m{number}", state) for number, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("nodes", "state", "reason"),
    [
        (managers(3), "done", "2 of 3 managers stay reachable, 2 are needed"),
        (managers(4, 1), "done", "3 of 5 managers stay reachable, 3 are needed"),
        (managers(1), "done", "a swarm of 1 manager cannot spare one, and there is no other way"),
        (managers(2), "done", "a swarm of 2 managers cannot spare one, and there is no other way"),
        ([{"ID": "m1"}, manager("m2")], "done", "this node is no manager"),
        (
            managers(2, 1),
            "pending",
            "restarting this manager would leave 1 of 3 managers reachable, and a majority of 3 needs 2",
        ),
        (
            managers(3, 1),
            "pending",
            "restarting this manager would leave 2 of 4 managers reachable, and a majority of 4 needs 3",
        ),
        (
            managers(1, 1),
            "pending",
            "restarting this manager would leave 0 of 2 managers reachable, and a majority of 2 needs 2",
        ),
    ],
)
def test_a_manager_is_spared_only_by_a_majority(nodes, state, reason):
    verdict = judge_quorum(nodes, "m1")
    assert (verdict.state, verdict.reason) == (state, reason)


@pytest.mark.parametrize(
    ("pem", "state"),
    [
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nkek-version: 10\n", "pending"),
        ("-----BEGIN PRIVATE KEY-----\nkek-version: 12\n", "done"),
        ("", "done"),
    ],
)
def test_a_worker_whose_key_is_still_locked_is_not_restarted(pem, state):
    assert judge_key(pem).state == state


OUTSIDE = {"LocalNodeState": "inactive"}
WORKER = {"LocalNodeState": "active", "ControlAvailable": False, "NodeID": "m1"}
MANAGER = {**WORKER, "ControlAvailable": True}


def swarm(state="active", control=False, **more):
    return {"Swarm": {"LocalNodeState": state, "ControlAvailable": control, **more}}


@pytest.mark.parametrize(
    ("before", "info", "nodes", "state", "reason"),
    [
        (OUTSIDE, None, [], "pending", "the Engine does not answer"),
        (OUTSIDE, swarm("inactive"), [], "done", "the Engine answers"),
        ({"LocalNodeState": "pending"}, swarm("pending"), [], "done", "the Engine answers"),
        (WORKER, swarm("pending"), [], "pending", "the node's membership is pending"),
        (WORKER, swarm(), [], "done", "the node is active"),
        (WORKER, swarm("error", Error="expired"), [], "failed", "the node is not in its swarm any more: expired"),
        (MANAGER, swarm("locked"), [], "pending", "the node's membership is locked"),
        (WORKER, swarm("locked"), [], "failed", "the node is locked; unlock it with: docker swarm unlock"),
        (MANAGER, swarm(), [], "pending", "the node does not serve as a manager yet"),
        (MANAGER, swarm(control=True), [], "pending", "the managers see the node as None and None"),
        (
            MANAGER,
            swarm(control=True),
            [manager("m1", "unreachable", "down")],
            "pending",
            "the managers see the node as down and unreachable",
        ),
        (MANAGER, swarm(control=True), managers(1, 2), "pending", "of 3 managers 1 is reachable"),
        (
            MANAGER,
            swarm(control=True),
            [*managers(3), {"ID": "w1", "Status": {"State": "unknown"}}],
            "pending",
            "the new leader has not heard of w1 yet",
        ),
        (
            MANAGER,
            swarm(control=True),
            [*managers(3), {"ID": "w1", "Status": {"State": "down"}}],
            "done",
            "the node is a ready and reachable manager",
        ),
        (MANAGER, swarm(control=True), managers(2, 1), "done", "the node is a ready and reachable manager"),
    ],
)
def test_an_engine_is_back_when_its_node_is_what_it_was(before, info, nodes, state, reason):
    verdict = judge_return(before, info, nodes)
    assert (verdict.state, verdict.reason) == (state, reason)
