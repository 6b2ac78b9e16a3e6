# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which tasks a command runs. Pure: what the Engine listed in, raw tasks out."""

from __future__ import annotations

from ..core.errors import SwarmError
from ..core.fields import get
from .resolve import by_id, called, fits, ids_of_nodes, in_order, name, show_task

TOLD_AT_MOST = 3


def the_service(wanted: str, services: list) -> dict:
    """The raw service of that name or ID."""
    found = called([wanted], services)
    if not found:
        names = ", ".join(sorted(raw["Spec"]["Name"] for raw in services)) or "none"
        raise SwarmError(
            f"service {wanted} does not exist in this swarm; its services are {names}",
            reason="unknown_service",
            service=wanted,
        )
    return next((raw for raw in found if raw["Spec"]["Name"] == wanted), found[0])


def choose(params: dict, service: dict, tasks: list, nodes: list, here: str) -> list:
    """The raw tasks that the command runs in; ``here`` is the ID of the node that is asked."""
    services, by_node = {service["ID"]: service}, by_id(nodes)
    node_ids = ids_of_nodes(params["node"], nodes)
    tasks = in_order(tasks, services, by_node)
    ready = [task for task in tasks if is_usable(task, by_node)]
    fitting = [task for task in ready if fits(task, {"slot": params["slot"]}, services, node_ids)]
    if not fitting:
        raise no_task(params, service, tasks, ready, by_node)
    if params["tasks"] == "all":
        return fitting
    # Another host costs a connection.
    return [next((task for task in fitting if task["NodeID"] == here), fitting[0])]


def is_usable(task: dict, nodes: dict) -> bool:
    """Whether the task runs, is to go on, and is on a node that the swarm hears of."""
    ready = get(nodes.get(task.get("NodeID")), "Status.State") == "ready"
    # The Engine wants the tasks of a job to complete.
    return ready and task["Status"]["State"] == "running" and task["DesiredState"] in ("running", "complete")


def no_task(params, service, tasks, ready, nodes) -> SwarmError:
    """The error that says which tasks there are instead."""
    where = [f"slot {', '.join(map(str, params['slot']))}"] if params["slot"] is not None else []
    where += [f"node {', '.join(params['node'])}"] if params["node"] is not None else []
    services = {service["ID"]: service}
    told = [_sentence(show_task(task, services, nodes)) for task in (ready or latest(tasks))]
    rest = f" and {len(told) - TOLD_AT_MOST} more" if len(told) > TOLD_AT_MOST else ""
    there = f"there are {', '.join(told[:TOLD_AT_MOST])}{rest}" if told else "there is none at all"
    return SwarmError(
        f"service {service['Spec']['Name']} has no running task{' in ' if where else ''}{' on '.join(where)}; {there}",
        reason="no_running_task",
        service=service["Spec"]["Name"],
    )


def latest(tasks: list) -> list:
    """Of the tasks that replaced one another, which are in order, the newest."""
    newest: dict = {}
    for task in tasks:
        newest.setdefault(name(task, {}), task)
    return list(newest.values())


def _sentence(task):
    error = f": {task['error']}" if task["error"] else ""
    return f"{task['name']} on {task['node'] or 'no node'} ({task['state']}{error})"
