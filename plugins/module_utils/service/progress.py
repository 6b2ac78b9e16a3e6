# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line about a service on its way, such as ``web  2/5 updated · web.3 preparing on node4``. Pure."""

from __future__ import annotations

from ..core.fields import get
from ..core.values import SECOND, show_duration
from ..core.wait import DONE
from .judge import count
from .judge_jobs import JOBS, completed, of_iteration
from .tasks import BROKEN, is_running, lacks_node, live, mode_of, place_of, short_name, since, worst

# The Engine's states that are over in a moment are shown as the one that takes time.
SHOWN = {"new": "pending", "assigned": "preparing", "accepted": "preparing", "ready": "starting"}
WORDS = {"updating": "updated", "rollback_started": "rolled back"}


def progress_line(service, tasks, nodes, verdict) -> str:
    """How far a service is, and what holds it up; the arguments are those of its judge, and its verdict."""
    if mode_of(service) in JOBS:
        tasks = of_iteration(service, tasks)
        done, wanted = completed(service, tasks, nodes)
        ready, word = len(done), "completed"
        current = [task for task in live(service, tasks, nodes) if place_of(service)(task) not in done]
    else:
        current, finished, wanted = count(service, tasks, nodes)
        ready = sum(map(is_running, current)) + len(finished)
        word = WORDS.get(get(service, "UpdateStatus.State"), "running")
    parts = [f"{service['Spec']['Name']}  {ready}/{wanted} {word}", held_up(service, tasks, current, nodes)]
    if verdict.state == DONE and verdict.hold:
        parts[1] = f"watched for {show_duration(round(verdict.hold * SECOND))}"
    return " · ".join(part for part in parts if part)


def held_up(service, tasks, current, nodes) -> str:
    """What holds a service up: tasks that broke, or else one that does not run yet; nothing if there is none."""
    waiting = [task for task in current if not is_running(task)]
    taken = {place_of(service)(task) for task in current if is_running(task)}
    broken = [task for task in tasks if task["Status"]["State"] in BROKEN and place_of(service)(task) not in taken]
    if broken and not any(map(lacks_node, waiting)):
        task, times = max(broken, key=since), worst(service, broken)
        often = f" {times} times" if times > 1 else ""
        return f"{short_name(service, task)} broke{often}: {error(task)}"
    if not waiting:
        return ""
    task = waiting[-1]
    if task["Status"].get("Err"):
        return f"{short_name(service, task)} {shown(task)}: {error(task)}"
    hostname = get(nodes.get(task.get("NodeID")), "Description.Hostname")
    return f"{short_name(service, task)} {shown(task)}" + (f" on {hostname}" if hostname else "")


def shown(task) -> str:
    """A task's state in few words."""
    return SHOWN.get(task["Status"]["State"], task["Status"]["State"])


def error(task) -> str:
    """What went wrong, in the task's own words."""
    return task["Status"].get("Err") or task["Status"]["State"]
