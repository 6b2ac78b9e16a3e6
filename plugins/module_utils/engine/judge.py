# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a swarm can lose an Engine for a moment, and whether it has it back."""

from __future__ import annotations

from ..core.fields import get
from ..core.wait import DONE, FAILED, PENDING, Verdict
from ..node.quorum import count, is_are, majority, managers
from ..node.resolve import hostname

# The leader's view of a manager lags behind a restart that takes two seconds.
SETTLED = 2.0


def judge_quorum(nodes: list, node_id: str) -> Verdict:
    """Whether the other managers stay a majority while this one is away.

    One manager, or two that are both reachable, cannot do without each other, so there is nothing to wait for.
    """
    present = managers(nodes)
    if node_id not in present:
        return Verdict(DONE, "this node is no manager")
    left = sum(reachable for other, reachable in present.items() if other != node_id)
    needed = majority(len(present))
    if left >= needed:
        return Verdict(DONE, f"{left} of {count(len(present), 'manager')} stay reachable, {needed} are needed")
    if len(present) <= 2 and left == len(present) - 1:
        return Verdict(DONE, f"a swarm of {count(len(present), 'manager')} cannot spare one, and there is no other way")
    return Verdict(
        PENDING,
        f"restarting this manager would leave {left} of {count(len(present), 'manager')} reachable, "
        f"and a majority of {len(present)} needs {needed}",
    )


def judge_key(pem: str) -> Verdict:
    """Whether a worker can start without the swarm's unlock key.

    For some seconds after a demotion the TLS key of the node is still encrypted as that of a manager, where the swarm
    locks its managers (swarmkit, ca/keyreadwriter.go). Restarted then, the worker would stay locked.
    """
    if "ENCRYPTED" in pem:
        return Verdict(PENDING, "the node was a manager and its key is still locked; it is renewed for a worker")
    return Verdict(DONE, "the node's key needs no unlock key")


def judge_return(before: dict, info: dict | None, nodes: list) -> Verdict:
    """Whether the Engine is back and its node is what it was ``before``, the swarm section of its info then."""
    if info is None:
        return Verdict(PENDING, "the Engine does not answer")
    if before["LocalNodeState"] != "active":
        return Verdict(DONE, "the Engine answers")
    swarm = info["Swarm"]
    if swarm["LocalNodeState"] == "error":
        return Verdict(FAILED, f"the node is not in its swarm any more: {swarm.get('Error')}", hold=SETTLED)
    if swarm["LocalNodeState"] == "locked" and not before.get("ControlAvailable"):
        return Verdict(FAILED, "the node is locked; unlock it with: docker swarm unlock", hold=SETTLED)
    if swarm["LocalNodeState"] != "active":
        return Verdict(PENDING, f"the node's membership is {swarm['LocalNodeState']}")
    if not before.get("ControlAvailable"):
        return Verdict(DONE, "the node is active", hold=SETTLED)
    if not swarm.get("ControlAvailable"):
        return Verdict(PENDING, "the node does not serve as a manager yet")
    return judge_manager(nodes, before["NodeID"])


def judge_manager(nodes: list, node_id: str) -> Verdict:
    """Whether the managers see this one as a ready and reachable node, are enough, and know of all nodes."""
    node = next((raw for raw in nodes if raw["ID"] == node_id), {})
    state, reachability = get(node, "Status.State"), get(node, "ManagerStatus.Reachability")
    if (state, reachability) != ("ready", "reachable"):
        return Verdict(PENDING, f"the managers see the node as {state} and {reachability}")
    present = managers(nodes)
    reachable = sum(present.values())
    if reachable < majority(len(present)):
        return Verdict(PENDING, f"of {count(len(present), 'manager')} {is_are(reachable)} reachable")
    # A leader that was just elected knows no node's state until the node reports, or is down.
    unheard = [hostname(raw) for raw in nodes if get(raw, "Status.State") == "unknown"]
    if unheard:
        return Verdict(PENDING, f"the new leader has not heard of {', '.join(unheard)} yet")
    return Verdict(DONE, "the node is a ready and reachable manager", hold=SETTLED)
