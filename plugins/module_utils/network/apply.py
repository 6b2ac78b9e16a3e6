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
from .recreate import note_down, put_on_and_wait, renew
from .resolve import as_asked, check_name, check_place, complete, creation_form, find_network, show_network, spans_swarm
from .steps import Overtaken, await_allocated, await_unused, create, find_users, remove

# So often a run plans, as another one may change the network at the same time.
TRIES = 5


@dataclass(frozen=True)
class Todo:
    """All that a run will do. ``again``: the options for which the network is created again; ``services``: those on
    it; ``lacking``: the names of those that an interrupted run has left without it; ``begun``: whether this run has
    written something already, before another one came between."""

    plan: Plan
    observed: dict | None
    again: tuple
    services: list
    lacking: list
    notes: Notes
    begun: bool = False

    @property
    def changed(self) -> bool:
        """Whether the run writes anything."""
        return self.plan.changed or bool(self.lacking) or self.begun

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
        "changed": todo.changed,
        "diff": show_diff(todo),
        "network": show_network(network) if network else None,
        "recreated_for": list(todo.again),
        "reattached": todo.attached,
        "elapsed": watch.read(),
    }


def follow(client, params: dict, check_mode: bool, left) -> tuple:
    """Plan and carry it out, again where another run comes between; return what was planned with the network then."""
    own, begun, tries = Notes(), False, 0
    while True:
        tries += 1
        try:
            todo = replace(plan_all(client, params, left() if params["wait"] else 0, own), begun=begun)
            if check_mode:
                return todo, None if todo.plan.action == "remove" else todo.observed
            if todo.again and todo.observed["Scope"] == "swarm":
                own, begun = note_down(client, todo.observed, todo.services, todo.notes), True
                todo = replace(todo, notes=own)
            return todo, carry_out(client, todo, params["wait"], left)
        except Overtaken as exc:
            if tries == TRIES:
                raise SwarmError(
                    f"{exc}; other runs change network {params['name']} at the same time; run the task again when "
                    "they have ended",
                    reason=exc.reason,
                ) from exc


def plan_all(client, params: dict, timeout: float, own: Notes) -> Todo:
    """What is to be done; an error if it must not be. ``own`` are the notes of this run so far."""
    if spans_swarm(params):
        client.get("/swarm")  # An Engine that is no manager answers with that error, and else shows only its own part.
    networks = client.get("/networks")
    observed, notes = find_network(params, networks), recall(client, params, own)
    if params["state"] == "absent":
        plan, again = plan_removal(observed, params["name"]), ()
    else:
        if spans_swarm(params):
            check_place(params, networks)
        elif observed is None:
            check_name(params, networks)
        observed = settled(client, observed, params, timeout)
        plan, again = plan_network(params, observed, notes.network)
    attached = []
    if plan.changed and observed:
        attached = guard_use(client, observed, params["recreate"], plan)
        notes = recall(client, params, own)  # Another run may have taken services off it just before.
    services = client.get("/services") if notes.services else []
    lacking = [raw["Spec"]["Name"] for raw in services if lacks(raw, observed or plan.spec, notes)]
    if params["state"] == "absent" and lacking:
        raise SwarmError(
            f"network {params['name']} is awaited by {', '.join(lacking)}, which a run that was interrupted took off "
            "it; put them on it again with state: present first",
            reason="network_in_use",
        )
    return Todo(plan, observed, again, attached, lacking, notes)


def recall(client, params: dict, own: Notes) -> Notes:
    """The notes on the network; one that is not of the swarm has none."""
    return read_notes(client, params["name"], own) if spans_swarm(params) else own


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
    """The network when the swarm has decided on its addresses: another run may just have created it."""
    if observed is None or observed.get("Driver"):
        return observed
    try:
        return await_allocated(client, observed["Id"], params["name"], timeout)
    except SwarmError as exc:
        if params["recreate"] and exc.reason == "no_addresses":
            return observed
        raise


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
        network = renew(client, plan.spec, network, todo.services, notes, left)
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
