# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.stack.checks import misplaced, presumed

FAR = (
    "service web: no node meets its constraints (node.role == worker); change the constraints, or label or activate a "
    "node"
)
SPEC = {"Mode": {"Global": {}}, "TaskTemplate": {"Placement": {"Constraints": ["node.role == worker"]}}}


def node(state, role="worker", availability="active"):
    return {
        "ID": "n1",
        "Spec": {"Role": role, "Availability": availability},
        "Status": {"State": state, "Addr": "192.0.2.1"},
        "Description": {"Hostname": "one"},
    }


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (node("ready"), []),
        (node("unknown"), []),
        (node("down"), [FAR]),
        (node("disconnected"), [FAR]),
        (node("unknown", role="manager"), [FAR]),
        (node("unknown", availability="drain"), [FAR]),
    ],
)
def test_a_node_that_a_new_leader_has_not_heard_of_yet_may_run_tasks(there, told):
    assert misplaced("web", SPEC, {"n1": presumed(there)}) == told
