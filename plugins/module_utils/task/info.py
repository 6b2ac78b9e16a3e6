# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of a swarm are, in three requests however many there are."""

from __future__ import annotations

from .resolve import by_id, called, fits, ids_of_nodes, in_order, show_task


def look_up(client, params: dict) -> dict:
    """The result of task_info; a name that fits nothing adds no task."""
    services, nodes = client.get("/services"), client.get("/nodes")
    filters = {}
    if params["service"] is not None:
        filters["service"] = [raw["ID"] for raw in called(params["service"], services)]
        if not filters["service"]:
            return {"changed": False, "tasks": []}
    node_ids = ids_of_nodes(params["node"], nodes)
    services, nodes = by_id(services), by_id(nodes)
    tasks = [raw for raw in client.get("/tasks", filters=filters) if fits(raw, params, services, node_ids)]
    shown = [show_task(raw, services, nodes) for raw in in_order(tasks, services, nodes)]
    return {"changed": False, "tasks": shown}
