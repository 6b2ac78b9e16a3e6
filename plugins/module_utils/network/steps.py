# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that change a network, each with the wait that it needs."""

from __future__ import annotations

from ..core.errors import EngineError, NotFound, SwarmError
from ..core.fields import get
from ..core.wait import FAILED, poll
from .judge import Users, judge_allocated, judge_gone, judge_unused, users

INTERVAL = 0.5
CONFLICT = 409
# Without a filter the Engine leaves out the attachments of containers that belong to no service.
EVERY_TASK = {"runtime": ["container", "plugin", "attachment"]}


class Overtaken(SwarmError):
    """Another run changes the same network at the same time, so what was planned is to be planned again."""

    reason = "changed_meanwhile"


def create(client, spec: dict, wait: bool, timeout: float) -> dict:
    """Create the network and return it. One that gets no addresses is taken away again."""
    try:
        created = client.post("/networks/create", spec)["Id"]
    except EngineError as exc:
        # A manager of Engine 20.10 that is not the leader passes the leader's error on with another status.
        if exc.status == CONFLICT or "conflicts with an existing object" in str(exc):
            raise Overtaken(f"{exc}; someone else has just created it") from exc
        raise
    if not wait:
        return client.get(f"/networks/{created}")
    try:
        return await_allocated(client, created, spec["Name"], timeout)
    except SwarmError:
        remove(client, {"Id": created}, 0)
        raise


def await_allocated(client, network_id: str, name: str, timeout: float) -> dict:
    """Wait until the swarm has given the network its addresses, and return it."""
    try:
        verdict, raw = poll(
            lambda: client.get(f"/networks/{network_id}"), lambda seen: judge_allocated(name, seen), timeout, INTERVAL
        )
    except NotFound as exc:
        raise Overtaken(f"someone else has just removed network {name}") from exc
    if verdict.state == FAILED:
        raise SwarmError(
            f"{verdict.reason}; choose another subnet, with recreate: true if the network exists", reason="no_addresses"
        )
    return raw


def find_users(client, network: dict) -> Users:
    """Who uses the network: everywhere for one of the swarm, else on this Engine."""
    if network["Scope"] != "swarm":
        containers = client.get(f"/networks/{network['Id']}").get("Containers") or {}
        return Users(containers=tuple(sorted(item["Name"] for item in containers.values())))
    nodes = client.get("/nodes")
    hostnames = {raw["ID"]: raw["Description"]["Hostname"] for raw in nodes}
    down = {raw["ID"] for raw in nodes if get(raw, "Status.State") == "down"}
    tasks = client.get("/tasks", filters=EVERY_TASK)
    # A node that is down reports no end of its tasks, and the Engine does not wait for it either.
    known = [task for task in tasks if not (task.get("ServiceID") and task.get("NodeID") in down)]
    return users(network, client.get("/services"), known, hostnames)


def await_unused(client, network: dict, timeout: float) -> None:
    """Wait until tasks that are stopping have left the network; an error if a service or container uses it."""
    verdict, _found = poll(
        lambda: find_users(client, network), lambda found: judge_unused(network["Name"], found), timeout, INTERVAL
    )
    if verdict.state == FAILED:
        raise SwarmError(f"{verdict.reason}; remove what uses it first", reason="network_in_use")


def remove(client, network: dict, timeout: float) -> None:
    """Remove the network, and return when this Engine has nothing of it."""
    path = f"/networks/{network['Id']}"
    try:
        client.delete(path)
    except NotFound:
        return
    if timeout:
        poll(lambda: client.find(path), lambda seen: judge_gone(network["Name"], seen), timeout, INTERVAL)
