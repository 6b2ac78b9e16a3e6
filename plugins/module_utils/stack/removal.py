# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a stack, or what it does not need any more."""

from __future__ import annotations

from ..core.errors import EngineError, NotFound, SwarmError
from ..core.plan import plan_removal
from ..network.steps import await_unused, remove
from ..secret.write import delete
from ..service.rollout import task_ids, wait_removed
from . import history
from .objects import KINDS
from .observe import belongs, labels_of, look, uses
from .planning import name_of
from .pre_pull import LABEL

NOTHING: dict = {"secrets": [], "configs": [], "external": {}}


def remove_stack(client, params: dict, check_mode: bool) -> dict:
    """Remove everything that carries the label of the stack, and the deploys that are kept of it."""
    stack = params["name"]
    seen = look(client, stack, NOTHING, whole=True)
    # A run that was killed may have left a job.
    jobs = [raw for raw in seen.everyone if labels_of(raw).get(LABEL) == stack]
    found = {"services": [*seen.services.values(), *jobs]}
    for kind in (*KINDS, "networks"):
        found[kind] = seen.of(stack, kind)
    deploys = history.read_deploys(client, stack)
    check_unused(stack, [raw for raw in seen.everyone if not belongs(raw, stack)], found)
    if not check_mode:
        timeout = params["wait_timeout"] if params["wait"] else 0
        remove_services(client, found["services"], timeout)
        left = remove_objects(client, {kind: found[kind] for kind in (*KINDS, "networks")}, timeout)
        if left:
            raise SwarmError(f"stack {stack}: {'; '.join(left)}", reason="still_in_use")
        history.forget(client, deploys)
    named = {kind: sorted(map(name_of, raws)) for kind, raws in found.items()}
    gone = [f"{kind[:-1]} {name}" for kind, names in named.items() for name in names]
    return {
        "changed": bool(gone or deploys),
        "diff": [plan_removal({}, what).diff() for what in gone],
        "stack": {"name": stack, "services": [], "networks": [], "secrets": [], "configs": [], "removed": gone},
    }


def check_unused(stack: str, others: list, found: dict) -> None:
    """Refuse to remove what services of others use, before anything is removed."""
    told = []
    for service in others:
        used = uses([{"Spec": service["Spec"]}])
        told += [
            f"service {name_of(service)} uses {kind[:-1]} {name_of(raw)}"
            for kind in (*KINDS, "networks")
            for raw in found[kind]
            if {raw.get("ID"), raw.get("Id"), raw.get("Name")} & used[kind] - {None}
        ]
    if told:
        raise SwarmError(
            f"stack {stack} cannot be removed: {'; '.join(told)}; take that from {'it' if len(told) == 1 else 'them'} "
            "first",
            reason="still_in_use",
            uses=told,
        )


def remove_services(client, services: list, timeout: float) -> None:
    """Remove services, and with a timeout wait until their tasks are gone."""
    tasks = task_ids(client, [raw["ID"] for raw in services]) if timeout else {}
    for raw in services:
        try:
            client.delete(f"/services/{raw['ID']}")
        except NotFound:
            continue
    wait_removed(client, sorted(set().union(*tasks.values())), timeout)


def remove_objects(client, objects: dict, timeout: float) -> list:
    """Remove secrets, configs and networks by kind, and tell of each that stays why."""
    left = []
    for kind, known in KINDS.items():
        for raw in objects.get(kind) or ():
            try:
                delete(client, known, raw)
            except EngineError as exc:
                left.append(f"{known.name} {name_of(raw)} stays: {exc}")
    for raw in objects.get("networks") or ():
        try:
            if timeout:
                await_unused(client, raw, timeout)
            remove(client, raw, timeout)
        except SwarmError as exc:
            left.append(f"network {raw['Name']} stays: {exc}")
    return left
