# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a network to what was asked of it."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import NotFound, SwarmError
from ..core.fields import check_since
from ..core.plan import Change, Plan, make_plan, plan_removal
from ..core.run import Stopwatch
from ..core.wait import FAILED, poll
from .fields import NETWORK
from .judge import Users, judge_allocated, judge_gone, judge_unused, users
from .resolve import as_asked, check_place, complete, creation_form, find_network, show_network, spans_swarm

INTERVAL = 0.5
# Without a filter the Engine leaves out the attachments of containers that belong to no service.
EVERY_TASK = {"runtime": ["container", "plugin", "attachment"]}


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Make the network what ``params`` says, and return the module's result."""
    watch, params = Stopwatch(), complete(params)

    def left():
        return max(round(params["wait_timeout"] - watch.read()), 0) if params["wait"] else 0

    check_since(NETWORK, params, client.api_version)
    if spans_swarm(params):
        client.get("/swarm")  # An Engine that is no manager answers with that error, and else shows only its own part.
    networks = client.get("/networks")
    observed = find_network(params, networks)
    if params["state"] == "absent":
        plan, again = plan_removal(observed, params["name"]), ()
    else:
        if spans_swarm(params):
            check_place(params, networks)
        plan, again = plan_network(params, settled(client, observed, params, left()))
    if plan.changed and observed:
        await_unused(client, observed, left(), check_mode)
    if plan.changed and not check_mode:
        if observed:
            remove(client, observed, left())
        observed = create(client, plan, params["wait"], left()) if plan.spec else None
    elif plan.action == "remove":
        observed = None
    return {
        "changed": plan.changed,
        "diff": plan.diff(),
        "network": show_network(observed) if observed else None,
        "recreated_for": list(again),
        "elapsed": watch.read(),
    }


def plan_network(params: dict, observed: dict | None):
    """The plan, and the options for which the network must be created again."""
    name = params["name"]
    if observed is None:
        return make_plan(NETWORK, params, None, name=name), ()
    plan = make_plan(NETWORK, params, as_asked(observed, params), name=name)
    again = tuple(change.option for change in plan.fixed)
    if not again:
        return plan, ()
    if not params["recreate"]:
        differences = "; ".join(f"{c.option} is {c.before!r} and shall be {c.after!r}" for c in plan.fixed)
        raise SwarmError(
            f"network {name} differs and cannot be changed, only created again: {differences}; "
            "use recreate: true, while nothing uses it",
            reason="needs_recreation",
            options=list(again),
        )
    spec = make_plan(NETWORK, params, None, base=creation_form(observed)).spec
    changes = tuple(replace(change, fixed=False) for change in plan.changes)
    return Plan("update", name, spec, (*changes, Change("recreated_for", None, list(again)))), again


def settled(client, observed: dict | None, params: dict, timeout: float):
    """The network when the swarm has decided on its addresses: an interrupted run may just have created it."""
    if observed is None or observed.get("Driver") or params["recreate"]:
        return observed
    return await_allocated(client, observed["Id"], params["name"], timeout)


def create(client, plan: Plan, wait: bool, timeout: float) -> dict:
    """Create the network and return it. One that gets no addresses is taken away again."""
    created = client.post("/networks/create", plan.spec)["Id"]
    if not wait:
        return client.get(f"/networks/{created}")
    try:
        return await_allocated(client, created, plan.name, timeout)
    except SwarmError:
        client.delete(f"/networks/{created}")
        raise


def await_allocated(client, network_id: str, name: str, timeout: float) -> dict:
    """Wait until the swarm has given the network its addresses, and return it."""
    verdict, raw = poll(
        lambda: client.get(f"/networks/{network_id}"), lambda seen: judge_allocated(name, seen), timeout, INTERVAL
    )
    if verdict.state == FAILED:
        raise SwarmError(
            f"{verdict.reason}; choose another subnet, with recreate: true if the network exists", reason="no_addresses"
        )
    return raw


def await_unused(client, network: dict, timeout: float, check_mode: bool) -> None:
    """Wait until tasks that are stopping have left the network; an error if a service or container uses it."""

    def judge(found):
        return judge_unused(network["Name"], found)

    verdict = judge(find_users(client, network))
    if verdict.state != FAILED and not check_mode:
        verdict, _found = poll(lambda: find_users(client, network), judge, timeout, INTERVAL)
    if verdict.state == FAILED:
        raise SwarmError(f"{verdict.reason}; remove what uses it first", reason="network_in_use")


def find_users(client, network: dict) -> Users:
    """Who uses the network: everywhere for one of the swarm, else on this Engine."""
    if network["Scope"] != "swarm":
        containers = client.get(f"/networks/{network['Id']}").get("Containers") or {}
        return Users(containers=tuple(sorted(item["Name"] for item in containers.values())))
    hostnames = {raw["ID"]: raw["Description"]["Hostname"] for raw in client.get("/nodes")}
    return users(network, client.get("/services"), client.get("/tasks", filters=EVERY_TASK), hostnames)


def remove(client, network: dict, timeout: float) -> None:
    """Remove the network, and return when this Engine has nothing of it."""
    path = f"/networks/{network['Id']}"
    try:
        client.delete(path)
    except NotFound:
        return
    if timeout:
        poll(lambda: client.find(path), lambda seen: judge_gone(network["Name"], seen), timeout, INTERVAL)
