# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a service does what its spec says. Pure: plain values in, a verdict out.

``tasks`` are those that are up to date with the spec (the Engine's filter ``_up-to-date``), ended ones included.
``known`` holds the IDs of the tasks that there were before this run wrote anything, and is None if it wrote nothing.
The Engine forgets ``UpdateStatus`` whenever a spec is written (swarmkit, controlapi/service.go), so after a write it
is about that write.
"""

from __future__ import annotations

from collections import Counter

from ..core.fields import get
from ..core.values import SECOND
from ..core.wait import DONE, FAILED, PENDING, Verdict
from .placement import matches
from .values import show_mode

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

# So often a new task must break before restarting it is called useless.
CRASHES = 3
# So many seconds a task must lack a node before that is called final: resources come free as old tasks stop.
NO_NODE_PATIENCE = 10.0
DEFAULT_MONITOR = 5 * SECOND


def judge(service: dict, tasks: list, nodes: dict, known: set | None, rolled_back: bool = False) -> Verdict:
    """The verdict on one service; ``nodes`` are raw nodes by ID. ``rolled_back``: this run asked for the rollback."""
    update = service.get("UpdateStatus") or {}
    ended = judge_update(update, known is not None and not rolled_back)
    if ended:
        return ended
    if show_mode(service["Spec"]["Mode"]).get("mode") == "global":
        chosen = eligible_nodes(service, nodes)
        # A task on a paused node goes on, and nobody replaces it if it ends: it neither counts nor is waited for.
        current, wanted = [task for task in live_by_node(tasks, nodes) if task.get("NodeID") in chosen], len(chosen)
    else:
        current, wanted = live_by_slot(tasks, nodes), show_mode(service["Spec"]["Mode"]).get("replicas", 1)
    return judge_tasks(service, tasks, current, wanted, nodes, known)


def judge_update(update: dict, written: bool):
    """The verdict of the Engine's own updater, or None while it has none."""
    state, message = update.get("State") or "", update.get("Message") or ""
    if state == "paused":
        return Verdict(FAILED, f"the update is paused: {message}")
    if state == "rollback_paused":
        return Verdict(FAILED, f"the rollback is paused: {message}")
    if state == "rollback_started":
        return Verdict(PENDING, f"rolling back: {message}")
    if state == "rollback_completed" and written:
        return Verdict(FAILED, f"the update was rolled back: {message}")
    return None


def judge_tasks(service, tasks, current, wanted, nodes, known) -> Verdict:
    """The verdict on the tasks; ``current`` are those that count, and ``wanted`` of them must run."""
    running = [task for task in current if is_running(task)]
    reason = f"{len(running)} of {wanted} running"
    updating = get(service, "UpdateStatus.State") == "updating"
    if len(running) == wanted and len(current) == wanted and not updating:
        return Verdict(DONE, reason, hold=stability(service, running, known))
    broken = [task for task in tasks if task["Status"]["State"] in BROKEN and task["ID"] not in (known or ())]
    if crashes(broken) >= CRASHES and not updating:
        return Verdict(FAILED, f"{reason}; its tasks broke {crashes(broken)} times in a row")
    troubles = describe(service, current, nodes) or describe(service, broken, nodes)
    reason = "; ".join([reason, *troubles])
    if updating:
        return Verdict(PENDING, reason)
    if any("no suitable node" in (task["Status"].get("Err") or "") for task in current):
        return Verdict(FAILED, reason, hold=NO_NODE_PATIENCE)
    return Verdict(PENDING, reason)


def stability(service, running, known) -> float:
    """Seconds for which the tasks must go on running.

    The Engine's updater has watched the tasks that it replaced. Tasks of a new service, or of a larger number of
    replicas, are watched by nobody but us.
    """
    if known is None or get(service, "UpdateStatus.State") in ("completed", "rollback_completed"):
        return 0.0
    if all(task["ID"] in known for task in running):
        return 0.0
    monitor = get(service, "Spec.UpdateConfig.Monitor")
    return (DEFAULT_MONITOR if monitor is None else monitor) / SECOND


def is_running(task) -> bool:
    """Whether a task runs and is to go on."""
    return task["Status"]["State"] == "running" and task["DesiredState"] == "running"


def live_by_slot(tasks, nodes) -> list:
    """For each slot the task that counts: the one that is to run, and of several the one that is furthest behind."""
    return _live(tasks, nodes, lambda task: task.get("Slot"))


def live_by_node(tasks, nodes) -> list:
    """For each node the task that counts."""
    return _live(tasks, nodes, lambda task: task.get("NodeID"))


def _live(tasks, nodes, place):
    live: dict = {}
    for task in sorted(tasks, key=lambda task: STATES.index(task["Status"]["State"]), reverse=True):
        if task["DesiredState"] in ("running", "ready") and not on_down_node(task, nodes):
            live[place(task)] = task
    return list(live.values())


def on_down_node(task, nodes) -> bool:
    """Whether the task's node is lost; what such a node reported last says nothing."""
    node = nodes.get(task.get("NodeID"))
    return bool(node) and get(node, "Status.State") == "down"


def eligible_nodes(service, nodes) -> set:
    """IDs of the nodes that a global service runs on: those that are active and match its constraints."""
    constraints = get(service, "Spec.TaskTemplate.Placement.Constraints")
    up = [node for node in nodes.values() if get(node, "Status.State") == "ready"]
    return {node["ID"] for node in up if get(node, "Spec.Availability") == "active" and matches(constraints, node)}


def crashes(broken) -> int:
    """How often the worst slot, or the worst node of a global service, broke."""
    places = Counter(task.get("Slot") or task.get("NodeID") for task in broken)
    return max(places.values(), default=0)


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


def task_name(service, task, nodes) -> str:
    """``web.3 on node4``, or ``web on node4`` for a task of a global service."""
    name = service["Spec"]["Name"] + (f".{task['Slot']}" if task.get("Slot") else "")
    hostname = get(nodes.get(task.get("NodeID")), "Description.Hostname")
    return f"{name} on {hostname}" if hostname else name


def judge_removed(tasks) -> Verdict:
    """``tasks`` are those of a service that does not exist any more."""
    alive = [task for task in tasks if task["Status"]["State"] not in ENDED]
    if alive:
        return Verdict(PENDING, f"{len(alive)} tasks are still {alive[0]['Status']['State']}")
    return Verdict(DONE, "all tasks are gone")
