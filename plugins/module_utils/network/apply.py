# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a network to what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.errors import SwarmError
from ..core.fields import check_since
from ..core.plan import Change, Plan, make_plan, plan_removal
from ..core.run import Stopwatch
from .attachments import is_job, restored
from .fields import NETWORK
from .judge import Users, judge_unused, wants
from .notes import Notes, drop_notes, read_notes
from .recreate import put_on_and_wait, renew
from .resolve import as_asked, check_place, complete, creation_form, find_network, show_network, spans_swarm
from .steps import MadeMeanwhile, await_allocated, await_unused, create, find_users, remove

# So often a run plans again because another one has just created the network.
TRIES = 3


@dataclass(frozen=True)
class Todo:
    """All that a run will do. ``again``: the options for which the network is created again; ``services``: those on
    it; ``lacking``: the names of those that an interrupted run has left without it."""

    plan: Plan
    observed: dict | None
    again: tuple
    services: list
    lacking: list
    notes: Notes

    @property
    def attached(self) -> list:
        """Names of the services that are put on the network."""
        return sorted({*self.lacking, *(raw["Spec"]["Name"] for raw in self.services)})


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Make the network what ``params`` says, and return the module's result."""
    watch, params = Stopwatch(), complete(params)

    def left():
        return max(round(params["wait_timeout"] - watch.read()), 0)

    check_since(NETWORK, params, client.api_version)
    try:
        todo, network = follow(client, params, check_mode, left)
    except SwarmError as exc:
        exc.result = {"elapsed": watch.read()}
        raise
    return {
        "changed": todo.plan.changed or bool(todo.lacking),
        "diff": show_diff(todo),
        "network": show_network(network) if network else None,
        "recreated_for": list(todo.again),
        "reattached": todo.attached,
        "elapsed": watch.read(),
    }


def follow(client, params: dict, check_mode: bool, left) -> tuple:
    """Plan and carry it out, and return what was planned with the network then."""
    for another_try in reversed(range(TRIES)):
        todo = plan_all(client, params, left() if params["wait"] else 0)
        if check_mode:
            break
        try:
            return todo, carry_out(client, todo, params["wait"], left)
        except MadeMeanwhile:
            if not another_try:
                raise
    return todo, None if todo.plan.action == "remove" else todo.observed


def plan_all(client, params: dict, timeout: float) -> Todo:
    """What is to be done; an error if it must not be."""
    notes = Notes()
    if spans_swarm(params):
        client.get("/swarm")  # An Engine that is no manager answers with that error, and else shows only its own part.
        notes = read_notes(client, params["name"])
    networks = client.get("/networks")
    observed = find_network(params, networks)
    if params["state"] == "absent":
        plan, again = plan_removal(observed, params["name"]), ()
    else:
        if spans_swarm(params):
            check_place(params, networks)
        plan, again = plan_network(params, settled(client, observed, params, timeout), notes.network)
    services = client.get("/services") if notes.services else []
    lacking = [raw["Spec"]["Name"] for raw in services if lacks(raw, observed or plan.spec, notes)]
    if params["state"] == "absent" and lacking:
        raise SwarmError(
            f"network {params['name']} is awaited by {', '.join(lacking)}, which a run that was interrupted took off "
            "it; put them on it again with state: present first",
            reason="network_in_use",
        )
    attached = guard_use(client, observed, params["recreate"], plan) if plan.changed and observed else []
    return Todo(plan, observed, again, attached, lacking, notes)


def plan_network(params: dict, observed: dict | None, was: dict | None = None):
    """The plan, and the options for which the network must be created again.

    ``was`` is what a network was that an interrupted run has removed: what is not named keeps its value.
    """
    name = params["name"]
    if observed is None:
        return make_plan(NETWORK, params, None, base=was or {}, name=name), ()
    plan = make_plan(NETWORK, params, as_asked(observed, params), name=name)
    again = tuple(change.option for change in plan.fixed)
    if not again:
        return plan, ()
    spec = make_plan(NETWORK, params, None, base=creation_form(observed)).spec
    changes = tuple(replace(change, fixed=False) for change in plan.changes)
    return Plan("update", name, spec, changes), again


def lacks(service: dict, network: dict | None, notes: Notes) -> bool:
    """Whether an interrupted run has left a service without what it had."""
    kept = notes.services.get(service["ID"])
    network = {"Id": "", **(network or notes.network)}
    return kept is not None and restored(service["Spec"], kept, network) != service["Spec"]


def settled(client, observed: dict | None, params: dict, timeout: float):
    """The network when the swarm has decided on its addresses: an interrupted run may just have created it."""
    if observed is None or observed.get("Driver") or params["recreate"]:
        return observed
    return await_allocated(client, observed["Id"], params["name"], timeout)


def guard_use(client, network: dict, recreate: bool, plan: Plan) -> list:
    """The services to take off a network before it can be created again; an error if it cannot be or must not be."""
    found = find_users(client, network)
    everything = client.get("/services") if found.services else []
    services = [raw for raw in everything if wants(raw["Spec"], network)]
    taken_off = recreate and plan.action == "update" and network["Scope"] == "swarm"
    stay = found.services if not taken_off else tuple(raw["Spec"]["Name"] for raw in services if is_job(raw["Spec"]))
    if not stay and not found.containers:
        return services
    reason = judge_unused(network["Name"], Users(stay, found.containers)).reason
    if plan.action == "remove":
        raise SwarmError(f"{reason}; remove what uses it first", reason="network_in_use")
    differences = "; ".join(f"{c.option} is {c.before!r} and shall be {c.after!r}" for c in plan.changes)
    remedies = ["stop the containers first"] if found.containers else []
    if taken_off and stay:
        remedies.append("remove the jobs first, which would run again")
    elif stay:
        remedies.append("use recreate: true, which takes the services off it and puts them on again")
    raise SwarmError(
        f"{reason} and cannot be changed, only created again: {differences}; {' and '.join(remedies)}",
        reason="network_in_use",
        options=[change.option for change in plan.changes],
        services=list(found.services),
        containers=list(found.containers),
    )


def carry_out(client, todo: Todo, wait: bool, left) -> dict | None:
    """Do what is planned, and return the network then."""
    plan, network, notes = todo.plan, todo.observed, todo.notes
    if plan.action == "remove":
        await_unused(client, network, left() if wait else 0)
        remove(client, network, left() if wait else 0)
        network = None
    elif todo.again or (plan.action == "create" and notes.network):
        network, notes = renew(client, plan.spec, network, todo.services, notes, left)
    elif plan.action == "create":
        network = create(client, plan.spec, wait, left())
    if network and notes.services:
        put_on_and_wait(client, network, notes, left() if wait else 0)
    else:
        drop_notes(client, notes)
    return network


def show_diff(todo: Todo) -> dict:
    """The plan as Ansible shows it, with what is created again and put on again."""
    extra = {"recreated_for": list(todo.again), "reattached": todo.attached}
    changes = [Change(option, None, names) for option, names in extra.items() if names]
    return replace(todo.plan, changes=(*todo.plan.changes, *changes)).diff()
