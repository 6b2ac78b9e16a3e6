# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put back what a deploy has changed, where it has failed."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, dataclass, field

from ..core.errors import NotFound, SwarmError
from ..core.plan import Plan
from ..network.steps import await_unused, remove
from ..service.apply import write
from ..service.resolve import find_services
from ..service.rollout import await_services, task_ids, wait_removed


@dataclass
class Journal:
    """What a run has done so far. It holds no value of a secret.

    ``former`` are the specs of services before they were written, None for those that were not there; ``made`` are
    kind, ID and name of networks, secrets and configs, ``relabelled`` kind, ID and former spec of secrets and configs.
    """

    former: dict = field(default_factory=dict)
    made: list = field(default_factory=list)
    relabelled: list = field(default_factory=list)

    def pack(self) -> str:
        """The journal as text, to be gone on with by another process."""
        return base64.b64encode(zlib.compress(json.dumps(asdict(self)).encode())).decode()

    @classmethod
    def unpack(cls, text: str) -> Journal:
        return cls(**json.loads(zlib.decompress(base64.b64decode(text))))


def undo(client, journal: Journal, names, everything: bool, timeout: int) -> tuple:
    """Give these services back what they were; with ``everything`` remove what the run has made as well.

    Return a sentence that tells it, and what was done by name. SwarmError if that fails as well.
    """
    names = [name for name in journal.former if name in names]
    found = find_services(client, names)
    before = task_ids(client, [raw["ID"] for raw in found.values()])
    back = {name: put_back(client, name, found.get(name), journal.former[name], timeout) for name in names}
    removed = [name for name, done in back.items() if done == "removed"]
    wait_removed(client, sorted(set().union(*(before[found[name]["ID"]] for name in removed))), timeout)
    now = find_services(client, [name for name in names if name not in removed])
    known = {name: before.get(raw["ID"], set()) if back[name] == "written" else None for name, raw in now.items()}
    await_services(client, {raw["ID"]: name for name, raw in now.items()}, known, timeout)
    gone = take_away(client, journal, timeout) if everything else []
    gone = [f"service {name}" for name in removed] + gone
    return told(sorted(now), gone), {"put_back": sorted(now), "removed": gone}


def put_back(client, name: str, service: dict | None, former: dict | None, timeout: int) -> str:
    """Make one service what it was, and say what was done."""

    def plan(_name, now):
        if former is None:
            return Plan("remove" if now else "keep")
        if now is None:
            return Plan("create", spec=former)
        # The Engine may have rolled it back on its own.
        return Plan("keep" if now["Spec"] == former else "update", spec=former)

    planned = plan(name, service)
    done = write(client, planned, name, service, plan, timeout) if planned.changed else planned
    if former is None:
        return "removed" if done.changed else "absent"
    return "written" if done.changed else "kept"


def take_away(client, journal: Journal, timeout: int) -> list:
    """Remove the networks, secrets and configs that the run has made, and give others their labels back."""
    for kind, object_id, spec in journal.relabelled:
        raw = client.find(f"/{kind}/{object_id}")
        if raw:
            client.post(f"/{kind}/{object_id}/update", spec, version=raw["Version"]["Index"])
    gone = []
    for kind, object_id, name in reversed(journal.made):
        try:
            if kind == "networks":
                network = {"Id": object_id, "Name": name, "Scope": "swarm"}
                await_unused(client, network, timeout)
                remove(client, network, timeout)
            else:
                client.delete(f"/{kind}/{object_id}")
        except NotFound:
            continue
        gone.append(f"{kind[:-1]} {name}")
    return gone


def told(back: list, gone: list) -> str:
    """What was put back, as a sentence."""
    parts = [f"these services are again what they were: {', '.join(back)}"] if back else []
    parts += [f"this was removed again: {', '.join(gone)}"] if gone else []
    return "; ".join(parts) or "there was nothing to put back"


def undone(client, journal: Journal, names, everything: bool, timeout: int, cause: SwarmError) -> SwarmError:
    """Put back, and return the error that tells the cause and how that went."""
    try:
        sentence, done = undo(client, journal, names, everything, timeout)
    except SwarmError as exc:
        return SwarmError(
            f"{cause}. Not everything could be put back: {exc}",
            reason="rollback_failed",
            cause=cause.reason,
            **{**cause.details, "services": {**cause.details.get("services", {}), **exc.details.get("services", {})}},
        )
    return SwarmError(f"{cause}. {sentence[0].upper()}{sentence[1:]}", reason=cause.reason, **{**cause.details, **done})
