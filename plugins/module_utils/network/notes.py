# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that was interrupted must put back, kept in the swarm as a config while a network is created again."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field

from ..core.errors import NotFound

LABEL = "flotilla.swarm.recreates"


@dataclass(frozen=True)
class Notes:
    """``network`` is the body that creates the network as it was, ``services`` what each had, by the service's ID."""

    network: dict | None = None
    services: dict = field(default_factory=dict)
    configs: tuple = ()


def read_notes(client, name: str, own: Notes) -> Notes:
    """The notes on a network, of runs that were interrupted or go on; ``own`` are those that this run knows already.

    Another run that goes on from them removes them, but may know nothing of what this one has done since.
    """
    found = client.get("/configs", filters={"label": [f"{LABEL}={name}"]})
    found.sort(key=lambda raw: raw["Version"]["Index"])
    notes = [json.loads(base64.b64decode(raw["Spec"]["Data"])) for raw in found]
    services = {**own.services, **{key: kept for note in notes for key, kept in note["services"].items()}}
    return Notes(notes[-1]["network"] if notes else own.network, services, tuple(raw["ID"] for raw in found))


def write_notes(client, name: str, network: dict, services: dict, older: Notes) -> Notes:
    """Add notes to those that there are, and return all."""
    services = {**older.services, **services}
    data = json.dumps({"network": network, "services": services})
    body = {
        "Name": f"flotilla.swarm.recreates.{uuid.uuid4().hex}",
        "Labels": {LABEL: name},
        "Data": base64.b64encode(data.encode()).decode(),
    }
    made = client.post("/configs/create", body)["ID"]
    return Notes(network, services, (*older.configs, made))


def drop_notes(client, notes: Notes) -> None:
    """Remove the notes once all is as it shall be."""
    for config_id in notes.configs:
        try:
            client.delete(f"/configs/{config_id}")
        except NotFound:
            continue
