# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write one secret or config to the Engine."""

from __future__ import annotations

import base64

from ..core.errors import EngineError, NotFound, OutOfSequence
from ..core.plan import Plan
from .fingerprint import fingerprint
from .judge import ADOPT
from .resolve import FINGERPRINT, VERSION, VERSION_OF, Found, Kind

# The label in which community.docker keeps a bare hash of the data, which can be guessed at.
BARE_HASH = "ansible_key"


def write(client, kind: Kind, params: dict, plan: Plan, found: Found, data: bytes | None, told: dict) -> None:
    """Carry out a plan. OutOfSequence where it must be made anew, with what is in ``told`` by then."""
    current = found.current
    if plan.action == "update":
        update(client, kind, current, plan.spec)
    elif plan.action == ADOPT:
        adopt(client, kind, current, plan.spec, data, told)
    else:
        if current and not params["rolling_versions"]:
            delete(client, kind, current)
        create(client, kind, with_data(kind, plan.spec, creation_labels(params, plan.spec, found), data))


def create(client, kind: Kind, body: dict) -> None:
    """Create an object; one of that name that has come meanwhile is a reason to look again."""
    try:
        client.post(f"{kind.path}/create", body)
    except EngineError as exc:
        if exc.status == 409:
            raise OutOfSequence(str(exc), status=exc.status) from exc
        raise


def update(client, kind: Kind, current: dict, body: dict) -> None:
    """Write the labels; the rest must be as it is."""
    client.post(f"{kind.path}/{current['ID']}/update", body, version=current["Version"]["Index"])


def adopt(client, kind: Kind, current: dict, spec: dict, data: bytes, told: dict) -> None:
    """Give a secret a fingerprint. The Engine takes the data with it only if it is what the secret has."""
    labels = {name: value for name, value in (spec.get("Labels") or {}).items() if name != BARE_HASH}
    try:
        update(client, kind, current, with_data(kind, spec, labels, data))
    except EngineError as exc:
        if "only updates to Labels are allowed" not in str(exc):
            raise
        told[current["ID"]] = False
        raise OutOfSequence(f"the data of {spec['Name']} differs", status=exc.status) from exc


def delete(client, kind: Kind, current: dict) -> None:
    """Delete an object; it may be gone already."""
    try:
        client.delete(f"{kind.path}/{current['ID']}")
    except NotFound:
        return


def creation_labels(params: dict, spec: dict, found: Found) -> dict:
    """The labels of an object that is to be created, without a fingerprint."""
    dropped = (VERSION_OF, VERSION, FINGERPRINT, BARE_HASH)
    labels = {name: value for name, value in (spec.get("Labels") or {}).items() if name not in dropped}
    if found.number is not None:
        labels[VERSION_OF] = params["name"]
        labels[VERSION] = str(found.number)
    return labels


def with_data(kind: Kind, spec: dict, labels: dict, data: bytes | None) -> dict:
    """What is sent: the spec with these labels, and the data if it is given."""
    if data is None:
        return {**spec, "Labels": labels}
    if kind.read is None:
        labels = {**labels, FINGERPRINT: fingerprint(data)}
    return {**spec, "Labels": labels, "Data": base64.b64encode(data).decode()}
