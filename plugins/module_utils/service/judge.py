# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a service does what its spec says. Pure: plain values in, a verdict out.

``tasks`` are those that are up to date with the spec (the Engine's filter ``_up-to-date``), ended ones included.
``known`` holds the IDs of the tasks that there were before this run wrote anything, and is None if it wrote nothing.
The Engine forgets ``UpdateStatus`` whenever a spec is written (swarmkit, controlapi/service.go), so after a write it
is about that write.
"""

from __future__ import annotations

from ..core.fields import get
from ..core.values import SECOND
from ..core.wait import DONE, FAILED, PENDING, Verdict
from .judge_jobs import JOBS, judge_job
from .tasks import (
    BROKEN,
    CRASHES,
    NO_NODE_PATIENCE,
    describe,
    eligible_nodes,
    is_awaited_in_vain,
    is_ended,
    is_running,
    is_stopping,
    lacks_node,
    live,
    mode_of,
    place_of,
    since,
    task_name,
    worst,
)

# After so many failures of a service's tasks the Engine prefers other nodes (swarmkit, scheduler/nodeinfo.go).
TRIES_OF_A_NODE = 5
# So often all may be rejected while there are nodes that were not tried: a wrong image must not try a hundred of them.
TRIES_OF_NEW_NODES = 2 * CRASHES
# What broke so many seconds ago does not count any more; neither does it for the Engine's scheduler.
MEMORY = 300.0
# So many seconds a node on which an update got stuck may take to come back.
LOST_NODE_PATIENCE = 30.0
DEFAULT_MONITOR = 5 * SECOND
DEFAULT_GRACE = 10 * SECOND


def judge(service, tasks, nodes, known, now=None, rolled_back=False) -> Verdict:
    """The verdict on one service; ``nodes`` are raw nodes by ID.

    ``now`` are seconds since the epoch, and None if the age of tasks is not to count. ``rolled_back`` is whether this
    run asked the Engine to roll the service back.
    """
    if mode_of(service) in JOBS:
        return judge_job(service, tasks, nodes)
    ended = judge_update(service.get("UpdateStatus") or {}, known is not None, rolled_back)
    return ended or judge_tasks(service, tasks, nodes, known, now)


def judge_update(update: dict, written: bool, rolled_back: bool = False):
    """The verdict of the Engine's own updater, or None while it has none."""
    state, message = update.get("State") or "", update.get("Message") or ""
    if state == "paused":
        return Verdict(FAILED, f"the update is paused: {message}")
    if state == "rollback_paused":
        return Verdict(FAILED, f"the rollback is paused: {message}")
    if state == "rollback_started":
        return Verdict(PENDING, f"rolling back: {message}")
    if state == "rollback_completed" and written and not rolled_back:
        return Verdict(FAILED, f"the update was rolled back: {message}")
    return None


def judge_tasks(service, tasks, nodes, known, now) -> Verdict:
    """The verdict on the tasks themselves."""
    current, finished, wanted = count(service, tasks, nodes)
    running = [task for task in current if is_running(task)]
    reason = f"{len(running)} of {wanted} running" + (f", {len(finished)} completed" if finished else "")
    updating = get(service, "UpdateStatus.State") == "updating"
    if len(running) == len(current) == wanted - len(finished) and not updating:
        return _complete(service, tasks, nodes, running, reason, known, now)
    broken = [task for task in tasks if has_broken(task, now) and task["ID"] not in (known or ())]
    # While the Engine updates it decides itself, unless it was told to go on whatever happens.
    left_to_engine = updating and (get(service, "Spec.UpdateConfig.FailureAction") or "pause") != "continue"
    final = (
        None
        if left_to_engine
        else given_up(service, tasks, nodes, current, finished) or crashed(service, current, broken, nodes)
    )
    if final:
        return Verdict(FAILED, f"{reason}; {final}")
    stuck = [task for task in tasks if updating and is_awaited_in_vain(task, nodes)]
    if stuck:
        reason += f"; the update waits for {task_name(service, stuck[0], nodes)}, which is down"
        return Verdict(FAILED, reason, hold=LOST_NODE_PATIENCE)
    troubles = describe(service, current, nodes) or describe(service, broken, nodes)
    reason = "; ".join([reason, *troubles])
    if any(map(lacks_node, current)):
        return Verdict(FAILED, reason, hold=NO_NODE_PATIENCE + (stop_grace(service) if updating else 0.0))
    return Verdict(PENDING, reason)


def _complete(service, tasks, nodes, running, reason, known, now) -> Verdict:
    """The verdict where as many tasks run as are wanted."""
    stopping = sum(is_stopping(task, nodes) for task in tasks)
    if stopping:
        return Verdict(PENDING, f"{reason}; {stopping} more {'is' if stopping == 1 else 'are'} stopping")
    if watched(service):
        return Verdict(DONE, reason)
    if known is not None and any(task["ID"] not in known for task in running):
        return Verdict(DONE, reason, hold=monitor(service))
    # What another run has written, or the Engine has started anew, has been watched by nobody.
    age = youngest(running, now)
    if 0 <= age < monitor(service):
        return Verdict(PENDING, f"{reason}; the last for less than {monitor(service):g} seconds")
    return Verdict(DONE, reason)


def count(service, tasks, nodes) -> tuple:
    """The tasks that count, those that completed for good, and how many there must be of both: ``(current, ...)``."""
    current = live(service, tasks, nodes)
    place = place_of(service)
    taken = {place(task) for task in current if not is_finished(service, task)}
    done = {place(task): task for task in tasks if is_finished(service, task) and place(task) not in taken}
    current = [task for task in current if place(task) not in done]
    if mode_of(service) == "Global":
        chosen = eligible_nodes(service, nodes)
        # A task on a paused node goes on, and nobody replaces it if it ends: it neither counts nor is waited for.
        return (
            [task for task in current if task.get("NodeID") in chosen],
            [task for node, task in done.items() if node in chosen],
            len(chosen),
        )
    replicas = get(service, "Spec.Mode.Replicated.Replicas")
    return current, list(done.values()), 1 if replicas is None else replicas


def restart_condition(service) -> str:
    return get(service, "Spec.TaskTemplate.RestartPolicy.Condition") or "any"


def is_finished(service, task) -> bool:
    """Whether a task has done its work and is not started again."""
    return task["Status"]["State"] == "complete" and restart_condition(service) != "any"


def has_broken(task, now) -> bool:
    """Whether a task ended that should not have, and not long ago."""
    recent = now is None or not since(task) or now - since(task) < MEMORY
    return recent and task["Status"]["State"] in (*BROKEN, "complete")


def given_up(service, tasks, nodes, current, finished):
    """What is told of places whose task broke and that the Engine starts no other task in; None if there are none."""
    place = place_of(service)
    left = {place(task) for task in tasks if task["Status"]["State"] in BROKEN and task["DesiredState"] == "shutdown"}
    left -= {place(task) for task in [*current, *finished]}
    if mode_of(service) == "Global":
        left &= eligible_nodes(service, nodes)
    if not left or not limited(service):
        return None
    return "a task broke and is not started again" if len(left) == 1 else f"{len(left)} tasks broke for good"


def limited(service) -> bool:
    """Whether restarts of tasks that break come to an end."""
    policy = get(service, "Spec.TaskTemplate.RestartPolicy") or {}
    return restart_condition(service) == "none" or bool(policy.get("MaxAttempts"))


def crashed(service, current, broken, nodes):
    """What is told of tasks that break again and again; None while a restart may still help."""
    ended = "broke" if any(task["Status"]["State"] in BROKEN for task in broken) else "ended"
    attempts = get(service, "Spec.TaskTemplate.RestartPolicy.MaxAttempts") or 0
    times = worst(service, broken)
    if times < max(CRASHES, attempts + 1) or times <= tries_of_nodes(service, current, broken, nodes):
        return None
    return f"its tasks {ended} {times} times in a row"


def tries_of_nodes(service, current, broken, nodes) -> int:
    """How often tasks of a place may be rejected before the Engine has come to the nodes that take them."""
    rejected = {task.get("NodeID") for task in broken if task["Status"]["State"] == "rejected"}
    if not rejected or mode_of(service) != "Replicated":
        return 0
    if any(task["Status"]["State"] in ("preparing", "ready", "starting", "running") for task in current):
        return TRIES_OF_A_NODE * len(rejected)
    return TRIES_OF_NEW_NODES if eligible_nodes(service, nodes) - rejected else 0


def watched(service) -> bool:
    """Whether the Engine's updater has watched the tasks for as long as the service wants."""
    return get(service, "UpdateStatus.State") in ("completed", "rollback_completed")


def monitor(service) -> float:
    """Seconds for which new tasks must go on running."""
    found = get(service, "Spec.UpdateConfig.Monitor")
    return (DEFAULT_MONITOR if found is None else found) / SECOND


def stop_grace(service) -> float:
    """Seconds that an old task may take to stop."""
    found = get(service, "Spec.TaskTemplate.ContainerSpec.StopGracePeriod")
    return (DEFAULT_GRACE if found is None else found) / SECOND


def youngest(running, now) -> float:
    """Seconds for which the youngest task runs; negative if clocks differ too much to tell."""
    latest = max(map(since, running), default=0.0)
    return now - latest if now is not None and latest else -1.0


def judge_removed(tasks) -> Verdict:
    """``tasks`` are those of a service that does not exist any more."""
    alive = [task for task in tasks if not is_ended(task)]
    if alive:
        return Verdict(PENDING, f"{len(alive)} tasks are still {alive[0]['Status']['State']}")
    return Verdict(DONE, "all tasks are gone")
