# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for services, whoever changed them, and tell why one does not do what it should.

A wait is plain data, so that it can be left to show its progress and be gone on with by another process of this host.
"""

from __future__ import annotations

import time

from ..core.errors import SwarmError, WaitTimeout
from ..core.wait import DONE, FAILED, Verdict, poll, poll_all
from . import logs
from .judge import judge, judge_removed
from .progress import progress_line
from .tasks import BROKEN, describe

# Progress is shown after so many seconds at the earliest, and ever less often the longer the wait takes.
PACE = 1.0
SLOWING = 0.05
# What is kept of a task that broke, as the Engine keeps only the last few of a slot.
KEPT = ("ID", "ServiceID", "Slot", "NodeID", "JobIteration", "DesiredState", "Status")


class Unfinished(SwarmError):
    """There is progress to show: ``lines``. ``wait`` goes on with it, see ``follow``."""

    reason = "unfinished"

    def __init__(self, lines, wait):
        super().__init__("the wait is not over")
        self.lines, self.wait = lines, wait


def task_ids(client, ids) -> dict:
    """IDs of the tasks of services, by the service's ID, as they are before anything is written."""
    known: dict = {service_id: set() for service_id in ids}
    for task in client.get("/tasks", filters={"service": ids}) if ids else ():
        known[task["ServiceID"]].add(task["ID"])
    return known


def await_services(client, ids: dict, known: dict, timeout: float, rolled_back=(), progress=None, watched=True) -> dict:
    """Wait until every service does what its spec says; SwarmError with the tasks' own errors if one does not.

    Return for each the moment of this host's clock since when it does.

    ``ids`` are names by ID. ``known`` holds for each name the IDs of the tasks there were before anything was
    written (``task_ids``), and None for a service that was not written. ``timeout`` is in seconds.
    ``rolled_back`` are the names of services whose rollback this run has asked for, which is no failure then.
    ``progress`` is None to wait to the end; otherwise Unfinished is raised when there is something to show, and
    carries it along. With ``watched=False`` it is enough that they run, however long they will.
    """
    if not ids:
        return {}
    wait = {
        "ids": ids,
        "known": {name: None if tasks is None else sorted(tasks) for name, tasks in known.items()},
        "timeout": timeout,
        "rolled_back": sorted(rolled_back),
        "broken": {},
        "told": {},
        "memory": {},
        "progress": progress,
        "watched": watched,
    }
    return follow(client, wait)


def follow(client, wait: dict) -> dict:
    """Begin or go on with a wait, and return what ``await_services`` does."""
    known = {name: None if tasks is None else set(tasks) for name, tasks in wait["known"].items()}
    last: dict = {}
    began = time.monotonic()

    def judged(seen):
        last.update(seen=seen, verdicts=judge_all(seen, wait["ids"], known, wait["rolled_back"]))
        if not wait["watched"]:
            last["verdicts"] = {name: at_once(verdict) for name, verdict in last["verdicts"].items()}
        return last["verdicts"]

    def watch(verdicts, end):
        if wait["progress"] is not None:
            show(wait, last["seen"], verdicts, began, end)

    try:
        poll_all(lambda: look(client, wait), judged, wait["timeout"], memory=wait["memory"], watch=watch)
    except WaitTimeout as exc:
        raise explained(client, exc, wait, known, last) from exc
    if any(verdict.state == FAILED for verdict in last["verdicts"].values()):
        raise explained(client, None, wait, known, last)
    return {name: moment for name, (_state, moment) in wait["memory"]["since"].items()}


def at_once(verdict: Verdict) -> Verdict:
    """The verdict, and where it is good without a time in which it must stay so."""
    return Verdict(DONE, verdict.reason) if verdict.state == DONE else verdict


def look(client, wait) -> dict:
    """All that the judges need, in three requests whatever the number of services."""
    ids, broken = list(wait["ids"]), wait["broken"]
    tasks = {task["ID"]: task for task in client.get("/tasks", filters={"service": ids, "_up-to-date": ["true"]})}
    ended = (task for task in tasks.values() if task["Status"]["State"] in (*BROKEN, "complete"))
    broken.update({task["ID"]: {key: task[key] for key in KEPT if key in task} for task in ended})
    return {
        "services": {s["ID"]: s for s in client.get("/services", filters={"id": ids})},
        "tasks": list({**broken, **tasks}.values()),
        "nodes": {node["ID"]: node for node in client.get("/nodes")},
    }


def judge_all(seen, ids, known, rolled_back=()) -> dict:
    """A verdict for each service."""
    verdicts, now = {}, time.time()
    for service_id, name in ids.items():
        if service_id not in seen["services"]:
            verdicts[name] = Verdict(FAILED, "someone removed the service meanwhile")
            continue
        tasks, service = tasks_of(seen, service_id), seen["services"][service_id]
        verdicts[name] = judge(service, tasks, seen["nodes"], known[name], now, name in rolled_back)
    return verdicts


def tasks_of(seen, service_id) -> list:
    """The tasks of one service."""
    return [task for task in seen["tasks"] if task["ServiceID"] == service_id]


def show(wait, seen, verdicts, began, end) -> None:
    """Raise Unfinished if what there is to show has changed, unless the end is so near that it would come late."""
    now = time.monotonic()
    pace = PACE + SLOWING * (now - wait["memory"]["began"])
    if now - began < pace or end - now < PACE:
        return
    changed = {}
    for service_id, name in wait["ids"].items():
        service, verdict = seen["services"].get(service_id), verdicts[name]
        if service and (name in wait["told"] or verdict.state != DONE or verdict.hold):
            told = progress_line(service, tasks_of(seen, service_id), seen["nodes"], verdict)
            if wait["told"].get(name) != told:
                changed[name] = told
    if changed:
        wait["told"].update(changed)
        raise Unfinished(list(changed.values()), wait)


def explained(client, timeout, wait, known, last) -> SwarmError:
    """The error that tells for each service that is not done why, with its tasks' own errors and last words."""
    seen, verdicts = last["seen"], last["verdicts"]
    failed = [name for name, v in verdicts.items() if v.state == FAILED or (timeout and v.state != DONE)] or list(
        verdicts
    )
    pending = {name: v.reason for name, v in verdicts.items() if v.state != DONE and name not in failed}
    now = client.get("/tasks", filters={"service": [i for i, name in wait["ids"].items() if name in failed]})
    told, blamed = {}, []
    for service_id, name in wait["ids"].items():
        if name in failed:
            tasks = {
                task["ID"]: task for task in [*tasks_of(seen, service_id), *now] if task["ServiceID"] == service_id
            }
            guilty = [task for task in tasks.values() if is_trouble(task, known[name])]
            blamed += guilty
            troubles = describe({"Spec": {**seen_spec(seen, service_id), "Name": name}}, guilty, seen["nodes"])
            reason = verdicts[name].reason
            told[name] = "; ".join([reason, *(trouble for trouble in troubles if trouble not in reason)])
    ids = {task["ID"] for task in now}
    found = logs.of_failures(client, [task for task in blamed if task["ID"] in ids], seen["services"], seen["nodes"])
    return told_error(timeout, told, pending, found)


def seen_spec(seen, service_id) -> dict:
    """The spec of a service that may have gone meanwhile."""
    return seen["services"].get(service_id, {"Spec": {"Mode": {"Replicated": {}}}})["Spec"]


def told_error(timeout, told, pending, found) -> SwarmError:
    """The error of what was found."""
    if timeout:
        sentences = [f"{str(timeout).partition(':')[0]}: " + "; ".join(f"{name}: {told[name]}" for name in told)]
    else:
        sentences = [f"service {name} failed: {reason}" for name, reason in told.items()]
    sentences += [f"service {name} was not waited for any longer: {reason}" for name, reason in pending.items()]
    sentences += [logs.in_short(found)] if logs.in_short(found) else []
    details = {"services": told, "logs": found, **({"pending": pending} if pending else {})}
    if timeout:
        return WaitTimeout(". ".join(sentences), last=timeout.details["last"], **details)
    return SwarmError(". ".join(sentences), reason="rollout_failed", **details)


def is_trouble(task, known) -> bool:
    """Whether this task is of this run and says that something is wrong."""
    state = task["Status"]["State"]
    return task["ID"] not in (known or ()) and (state in (*BROKEN, "starting") or bool(task["Status"].get("Err")))


def wait_removed(client, tasks, timeout):
    """Wait until the tasks of removed services are gone."""
    if tasks:
        poll(lambda: client.get("/tasks", filters={"id": tasks}), judge_removed, timeout)
