# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that will be done to a stack, before anything is done. Plain functions over plain values."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, put
from ..core.plan import Plan, plan_removal
from ..network.apply import plan_network
from ..network.resolve import complete, find_network
from ..secret.resolve import named, versions_of
from ..service.planning import givers, plan_one
from ..service.resolve import PREDEFINED
from . import pre_pull
from .fields import NAMESPACE
from .objects import KINDS, plan_items
from .observe import NEW, Seen, belongs, labels_of

# What docker's own command writes where a file says nothing. It means the same as nothing, and the Engine replaces all
# tasks when the one becomes the other (swarmkit, IsTaskDirty).
SHELLS = {
    "TaskTemplate.ContainerSpec.Privileges": {},
    "TaskTemplate.Placement": {},
    "TaskTemplate.Resources": {},
    "EndpointSpec": {"Mode": "vip"},
}
# It writes empty options for every named volume as well.
MOUNTS = "TaskTemplate.ContainerSpec.Mounts"


@dataclass
class StackPlan:
    """``networks`` and ``services`` are plans by name, ``items`` secrets and configs by kind and plain name.

    ``again`` are the networks that must be created again, ``waves`` the names of services that are changed, in the
    order to write them, ``removals`` what goes at the end, by kind, and ``pulls`` what is pulled before anything else.
    """

    networks: dict
    items: dict
    services: dict = field(default_factory=dict)
    again: dict = field(default_factory=dict)
    waves: list = field(default_factory=list)
    removals: dict = field(default_factory=dict)
    pulls: list = field(default_factory=list)

    @property
    def plans(self) -> list:
        """Every plan, in the order in which they are carried out."""
        items = [item.plan for kind in KINDS for item in self.items[kind].values()]
        gone = [
            plan_removal({}, f"{kind[:-1]} {name_of(raw)}") for kind, found in self.removals.items() for raw in found
        ]
        return [*self.networks.values(), *items, *self.services.values(), *gone]

    @property
    def changed(self) -> bool:
        return any(plan.changed for plan in self.plans)

    def diff(self) -> list:
        """What differs, option by option."""
        return [*pre_pull.diffs(self.pulls), *(plan.diff() for plan in self.plans if plan.changed)]


def name_of(raw: dict) -> str:
    """Name of a network, secret, config or service."""
    return raw.get("Name") or raw["Spec"]["Name"]


def plan_objects(stack: str, declared: dict, seen: Seen, recreate: bool) -> StackPlan:
    """The plan for what services need: networks, secrets and configs."""
    planned = StackPlan(
        {}, {kind: plan_items(known, declared[kind], getattr(seen, kind)) for kind, known in KINDS.items()}
    )
    for params in declared["networks"]:
        params = complete(params)
        plan, again = plan_network(params, find_network(params, seen.networks))
        planned.networks[params["name"]] = Plan(plan.action, f"network {params['name']}", plan.spec, plan.changes)
        if again and not recreate:
            raise SwarmError(
                f"stack {stack}: network {params['name']} differs in {', '.join(again)}, and the Engine cannot change "
                "a network, only create it again; use recreate: true, which takes the services off it meanwhile, or "
                "declare it as it is",
                reason="network_differs",
                network=params["name"],
                options=list(again),
            )
        if again:
            planned.again[params["name"]] = params
    return planned


def surroundings(planned: StackPlan, seen: Seen) -> tuple:
    """What services refer to: names of networks by ID, and IDs of secrets and configs by name."""
    networks = {raw["Id"]: raw["Name"] for raw in seen.networks}
    networks.update({name: name for name in PREDEFINED})
    networks.update({NEW + name: name for name, plan in planned.networks.items() if plan.action == "create"})
    references: dict = {}
    for kind in KINDS:
        references[kind] = {name_of(raw): raw["ID"] for raw in getattr(seen, kind)}
        for item in planned.items[kind].values():
            references[kind].setdefault(item.name, item.id or NEW + item.name)
    return networks, references


def current_names(declared: dict, planned: StackPlan, seen: Seen) -> dict:
    """What secrets and configs are called now, by kind and plain name. Of an external one that there are only versions
    of, it is the newest."""
    names: dict = {}
    for kind in KINDS:
        names[kind] = {plain: item.name for plain, item in planned.items[kind].items()}
        for plain in declared["external"].get(kind) or ():
            versions = versions_of(plain, getattr(seen, kind))
            if versions and not named(plain, getattr(seen, kind)):
                names[kind][plain] = name_of(versions[0])
    return names


def wanted_service(declared: dict, params: dict, names: dict) -> dict:
    """One service of the declaration as options of module service, with the current secrets and configs."""
    steering = {name: params[name] for name in ("recreate", "resolve_image", "resolve_image_failure")}
    wanted = {**copy.deepcopy(declared), **steering, "mode": declared["mode"] or "replicated"}
    for kind, known in KINDS.items():
        if wanted[kind]:
            wanted[kind] = [with_current(one, f"{known.name}_name", names[kind]) for one in wanted[kind]]
    holder = get(wanted, "privileges.credential_spec.config")
    if holder in names["configs"]:
        put(wanted, "privileges.credential_spec.config", names["configs"][holder])
    return wanted


def with_current(reference: dict, key: str, names: dict) -> dict:
    """A reference to the current version; the file in the containers keeps its name."""
    plain = reference[key]
    if plain not in names:
        return reference
    return {**reference, key: names[plain], "filename": reference.get("filename") or plain}


def plan_service(stack: str, wanted: dict, service: dict | None, networks: dict, references: dict) -> Plan:
    """The plan for one service, which its declaration describes as a whole."""
    if service and not belongs(service, stack):
        owner = labels_of(service).get(NAMESPACE)
        raise SwarmError(
            f"stack {stack}: there is a service {wanted['name']} already, which belongs to "
            f"{f'stack {owner}' if owner else 'no stack'}; remove or rename one of the two",
            reason="service_exists",
            service=wanted["name"],
        )
    plan = plan_one(wanted, service, networks, references, whole=True)
    return replace(plan, spec=with_shells(plan.spec, service and service["Spec"]))


def with_shells(spec: dict, observed: dict | None) -> dict:
    """The spec with the parts that say nothing: all of them for a new service, else those that it has already."""
    spec = copy.deepcopy(spec)
    for path, nothing in SHELLS.items():
        if get(spec, path) is None and (observed is None or get(observed, path) is not None):
            put(spec, path, dict(nothing))
    bare = {mount["Target"] for mount in get(observed, MOUNTS) or () if mount.get("VolumeOptions") is None}
    for mount in get(spec, MOUNTS) or ():
        if mount.get("Type") == "volume" and mount.get("Source") and mount["Target"] not in bare:
            mount.setdefault("VolumeOptions", {})
    return spec


def plan_waves(plans: dict, services: dict, depends_on: dict) -> list:
    """Names of services that are changed, in groups that can be written together, one group after the other."""
    changed = {name for name, plan in plans.items() if plan.changed}
    before = {name: set(depends_on.get(name, ())) & set(plans) for name in plans}
    giving = {name: givers(name, plans, services) for name in changed}
    for name, others in giving.items():
        before[name] |= others
    # What is only removed goes at the end, unless another service takes its ports.
    changed -= {name for name in changed if plans[name].action == "remove"} - set().union(*giving.values())
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as exc:
        circle = " -> ".join(reversed(exc.args[1]))
        raise InvalidOption(f"services wait for each other in a circle: {circle}; correct depends_on") from exc
    waves = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        waves.append(sorted(set(ready) & changed))
    return [wave for wave in waves if wave]


def plan_leftovers(services: dict, names: list) -> dict:
    """Plans to remove the services that the stack has beside these."""
    return {
        name: plan_removal(raw["Spec"], f"service {name}")
        for name, raw in sorted(services.items())
        if name not in names
    }


def spare_objects(stack: str, seen: Seen, planned: StackPlan, used: dict, prune: bool) -> dict:
    """What goes once the services run: versions that nothing uses any more, and with ``prune`` other leftovers.

    ``used`` is what services will use, those of others included.
    """
    spare: dict = {"networks": []}
    for kind in KINDS:
        items = planned.items[kind].values()
        kept = {item.id for item in items} | {raw["ID"] for item in items for raw in item.older}
        older = [raw for item in items for raw in item.older]
        others = [raw for raw in seen.of(stack, kind) if raw["ID"] not in kept] if prune else []
        spare[kind] = [raw for raw in [*older, *others] if raw["ID"] not in used[kind]]
    if prune:
        spare["networks"] = [
            raw
            for raw in seen.of(stack, "networks")
            if raw["Name"] not in planned.networks and not {raw["Id"], raw["Name"]} & used["networks"]
        ]
    return {kind: found for kind, found in spare.items() if found}
