# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of a service, in one request for all of its tasks, or in one for each while a node is down."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

from ..core.errors import InvalidOption, SwarmError, Unreachable
from ..core.fields import Field, get
from ..core.values import SECOND, duration
from ..node.resolve import hostname
from ..task.fields import NODE, SLOT
from ..task.resolve import by_id, called, fits, ids_of_nodes, in_order, show_task
from .logs import read, why_empty

# A time up to its seconds, their fraction, and the zone.
PRECISE = re.compile(r"(.*:\d\d:\d\d)(\.\d{1,9})(.*)")
TASK_ID = "com.docker.swarm.task.id"
SHOWN = ("id", "name", "slot", "node", "node_id", "state", "desired_state", "error")

SERVICE_LOGS = (
    Field("name", "", "str", "Name or ID of the service.", required=True, aliases=("service",)),
    Field("tail", "", "int", "Lines from the end of each task's log; V(-1) is all of them.", default=100),
    Field(
        "since",
        "",
        "str",
        "Only lines since then: a time such as V(2026-01-31T12:00:00Z), seconds since 1970, or so long ago, such as "
        "V(10m). A time without a zone is UTC.",
    ),
    Field("timestamps", "", "bool", "Return the time of each line as well.", default=False),
    Field("stdout", "", "bool", "Return what was written to standard output.", default=True),
    Field("stderr", "", "bool", "Return what was written to standard error.", default=True),
    Field("id", "", "list", "Tasks of these IDs, or of what docker shows of them.", elements="str"),
    SLOT,
    NODE,
)


def look_up(client, params: dict) -> dict:
    """The result of service_logs."""
    if not (params["stdout"] or params["stderr"]):
        raise InvalidOption("stdout and stderr are both false, so there is nothing to return; leave one of them out")
    service = find(client, params["name"])
    nodes = client.get("/nodes")
    services, node_ids = {service["ID"]: service}, ids_of_nodes(params["node"], nodes)
    tasks = client.get("/tasks", filters={"service": [service["ID"]]})
    tasks = [task for task in tasks if fits(task, params, services, node_ids)]
    lines, remarks, lost = read_all(client, service, tasks, nodes, params)
    shown = []
    for task in in_order(tasks, services, by_id(nodes)):
        told = show_task(task, services, by_id(nodes))
        own = [show_line(line, params) for line in lines if line.get(TASK_ID) == task["ID"]]
        away = [f"node {lost[task['NodeID']]} is down"] if task.get("NodeID") in lost else []
        remark = "" if own else " ".join(why_empty(task, away))
        shown.append({**{key: told[key] for key in SHOWN}, "lines": own, "remark": remark or None})
    return {"changed": False, "service": params["name"], "tasks": shown, "warnings": remarks}


def find(client, name) -> dict:
    """The service of this name or ID."""
    found = called([name], client.get("/services"))
    if len(found) != 1:
        told = "there is no such service" if not found else "this fits several services"
        raise SwarmError(f"service {name}: {told}; look with flotilla.swarm.service_info", reason="not_found")
    return found[0]


def read_all(client, service, tasks, nodes, params) -> tuple:
    """The lines of all tasks of a service, what is to be said about those that are missing, and which nodes are down.

    The Engine waits for a node that has died for as long as its connection seems to be there, so none is asked that
    is known to be down. What a node that dies leaves unanswered is asked again when the swarm has noticed.
    """
    lost = nodes_lost(tasks, nodes)
    try:
        lines, remarks = read_from(client, service, tasks, lost, params)
    except Unreachable as exc:
        known, lost = lost, nodes_lost(tasks, client.get("/nodes"))
        if exc.reason != "engine_timeout" or lost == known:
            raise
        lines, remarks = read_from(client, service, tasks, lost, params)
    remarks += [f"node {name} is down, so the logs of its tasks are missing" for name in lost.values()]
    return lines, remarks, lost


def nodes_lost(tasks, nodes) -> dict:
    """The names of nodes that are down and have one of these tasks, by their ID."""
    down = {raw["ID"]: hostname(raw) for raw in nodes if get(raw, "Status.State") == "down"}
    return {task["NodeID"]: down[task["NodeID"]] for task in tasks if task.get("NodeID") in down}


def read_from(client, service, tasks, lost, params) -> tuple:
    """The lines of the tasks on nodes that are there: of all in one request where all nodes are."""
    paths = [f"/services/{service['ID']}"] if tasks else []
    if lost:
        paths = [f"/tasks/{task['ID']}" for task in tasks if task.get("NodeID") and task["NodeID"] not in lost]
    found = [
        read(
            client,
            path,
            bool(get(service, "Spec.TaskTemplate.ContainerSpec.TTY")),
            [task.get("Spec") for task in tasks],
            stdout=params["stdout"],
            stderr=params["stderr"],
            tail="all" if params["tail"] < 0 else params["tail"],
            since=moment(params["since"], time.time()),
            details=True,
        )
        for path in paths
    ]
    return [line for lines, _remarks in found for line in lines], [text for _lines, told in found for text in told]


def moment(text, now):
    """Seconds since 1970 of option ``since``, or None."""
    if text is None:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return text
    plain = f"{text[:-1]}+00:00" if text.endswith("Z") else text
    # The Engine tells nanoseconds, which neither a float nor a datetime can hold.
    precise = PRECISE.fullmatch(plain)
    whole, fraction = (precise[1] + precise[3], precise[2]) if precise else (plain, "")
    try:
        given = datetime.fromisoformat(whole)
        given = given if given.tzinfo else given.replace(tzinfo=timezone.utc)
        return f"{given.timestamp():.0f}{fraction}"
    except ValueError:
        pass
    try:
        return f"{now - duration(text) / SECOND:.3f}"
    except InvalidOption as exc:
        raise InvalidOption(
            f"since: {text!r} is neither a time nor a duration; write it as 2026-01-31T12:00:00Z or as 10m"
        ) from exc


def show_line(line, params) -> dict:
    """A line in the notation of playbooks."""
    shown = {"stream": line["stream"], "text": line["text"]}
    return {**shown, "timestamp": line["timestamp"]} if params["timestamps"] else shown
