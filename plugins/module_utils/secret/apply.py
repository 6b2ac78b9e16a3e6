# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a secret or config to what was asked of it, and list them."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import EngineError, InvalidOption, NotFound, SwarmError
from ..core.plan import Change, Plan, plan_removal
from ..core.run import Stopwatch, converge
from .judge import REPLACE, in_use, is_updating, names_of, plan_object, replaced, surplus, unknown, used_ids, users
from .repoint import repoint
from .resolve import Found, Kind, find, list_objects, read_data, same_data, show, telling, text_of, versions_of
from .write import creation_labels, write


class Services:
    """The services of the swarm, asked for once and only if they matter."""

    def __init__(self, client):
        self.client, self._all = client, None

    @property
    def all(self) -> list:
        if self._all is None:
            self._all = self.client.get("/services")
        return self._all


def ensure(client, kind: Kind, params: dict, check_mode: bool, diff_mode: bool, hide=lambda values: None) -> dict:
    """Make the secret or config what ``params`` says, and return the module's result.

    ``hide(values)`` is told what must not be shown, whatever others say: a task that fails may have logged it.
    """
    watch, services = Stopwatch(), Services(client)
    if params["repoint"] and not params["rolling_versions"]:
        raise InvalidOption("repoint needs rolling_versions: true, as a name can have only one value at a time")
    if params["state"] == "absent":
        return {**remove(client, kind, params, services, check_mode), "elapsed": watch.read()}
    data = given_data(kind, params, hide)
    plan, found = bring_about(client, kind, params, data, services, check_mode)
    new = plan.action in ("create", REPLACE)
    older = replaced(found, new) if params["repoint"] else []
    moving = users(kind, services.all, older) if older else []
    # An earlier run may have been interrupted while it waited for them.
    late = [raw for raw in users(kind, services.all, [found.current]) if is_updating(raw)] if older and not new else []
    spare = prunable(kind, params, found, new, older, moving, services)
    current = planned_object(params, plan, found) if check_mode else found.current
    if plan.changed and not check_mode:
        current = find(params, list_objects(client, kind, [params["name"]])).current
    extra = [("repointed", names_of(moving)), ("pruned", names_of(spare))]
    result = {
        "changed": plan.changed or bool(moving or spare),
        "diff": differences(kind, with_extra(plan, extra), found, data if diff_mode else None, new),
        **dict(extra),
        **report(kind, current),
    }
    if not check_mode:
        try:
            if moving or late:
                repoint(client, kind, moving + late, {raw["ID"] for raw in older}, current, new, params, watch)
            result["pruned"] = names_of(prune(client, kind, spare))
        except SwarmError as exc:
            exc.result = {**result, **exc.result, "pruned": [], "elapsed": watch.read()}
            raise
    return {**result, "warnings": unknown(plan) if check_mode else [], "elapsed": watch.read()}


def given_data(kind: Kind, params: dict, hide) -> bytes | None:
    """The data that the playbook gives, None if it gives none."""
    data = read_data(params)
    hide(telling(data))
    if data == b"" and kind.read is None:
        raise InvalidOption("data: it is empty, and a secret must have at least one byte")
    return data


def bring_about(client, kind, params, data, services, check_mode):
    """Plan the object itself and, outside of check mode, carry it out; the plan and what there was before it."""
    # What a refused write has told about secrets without a fingerprint, by ID.
    told: dict = {}

    def plan(found):
        same = None
        if data is not None and found.current:
            same = told[found.current["ID"]] if found.current["ID"] in told else same_data(kind, found.current, data)
        planned = plan_object(kind, params, data is not None, same, found)
        if planned.action == REPLACE and not params["rolling_versions"]:
            refuse_used(
                kind, [found.current], services.all, "it cannot be replaced; use rolling_versions: true to change it"
            )
        return planned

    return converge(
        observe=lambda: find(params, list_objects(client, kind, [params["name"]])),
        plan=plan,
        apply=lambda planned, found: write(client, kind, params, planned, found, data, told),
        check_mode=check_mode,
    )


def refuse_used(kind: Kind, objects: list, services: list, remedy: str) -> None:
    """An error that lists the services that use one of these objects."""
    found = users(kind, services, objects)
    if found:
        raise SwarmError(
            f"{in_use(kind, services, objects)}; {remedy}", reason=f"{kind.name}_in_use", services=names_of(found)
        )


def remove(client, kind: Kind, params: dict, services: Services, check_mode: bool) -> dict:
    """Remove the object, or all its versions, unless a service uses one."""
    found = find(params, list_objects(client, kind, [params["name"]]))
    present = list(found.versions) if params["rolling_versions"] else [found.plain] if found.plain else []
    if present:
        refuse_used(kind, present, services.all, "it cannot be removed; take it from them first")
    if not check_mode:
        # The newest goes last, so that it is the current one until all are gone.
        prune(client, kind, present[::-1], in_use_too=True)
    return {
        "changed": bool(present),
        "diff": [plan_removal(raw["Spec"], f"{kind.name} {raw['Spec']['Name']}").diff() for raw in present],
        "repointed": [],
        "pruned": names_of(present) if params["rolling_versions"] else [],
        **report(kind, None),
    }


def prunable(kind, params, found: Found, new, older, moving, services: Services) -> list:
    """The versions that are not to be kept and that no service uses, once those that are moving have moved."""
    spare = surplus(params, found, new)
    if not spare or (moving and not params["wait"]):
        return []
    used = set().union(*(used_ids(kind, raw["Spec"]) for raw in services.all)) - {raw["ID"] for raw in older}
    return [raw for raw in spare if raw["ID"] not in used]


def prune(client, kind: Kind, objects: list, in_use_too=False) -> list:
    """Remove objects and return those that are gone by it; one that a service uses by now stays."""
    gone = []
    for raw in objects:
        try:
            client.delete(f"{kind.path}/{raw['ID']}")
        except NotFound:
            continue
        except EngineError as exc:
            if in_use_too or "in use" not in str(exc):
                raise
            continue
        gone.append(raw)
    return gone


def planned_object(params: dict, plan: Plan, found: Found) -> dict:
    """The object as it would be, for check mode."""
    if plan.action in ("create", REPLACE):
        spec = {**plan.spec, "Labels": creation_labels(params, plan.spec, found)}
        return {"ID": None, "CreatedAt": None, "UpdatedAt": None, "Spec": spec}
    return {**found.current, "Spec": plan.spec}


def with_extra(plan: Plan, extra: list) -> Plan:
    """The plan with what happens beside the object itself."""
    return replace(plan, changes=(*plan.changes, *(Change(what, None, names) for what, names in extra if names)))


def differences(kind: Kind, plan: Plan, found: Found, data: bytes | None, new: bool) -> list:
    """The plan's diff, and where the data can be read and is text, what changes in it."""
    shown = [plan.diff()]
    if kind.read and new and data is not None:
        before = text_of(kind.read(found.current)) if found.current else ""
        after = text_of(data)
        if None not in (before, after) and before != after:
            header = f"{plan.name}: data"
            shown.append({"before": before, "after": after, "before_header": header, "after_header": header})
    return shown


def report(kind: Kind, raw: dict | None) -> dict:
    """The object as the module returns it."""
    return {
        kind.name: show(kind, raw) if raw else None,
        f"{kind.name}_id": raw["ID"] if raw else None,
        f"{kind.name}_name": raw["Spec"]["Name"] if raw else None,
    }


def look_up(client, kind: Kind, params: dict, more=lambda raw: {}) -> dict:
    """The result of the module that lists; ``more(raw)`` is added to each object."""
    objects = list_objects(client, kind, params["name"], params["labels"])
    if params["name"] is not None:
        wanted = [raw for raw in objects if raw["Spec"]["Name"] in params["name"]]
        wanted += [raw for name in params["name"] for raw in versions_of(name, objects)]
        objects = list({raw["ID"]: raw for raw in wanted}.values())
    services = client.get("/services") if objects else []
    shown = [{**show(kind, raw), "used_by": names_of(users(kind, services, [raw])), **more(raw)} for raw in objects]
    return {"changed": False, f"{kind.name}s": sorted(shown, key=lambda item: (item["name"], item["version"] or 0))}
