# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a job has done its work. Pure: plain values in, a verdict out.

Each write of a job's spec begins a new iteration, in which all of its tasks run again; tasks of earlier ones say
nothing. The Engine leaves out an iteration and a slot that is 0.
"""

from __future__ import annotations

from ..core.fields import get
from ..core.wait import DONE, FAILED, PENDING, Verdict
from .tasks import (
    BROKEN,
    CRASHES,
    NO_NODE_PATIENCE,
    describe,
    eligible_nodes,
    lacks_node,
    live,
    mode_of,
    place_of,
    worst,
)

JOBS = ("ReplicatedJob", "GlobalJob")


def judge_job(service, tasks, nodes) -> Verdict:
    """The verdict on a job; ``tasks`` and ``nodes`` are those of ``judge``."""
    tasks = of_iteration(service, tasks)
    done, wanted = completed(service, tasks, nodes)
    reason = f"{len(done)} of {wanted} completed"
    if len(done) >= wanted:
        return Verdict(DONE, reason)
    broken = [task for task in tasks if task["Status"]["State"] in BROKEN]
    times = worst(service, [task for task in broken if place_of(service)(task) not in done])
    if times >= attempts(service):
        again = "and is not to be tried again" if attempts(service) == 1 else f"{times} times in a row"
        return Verdict(FAILED, f"{reason}; a task broke {again}")
    current = [task for task in live(service, tasks, nodes) if task["Status"]["State"] != "complete"]
    reason = "; ".join([reason, *(describe(service, current, nodes) or describe(service, broken, nodes))])
    if any(map(lacks_node, current)):
        return Verdict(FAILED, reason, hold=NO_NODE_PATIENCE)
    return Verdict(PENDING, reason)


def of_iteration(service, tasks) -> list:
    """The tasks of the job's present iteration."""
    present = get(service, "JobStatus.JobIteration.Index") or 0
    return [task for task in tasks if (get(task, "JobIteration.Index") or 0) == present]


def completed(service, tasks, nodes) -> tuple:
    """The places whose task has completed, and how many there must be."""
    place = place_of(service)
    done = {place(task) for task in tasks if task["Status"]["State"] == "complete"}
    if mode_of(service) == "GlobalJob":
        chosen = eligible_nodes(service, nodes)
        return done & chosen, len(chosen)
    total = get(service, "Spec.Mode.ReplicatedJob.TotalCompletions")
    return done, 1 if total is None else total


def attempts(service) -> int:
    """How often a task of one place may break.

    The Engine itself counts restarts of a job's task, and then makes a new task in the same place, for ever.
    """
    policy = get(service, "Spec.TaskTemplate.RestartPolicy") or {}
    if policy.get("Condition") == "none":
        return 1
    return policy["MaxAttempts"] + 1 if policy.get("MaxAttempts") else CRASHES
