# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done to a secret or config, to its versions and to the services that use it. Plain functions."""

from __future__ import annotations

import copy
from dataclasses import replace

from ..core.errors import InvalidOption
from ..core.fields import Joint, get, put
from ..core.plan import CHANGED, HIDDEN, Change, Plan, make_plan
from .resolve import CONTAINER, Found, Kind

# Beside the actions of every plan: another object instead of the present one; and a secret whose data can only be
# compared by writing.
REPLACE, ADOPT = "replace", "adopt"
CREDENTIAL = f"{CONTAINER}.Privileges.CredentialSpec.Config"


def plan_object(kind: Kind, params: dict, given: bool, same: bool | None, found: Found) -> Plan:
    """The plan for the object itself. ``given``: the playbook gives data, which is the ``same`` as the present one,
    or not, or nobody knows.
    """
    if given:
        params = {**params, "driver": "", "driver_options": {}}
    if found.current is None:
        return plan_creation(kind, params, given, found)
    observed = found.current["Spec"]
    plan = make_plan(kind.table, {**params, "name": observed["Name"]}, observed, name=f"{kind.name} {observed['Name']}")
    reasons = [change.option for change in plan.fixed]
    reasons += ["data"] if given and same is False else []
    reasons += ["force"] if params["force"] else []
    if reasons:
        return plan_replacement(kind, params, given, found, reasons)
    if given and same is None:
        return replace(plan, action=ADOPT, changes=(*plan.changes, Change("fingerprint", None, "(added)")))
    return plan


def plan_creation(kind: Kind, params: dict, given: bool, found: Found) -> Plan:
    """The plan for an object, or for the first version of one."""
    if not given and not params.get("driver"):
        needed = "data, data_src or driver" if kind.read is None else "data or data_src"
        raise InvalidOption(f"{kind.name} {params['name']} does not exist yet, and to create it {needed} is needed")
    name = found.new_name
    plan = make_plan(kind.table, {**params, "name": name}, None, name=f"{kind.name} {name}")
    return replace(plan, changes=(*plan.changes, Change("data", None, HIDDEN))) if given else plan


def plan_replacement(kind: Kind, params: dict, given: bool, found: Found, reasons: list) -> Plan:
    """The plan for another object instead of the present one: a new version, or the same name again."""
    observed = found.current["Spec"]
    # What the Engine takes at creation only is no hindrance to another object.
    table = [entry if isinstance(entry, Joint) else replace(entry, fixed=False) for entry in kind.table]
    plan = make_plan(table, {**params, "name": found.new_name}, observed)
    if kind.read is None and not given and not get(plan.spec, "Driver.Name"):
        raise InvalidOption(
            f"{kind.name} {observed['Name']} must be created again for {', '.join(reasons)}, and the Engine does not "
            "tell its data; give data or data_src"
        )
    data = (Change("data", HIDDEN, CHANGED),) if "data" in reasons else ()
    why = Change("new_version_for" if params["rolling_versions"] else "recreated_for", None, reasons)
    return Plan(REPLACE, f"{kind.name} {observed['Name']}", plan.spec, (*plan.changes, *data, why))


def unknown(plan: Plan) -> list:
    """What check mode cannot know."""
    if plan.action != ADOPT:
        return []
    return [
        f"{plan.name} has no fingerprint of this collection and the Engine does not tell its data, so only a real run "
        "finds out whether the data differs; if not, it adds the fingerprint"
    ]


def replaced(found: Found, new: bool) -> list:
    """The objects whose users shall get the current version; ``new``: that is one which is not in ``found``."""
    older = list(found.versions if new else found.versions[1:])
    return older + ([found.plain] if found.plain else [])


def surplus(params: dict, found: Found, new: bool) -> list:
    """The versions beyond those that are kept."""
    keep = params["versions_to_keep"]
    return [] if keep < 0 else list(found.versions[max(keep, 1) - int(new) :])


def used_ids(kind: Kind, spec: dict) -> set:
    """IDs of the objects that a service uses."""
    return {reference[kind.reference_id] for reference in get(spec, kind.references) or ()}


def users(kind: Kind, services: list, objects: list) -> list:
    """The services that use one of these objects, by name."""
    ids = {raw["ID"] for raw in objects}
    return sorted((s for s in services if used_ids(kind, s["Spec"]) & ids), key=lambda s: s["Spec"]["Name"])


def is_updating(service: dict) -> bool:
    """Whether the Engine is replacing the tasks of a service."""
    return get(service, "UpdateStatus.State") in ("updating", "rollback_started")


def in_use(kind: Kind, services: list, objects: list) -> str:
    """Which services use which of these objects, as a sentence."""
    told = []
    for raw in objects:
        names = names_of(users(kind, services, [raw]))
        if names:
            told.append(
                f"{kind.name} {raw['Spec']['Name']} is used by service{'s' * (len(names) > 1)} {', '.join(names)}"
            )
    return "; ".join(told)


def names_of(objects: list) -> list:
    """The names of services, secrets or configs."""
    return [raw["Spec"]["Name"] for raw in objects]


def repointed(kind: Kind, spec: dict, olds: set, new: dict) -> dict:
    """A service's spec with the object ``new`` instead of those whose IDs are ``olds``."""

    def change(reference):
        if reference[kind.reference_id] not in olds:
            return reference
        return {**reference, kind.reference_id: new["ID"], kind.reference_name: new["Spec"]["Name"]}

    return _with_references(kind, spec, change, lambda config: new["ID"] if config in olds else config)


def put_back(kind: Kind, spec: dict, former: dict, new_id: str) -> dict:
    """A service's spec with what ``former`` had at the places where the object ``new_id`` is now."""
    before = {_place(kind, reference): reference for reference in get(former, kind.references) or ()}

    def change(reference):
        place = _place(kind, reference)
        return before[place] if reference[kind.reference_id] == new_id and place in before else reference

    credential = get(former, CREDENTIAL)
    return _with_references(kind, spec, change, lambda config: credential if config == new_id else config)


def _with_references(kind, spec, change, change_credential):
    spec = copy.deepcopy(spec)
    if get(spec, kind.references):
        put(spec, kind.references, [change(reference) for reference in get(spec, kind.references)])
    # A credential spec names its config a second time, by ID.
    if kind.name == "config" and get(spec, CREDENTIAL):
        put(spec, CREDENTIAL, change_credential(get(spec, CREDENTIAL)))
    return spec


def _place(kind, reference):
    """What of a reference is the service's own: where the object appears in its tasks."""
    own = {key: value for key, value in reference.items() if key not in (kind.reference_id, kind.reference_name)}
    return str(sorted(own.items()))
