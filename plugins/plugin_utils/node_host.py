# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host of the inventory a task's node is. Plain values in and out; ``hostvars`` is any map of maps."""

from __future__ import annotations

from .roster import HOST_LABEL, RosterError


def host_of(task: dict, hostvars) -> str:
    """The host of the node that a task is on, as module service_exec describes the task; RosterError if none is."""
    hosts = list(hostvars)
    told = task["node_labels"].get(HOST_LABEL)
    if told in hosts:
        return told
    if task["node"] in hosts:
        return task["node"]
    known = (task["node"], task["node_address"])
    found = [host for host in hosts if hostvars[host].get("ansible_host", host) in known]
    if len(found) == 1:
        return found[0]
    place = f"task {task['name']} runs on node {task['node']} ({task['node_address']})"
    remedy = f"give the node the label {HOST_LABEL} with the name of its host"
    if found:
        raise RosterError(f"{place}, which several hosts of the inventory could be: {', '.join(found)}; {remedy}")
    raise RosterError(
        f"{place}, which is no host of the inventory; add it under that name or with that address as ansible_host, "
        f"or {remedy}"
    )
