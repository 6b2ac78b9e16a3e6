# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create a network again, with the services on it taken off before and put on after, or everything as it was."""

from __future__ import annotations

from ..core.errors import SwarmError
from ..core.plan import Plan
from ..core.run import converge
from ..service.rollout import await_services, task_ids
from .attachments import record, restored, without
from .judge import wants
from .notes import Notes, drop_notes, write_notes
from .resolve import creation_form
from .steps import Overtaken, await_unused, create, remove


def note_down(client, network: dict, services: list, notes: Notes) -> Notes:
    """Write down what a network of the swarm is and what the services on it have, before any of it is changed."""
    kept = {raw["ID"]: record(raw, network, notes.services.get(raw["ID"])) for raw in services}
    return write_notes(client, network["Name"], creation_form(network), kept, notes)


def renew(client, spec: dict, observed: dict | None, services: list, notes: Notes, left) -> dict:
    """Create the network anew in place of ``observed``, and return it.

    ``services`` are those on it. ``observed`` is None where an interrupted run has removed the network already.
    """
    try:
        if observed:
            for raw in services:
                update(client, raw["ID"], lambda spec: without(spec, observed))
            clear_away(client, observed, notes, left)
        return create(client, spec, True, left())
    except Overtaken:
        raise
    except SwarmError as exc:
        was = creation_form(observed) if observed else notes.network
        raise put_back(client, exc, was, observed, notes) from exc


def clear_away(client, network: dict, notes: Notes, left) -> None:
    """Remove a network that its services have left. Overtaken if another run puts them on it again."""
    try:
        await_unused(client, network, left())
        remove(client, network, left())
    except SwarmError as exc:
        taken_off = [raw for raw in client.get("/services") if raw["ID"] in notes.services]
        if any(wants(raw["Spec"], network) for raw in taken_off):
            raise Overtaken(f"{exc}; someone else has just put services on it again") from exc
        raise


def put_back(client, cause: SwarmError, was: dict, observed: dict | None, notes: Notes) -> SwarmError:
    """Make the network and its services what they were, and return an error that says how that went."""
    name = was["Name"]
    try:
        network = client.find(f"/networks/{observed['Id']}") if observed else None
        network = network or create(client, was, False, 0)
        names = put_on(client, network, notes.services)
        drop_notes(client, notes)
    except SwarmError as exc:
        return SwarmError(
            f"{cause}; and network {name} could not be put back as it was: {exc}; run the task again, which goes on "
            "from here",
            reason=cause.reason,
            **cause.details,
        )
    again = f", and on it again: {', '.join(sorted(names.values()))}" if names else ""
    return SwarmError(f"{cause}; network {name} is again as it was{again}", reason=cause.reason, **cause.details)


def put_on(client, network: dict, services: dict) -> dict:
    """Put services on the network as recorded, and return the names by ID of those that lacked something."""
    changed = {}
    for service_id, kept in services.items():
        if update(client, service_id, lambda spec, kept=kept: restored(spec, kept, network)):
            changed[service_id] = kept["name"]
    return changed


def put_on_and_wait(client, network: dict, notes: Notes, timeout: float) -> None:
    """Put the services on the network, and wait until they run if there is time for that.

    Overtaken if the network is gone then.
    """
    failure = None
    before = task_ids(client, list(notes.services))
    try:
        names = put_on(client, network, notes.services)
        if timeout:
            await_services(client, names, {name: before[key] for key, name in names.items()}, timeout)
    except SwarmError as exc:
        failure = exc
    if client.find(f"/networks/{network['Id']}") is None:
        raise Overtaken(f"someone else has just removed network {network['Name']}") from failure
    if failure:
        # The notes stay: the Engine may have rolled a service back to when it was not on the network.
        raise failure
    drop_notes(client, notes)


def update(client, service_id: str, change) -> bool:
    """Write ``change(spec)`` of a service unless it is the same or the service is gone; whether it was written."""
    path = f"/services/{service_id}"

    def plan(raw):
        spec = change(raw["Spec"]) if raw else None
        return Plan("update" if raw and spec != raw["Spec"] else "keep", spec=spec)

    done, _observed = converge(
        observe=lambda: client.find(path),
        plan=plan,
        apply=lambda plan, raw: client.post(f"{path}/update", plan.spec, version=raw["Version"]["Index"]),
        check_mode=False,
    )
    return done.changed
