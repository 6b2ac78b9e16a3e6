# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for services, whoever changed them, and tell why one does not do what it should."""

from __future__ import annotations

from ..core.errors import SwarmError
from ..core.wait import FAILED, Verdict, poll, poll_all
from .judge import BROKEN, describe, judge, judge_removed


def task_ids(client, ids) -> dict:
    """IDs of the tasks of services, by the service's ID, as they are before anything is written."""
    known: dict = {service_id: set() for service_id in ids}
    for task in client.get("/tasks", filters={"service": ids}) if ids else ():
        known[task["ServiceID"]].add(task["ID"])
    return known


def await_services(client, ids: dict, known: dict, timeout: float, rolled_back=()) -> None:
    """Wait until every service does what its spec says; SwarmError with the tasks' own errors if one does not.

    ``ids`` are names by ID. ``known`` holds for each name the IDs of the tasks there were before anything was
    written (``task_ids``), and None for a service that was not written. ``timeout`` is in seconds.
    ``rolled_back`` are the names of services whose rollback this run has asked for, which is no failure then.
    """
    if not ids:
        return
    broken: dict = {}
    verdicts, seen = poll_all(
        look=lambda: look(client, list(ids), broken),
        judge=lambda seen: judge_all(seen, ids, known, rolled_back),
        timeout=timeout,
    )
    failed = {name: verdict for name, verdict in verdicts.items() if verdict.state == FAILED}
    if failed:
        raise rollout_failed(client, failed, ids, known, seen)


def look(client, ids, broken) -> dict:
    """All that the judges need, in three requests whatever the number of services.

    ``broken`` collects tasks that broke, as the Engine keeps only the last few of a slot.
    """
    tasks = {task["ID"]: task for task in client.get("/tasks", filters={"service": ids, "_up-to-date": ["true"]})}
    broken.update({i: task for i, task in tasks.items() if task["Status"]["State"] in BROKEN})
    return {
        "services": {s["ID"]: s for s in client.get("/services", filters={"id": ids})},
        "tasks": list({**broken, **tasks}.values()),
        "nodes": {node["ID"]: node for node in client.get("/nodes")},
    }


def judge_all(seen, ids, known, rolled_back=()) -> dict:
    """A verdict for each service."""
    verdicts = {}
    for service_id, name in ids.items():
        if service_id not in seen["services"]:
            verdicts[name] = Verdict(FAILED, "someone removed the service meanwhile")
            continue
        tasks = [task for task in seen["tasks"] if task["ServiceID"] == service_id]
        service = seen["services"][service_id]
        verdicts[name] = judge(service, tasks, seen["nodes"], known[name], rolled_back=name in rolled_back)
    return verdicts


def rollout_failed(client, failed, ids, known, seen) -> SwarmError:
    """The error that tells for each failed service why, with its tasks' own errors."""
    now = client.get("/tasks", filters={"service": [i for i, name in ids.items() if name in failed]})
    tasks = {task["ID"]: task for task in [*seen["tasks"], *now]}.values()
    told = {}
    for service_id, name in ids.items():
        if name not in failed:
            continue
        broken = [task for task in tasks if task["ServiceID"] == service_id and is_trouble(task, known[name])]
        troubles = describe({"Spec": {"Name": name}}, broken, seen["nodes"])
        reason = failed[name].reason
        told[name] = "; ".join([reason, *(trouble for trouble in troubles if trouble not in reason)])
    sentence = ". ".join(f"service {name} failed: {reason}" for name, reason in told.items())
    return SwarmError(sentence, reason="rollout_failed", services=told)


def is_trouble(task, known) -> bool:
    """Whether this task is of this run and says that something is wrong."""
    return task["ID"] not in (known or ()) and (task["Status"]["State"] in BROKEN or bool(task["Status"].get("Err")))


def wait_removed(client, tasks, timeout):
    """Wait until the tasks of removed services are gone."""
    if tasks:
        poll(lambda: client.get("/tasks", filters={"id": tasks}), judge_removed, timeout)
