# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what was asked of nodes has happened. Plain functions over what the Engine answers."""

from __future__ import annotations

from ..core.fields import get
from ..core.wait import DONE, FAILED, PENDING, Verdict
from .resolve import hostname

# The states of a task in which something of it may run, or is about to (swarmkit, api/types.proto).
ACTIVE = ("new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running")


def judge_roles(wanted: dict, nodes: list) -> Verdict:
    """Whether the nodes in ``wanted`` (``{ID: role}``) are what they shall be."""
    waiting = []
    for raw in nodes:
        role, name = wanted.get(raw["ID"]), hostname(raw)
        reachable = get(raw, "ManagerStatus.Reachability") == "reachable"
        if role == "manager" and not reachable:
            if get(raw, "Status.State") == "down":
                return Verdict(FAILED, f"{name} is down and becomes a manager only when it is back")
            waiting.append(f"{name} is not a reachable manager yet")
        elif role == "worker" and raw.get("ManagerStatus"):
            waiting.append(f"{name} is still a manager")
    return Verdict(PENDING if waiting else DONE, "; ".join(waiting) or "every node has its role")


def judge_drained(nodes: list, tasks: list, services: dict) -> Verdict:
    """Whether nothing of a service is left on these nodes; ``services`` are names by ID.

    What a node that is down still runs cannot be known, so it is not waited for.
    """
    up = {raw["ID"]: hostname(raw) for raw in nodes if get(raw, "Status.State") != "down"}
    left = [
        f"{task_name(task, services)} is {task['Status']['State']} on {up[task['NodeID']]}"
        for task in tasks
        if task.get("NodeID") in up and is_active(task)
    ]
    return Verdict(PENDING if left else DONE, "; ".join(sorted(left)) or "no task is left")


def lost_tasks(nodes: list, tasks: list, services: dict) -> list:
    """A sentence for each node that is down and whose tasks may therefore still run."""
    sentences = []
    for raw in nodes:
        left = sorted(
            task_name(task, services) for task in tasks if task.get("NodeID") == raw["ID"] and is_active(task)
        )
        if left and get(raw, "Status.State") == "down":
            sentences.append(f"{hostname(raw)} is down, so nobody knows whether it still runs {', '.join(left)}")
    return sentences


def judge_gone(nodes: list) -> Verdict:
    """Whether these nodes, which are to be removed, have left the swarm."""
    ready = [hostname(raw) for raw in nodes if get(raw, "Status.State") == "ready"]
    if not ready:
        return Verdict(DONE, "every node has left")
    return Verdict(PENDING, f"still in the swarm and ready: {', '.join(ready)}")


def is_active(task: dict) -> bool:
    """Whether something of the task may run."""
    return get(task, "Status.State") in ACTIVE


def task_name(task: dict, services: dict) -> str:
    """``web.3``, or ``web.NODE_ID`` of a global service, as docker names tasks."""
    service = services.get(task["ServiceID"], task["ServiceID"])
    return f"{service}.{task.get('Slot') or task.get('NodeID')}"
