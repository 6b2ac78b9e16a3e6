# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create a network again, with the services on it taken off before and put on after, or everything as it was."""

from __future__ import annotations

from ..core.errors import SwarmError
from ..core.plan import Plan
from ..core.run import converge
from ..service.rollout import await_services, task_ids
from .attachments import record, restored, without
from .notes import Notes, drop_notes, write_notes
from .resolve import creation_form
from .steps import MadeMeanwhile, await_unused, create, remove


def renew(client, spec: dict, observed: dict | None, services: list, notes: Notes, left) -> tuple:
    """Create the network anew in place of ``observed``, and return it with the notes on what is to be put on it.

    ``services`` are those on it. ``observed`` is None where an interrupted run has removed the network already.
    """
    was = creation_form(observed) if observed else notes.network
    if observed and observed["Scope"] == "swarm":
        kept = {raw["ID"]: record(raw, observed, notes.services.get(raw["ID"])) for raw in services}
        notes = write_notes(client, spec["Name"], was, kept, notes)
    try:
        if observed:
            for raw in services:
                update(client, raw["ID"], lambda spec: without(spec, observed))
            await_unused(client, observed, left())
            remove(client, observed, left())
        return create(client, spec, True, left()), notes
    except MadeMeanwhile:
        raise
    except SwarmError as exc:
        raise put_back(client, exc, was, observed, notes) from exc


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
    """Put the services on the network, and wait until they run if there is time for that."""
    before = task_ids(client, list(notes.services))
    names = put_on(client, network, notes.services)
    if timeout:
        # The notes stay if this fails: the Engine may roll a service back to when it was not on the network.
        await_services(client, names, {name: before[key] for key, name in names.items()}, timeout)
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
