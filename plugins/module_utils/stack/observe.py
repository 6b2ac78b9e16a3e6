# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a stack: as many requests for a hundred services as for one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..core.errors import SwarmError
from ..core.fields import get
from ..secret.resolve import named, versions_of
from ..service.resolve import CREDENTIAL_SPEC
from .fields import NAMESPACE
from .objects import KINDS

# Stands for the ID of what is not there yet.
NEW = "new:"


@dataclass
class Seen:
    """``services`` are those of the stack, by name; the lists may hold objects of others.

    ``everyone`` are all services of the swarm, None as long as they do not matter.
    """

    services: dict
    networks: list
    secrets: list = field(default_factory=list)
    configs: list = field(default_factory=list)
    everyone: list | None = None

    def of(self, stack: str, kind: str) -> list:
        """The networks, secrets or configs that carry the label of the stack."""
        return [raw for raw in getattr(self, kind) if belongs(raw, stack)]


def labels_of(raw: dict) -> dict:
    """Labels of a service, secret, config or network."""
    return get(raw, "Spec.Labels") or raw.get("Labels") or {}


def belongs(raw: dict, stack: str) -> bool:
    """Whether an object carries the label of this stack."""
    return labels_of(raw).get(NAMESPACE) == stack


def label_filter(stack: str) -> dict:
    """The filter for what belongs to a stack."""
    return {"label": [f"{NAMESPACE}={stack}"]}


def look(client, stack: str, declared: dict, whole: bool) -> Seen:
    """What there is of a stack, and what its declaration names beside it; ``whole``: and who uses it."""
    everyone = client.get("/services") if whole else None
    services = client.get("/services", filters=label_filter(stack)) if everyone is None else everyone
    seen = Seen(
        {raw["Spec"]["Name"]: raw for raw in services if belongs(raw, stack)},
        client.get("/networks", filters={"scope": ["swarm"]}),
        everyone=everyone,
    )
    for kind in KINDS:
        names = [item["name"] for item in declared[kind]] + list(declared["external"].get(kind) or ())
        # The Engine's filter for a name finds what begins with it: the versions as well.
        found = client.get(f"/{kind}", filters={"name": sorted(names)}) if names else []
        found += client.get(f"/{kind}", filters=label_filter(stack)) if whole else []
        setattr(seen, kind, list({raw["ID"]: raw for raw in found}.values()))
    return seen


def expect(seen: Seen, names: dict) -> None:
    """Take objects for present that will be there."""
    for name in names["networks"] or ():
        if name not in {raw["Name"] for raw in seen.networks}:
            seen.networks.append({"Id": NEW + name, "Name": name, "Scope": "swarm", "Driver": "overlay"})
    for kind in KINDS:
        found = getattr(seen, kind)
        missing = {name for name in names[kind] or () if not is_there(name, found)}
        found += [{"ID": NEW + name, "Spec": {"Name": name}} for name in sorted(missing)]


def is_there(name: str, objects: list) -> bool:
    """Whether there is a secret or config of this name, or a version of one."""
    return bool(named(name, objects) or versions_of(name, objects))


def check_external(stack: str, declared: dict, seen: Seen) -> None:
    """Refuse a stack whose external objects are not there, naming all of them."""
    missing = []
    networks = {raw["Name"] for raw in seen.networks} | {"host", "bridge", "none"}
    missing += [f"network {name}" for name in declared["external"].get("networks") or () if name not in networks]
    for kind in KINDS:
        names = declared["external"].get(kind) or ()
        missing += [f"{kind[:-1]} {name}" for name in names if not is_there(name, getattr(seen, kind))]
    if missing:
        raise SwarmError(
            f"stack {stack}: what its files call external is not in this swarm: {', '.join(missing)}; create it first, "
            "for example with flotilla.swarm.network, flotilla.swarm.secret or flotilla.swarm.config",
            reason="external_missing",
            missing=missing,
        )


def uses(services) -> dict:
    """IDs and names of what these services use, or would if the Engine rolled them back."""
    used: dict = {"networks": set(), "secrets": set(), "configs": set()}
    for service in services:
        for spec in (service["Spec"], service.get("PreviousSpec") or {}):
            note_uses(spec, used)
    return used


def note_uses(spec: dict, used: dict) -> None:
    """Add what one spec uses."""
    for item in get(spec, "TaskTemplate.Networks") or spec.get("Networks") or ():
        used["networks"].add(item["Target"])
    for kind, known in KINDS.items():
        used[kind].update(raw[known.reference_id] for raw in get(spec, known.references) or ())
    used["configs"].add(get(spec, CREDENTIAL_SPEC))
