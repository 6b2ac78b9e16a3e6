# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of a service say, one by one and together. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

from ..core.fields import get
from .placement import matches

# In the order of a task's life (swarmkit, api/types.proto).
STATES = (
    "new",
    "pending",
    "assigned",
    "accepted",
    "preparing",
    "ready",
    "starting",
    "running",
    "complete",
    "shutdown",
    "failed",
    "rejected",
    "remove",
    "orphaned",
)
BROKEN = ("failed", "rejected")
ENDED = (*BROKEN, "complete", "shutdown", "remove", "orphaned")
# What the Engine wants of a task that counts. It wants the tasks of a job to complete.
WANTED = ("ready", "running", "complete")

# So often a new task must break before restarting it is called useless, where the service sets no limit.
CRASHES = 3
# So many seconds a task must lack a node before that is called final: resources come free as old tasks stop.
NO_NODE_PATIENCE = 10.0


def mode_of(service) -> str:
    """The Engine's name of the service's mode."""
    return next(iter(service["Spec"]["Mode"]))


def place_of(service):
    """The function that tells a task's place: its slot, or its node where each node has one."""
    if mode_of(service).startswith("Global"):
        return lambda task: task.get("NodeID")
    # The first slot of a job is 0, which the Engine leaves out.
    return lambda task: task.get("Slot", 0)


def is_running(task) -> bool:
    """Whether a task runs and is to go on."""
    return task["Status"]["State"] == "running" and task["DesiredState"] in WANTED


def is_ended(task) -> bool:
    """Whether a task has ended, well or not."""
    return task["Status"]["State"] in ENDED


def is_stopping(task, nodes) -> bool:
    """Whether a task is too many and not gone yet: the service has fewer replicas now."""
    return task["DesiredState"] == "remove" and not is_ended(task) and not on_down_node(task, nodes)


def counts_as_running(task, nodes) -> bool:
    """Whether a task runs and is to go on, on a node that is there. The Engine's own number has all that ever ran on
    a lost node, and what is being stopped."""
    return is_running(task) and task.get("NodeID") in nodes and not on_down_node(task, nodes)


def live(service, tasks, nodes) -> list:
    """For each place the task that counts: the one that is wanted, and of several the one that is furthest behind."""
    place, found = place_of(service), {}
    for task in sorted(tasks, key=lambda task: STATES.index(task["Status"]["State"]), reverse=True):
        if task["DesiredState"] in WANTED and not on_down_node(task, nodes):
            found[place(task)] = task
    return list(found.values())


def on_down_node(task, nodes) -> bool:
    """Whether the task's node is lost; what such a node reported last says nothing."""
    node = nodes.get(task.get("NodeID"))
    return bool(node) and get(node, "Status.State") == "down"


def is_awaited_in_vain(task, nodes) -> bool:
    """Whether a task was about to start on a node that was lost.

    The Engine starts another one in its place, but its updater waits for this very task until the node is back.
    """
    return on_down_node(task, nodes) and STATES.index(task["Status"]["State"]) < STATES.index("running")


def eligible_nodes(service, nodes) -> set:
    """IDs of the nodes that a global service runs on: those that are active and match its constraints."""
    constraints = get(service, "Spec.TaskTemplate.Placement.Constraints")
    up = [node for node in nodes.values() if get(node, "Status.State") == "ready"]
    return {node["ID"] for node in up if get(node, "Spec.Availability") == "active" and matches(constraints, node)}


def worst(service, tasks) -> int:
    """How many of these tasks the place has that has most of them."""
    return max(Counter(map(place_of(service), tasks)).values(), default=0)


def lacks_node(task) -> bool:
    """Whether the scheduler has found no node for a task."""
    return "no suitable node" in (task["Status"].get("Err") or "")


def since(task) -> float:
    """Seconds since the epoch at which a task took its state, by the clock of its node; 0 if it does not say."""
    text = (task["Status"].get("Timestamp") or "")[:19]
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp() if text else 0.0


def describe(service, tasks, nodes) -> list:
    """What is wrong with tasks that do not run, each kind once, with how many share it."""
    said: dict = {}
    for task in tasks:
        if not is_running(task):
            state = task["Status"]["State"]
            said.setdefault((state, task["Status"].get("Err") or state), []).append(task)
    return [_sentence(service, nodes, trouble, alike) for trouble, alike in said.items()]


def _sentence(service, nodes, trouble, tasks):
    state, error = trouble
    who = task_name(service, tasks[-1], nodes) + (f" and {len(tasks) - 1} more" if len(tasks) > 1 else "")
    return f"{who}: {state}" if error == state else f"{who}: {state}: {error}"


def short_name(service, task) -> str:
    """``web.3``, or ``web`` for a task of a global service."""
    slot = task.get("Slot", 0 if mode_of(service) == "ReplicatedJob" else None)
    return service["Spec"]["Name"] + ("" if slot is None else f".{slot}")


def task_name(service, task, nodes) -> str:
    """``web.3 on node4``, or ``web on node4`` for a task of a global service."""
    hostname = get(nodes.get(task.get("NodeID")), "Description.Hostname")
    return f"{short_name(service, task)} on {hostname}" if hostname else short_name(service, task)
