# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will be done to services, and in which order. Plain functions over plain values."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, options, put
from ..core.plan import Change, Plan, make_plan, plan_removal
from ..core.wait import DONE, PENDING, Verdict
from .fields import ONE, SPEC
from .paths import TASK
from .resolve import IMAGE, complete, with_ids, with_names
from .steering import NAME
from .values import show_mode

TABLE = (NAME, *SPEC)
RECREATE, ROLLBACK = "recreate", "rollback"
FORCE_UPDATE = f"{TASK}.ForceUpdate"
PLATFORMS = f"{TASK}.Placement.Platforms"


def declared(params) -> dict:
    """The services that are asked for, by name."""
    items = [params] if params["services"] is None else params["services"]
    beside = [field.option for field in options(ONE) if params.get(field.option) not in (None, field.default)]
    if params["services"] is not None and beside:
        raise InvalidOption(f"services excludes {', '.join(beside)}; put the options of every service into services")
    named = {item.get("name") or "": item for item in items}
    if "" in named:
        raise InvalidOption("every service needs a name")
    if len(named) < len(items):
        raise InvalidOption("services names a service twice; each may be there once")
    return named


def plan_one(wanted, service, networks, references=None, whole=False) -> Plan:
    """The plan for one service, with the spec as it is sent; ``service`` is what the Engine has, or None.

    ``networks`` are names by ID, ``references`` IDs of secrets and configs by name. ``whole``: options that are not
    wanted go back to their defaults instead of keeping their values.
    """
    title = f"service {wanted['name']}"
    if wanted["state"] == "absent":
        return plan_removal(service and service["Spec"], title)
    if wanted["state"] == "rolled_back":
        return plan_rollback(wanted, service, networks)
    observed = with_names(service["Spec"], networks) if service else None
    completed = complete(wanted, observed, networks, references)
    base = of_engine(observed, completed["image"]) if whole else None
    plan = make_plan(TABLE, completed, observed, base, name=title)
    if plan.fixed:
        plan = plan_recreation(plan, wanted)
    elif wanted.get("force_update") and observed:
        plan = plan_force(plan, observed)
    return replace(plan, spec=with_ids(plan.spec, networks, references))


def of_engine(observed: dict | None, image: str) -> dict:
    """What a spec has that is nobody's wish: how often tasks were replaced, and where its image was found to run."""
    base: dict = {}
    put(base, FORCE_UPDATE, get(observed, FORCE_UPDATE))
    if get(observed, IMAGE) == image:
        put(base, PLATFORMS, get(observed, PLATFORMS))
    return base


def plan_recreation(plan: Plan, wanted: dict) -> Plan:
    """A plan for changes that the Engine refuses on a service that exists: remove it and create it again."""
    again = plan.fixed
    changes = tuple(replace(change, fixed=False) for change in plan.changes)
    changes += (Change("recreated_for", None, [change.option for change in again]),)
    anew = Plan(RECREATE, plan.name, {**plan.spec, "Name": wanted.get("name") or plan.spec["Name"]}, changes)
    if not wanted.get("recreate"):
        raise SwarmError(
            f"{plan.name}: {again[0].option} cannot be changed from {again[0].before} to {again[0].after} on a service "
            "that exists; use recreate: true to remove the service and create it again",
            reason="fixed_option",
            result={"diff": [anew.diff()]},
            option=again[0].option,
        )
    if show_mode(anew.spec["Mode"])["mode"].endswith("-job"):
        # The Engine takes no job that has one.
        if wanted.get("update_config"):
            raise InvalidOption(f"{plan.name}: a job has no update_config; leave it out")
        anew.spec.pop("UpdateConfig", None)
    return anew


def plan_force(plan: Plan, observed: dict) -> Plan:
    """The plan with the counter raised whose every change replaces all tasks."""
    count = get(observed, FORCE_UPDATE) or 0
    put(plan.spec, FORCE_UPDATE, count + 1)
    return Plan("update", plan.name, plan.spec, (*plan.changes, Change("force_update", count, count + 1)))


def plan_rollback(wanted, service, networks) -> Plan:
    """The plan to go back to the spec before the last change; keep where the Engine has gone back already."""
    title = f"service {wanted['name']}"
    beside = [field.option for field in options(SPEC) if wanted.get(field.option) is not None]
    if beside:
        raise InvalidOption(f"{title}: state rolled_back decides on the whole spec; leave out {', '.join(beside)}")
    if service is None:
        raise SwarmError(f"{title} does not exist, and cannot be rolled back", reason="unknown_service")
    current, previous = service["Spec"], service.get("PreviousSpec")
    # A second rollback would bring back what the first one took away.
    if (get(service, "UpdateStatus.State") or "").startswith("rollback") or previous == current:
        return Plan("keep", title, current)
    if previous is None:
        raise SwarmError(
            f"{title} has nothing to go back to: the Engine keeps the spec before the last change only, and has none",
            reason="nothing_to_roll_back",
        )
    changes = make_plan(TABLE, {}, with_names(current, networks), base=with_names(previous, networks)).changes
    return Plan(ROLLBACK, title, previous, changes)


def order(plans: dict, services: dict) -> list:
    """The names of services that are changed, in the order to write them.

    Those that are removed come first, and a service that gives a port of the routing mesh up before the one that
    takes it, which the Engine refuses else.
    """
    left = [name for name, plan in plans.items() if plan.changed]
    left.sort(key=lambda name: plans[name].action != "remove")
    blocked = {name: givers(name, plans, services) for name in left}
    ordered: list = []
    while left:
        ready = [name for name in left if not blocked[name] & set(left)]
        if not ready:
            raise InvalidOption(
                f"services {' and '.join(left)} take published ports of each other, and the Engine lets no port belong "
                "to two services; give one of them a free port first"
            )
        ordered += ready
        left = [name for name in left if name not in ready]
    return ordered


def givers(name, plans: dict, services: dict) -> set:
    """The names of other services that give up a port which this one takes."""
    taken = ports(plans[name].spec) - ports(spec_of(services.get(name)))
    if not taken:
        return set()
    return {
        other
        for other, service in services.items()
        if other != name and plans[other].changed and collide(taken, ports(service["Spec"]) - ports(plans[other].spec))
    }


def judge_released(taken: set, services) -> Verdict:
    """Whether no service has these ports. The Engine takes them from a service a moment after its spec has changed."""
    for service in services:
        if collide(taken, ports({"EndpointSpec": service.get("Endpoint")})):
            return Verdict(PENDING, f"service {service['Spec']['Name']} still has a port that another one takes")
    return Verdict(DONE, "the ports are free")


def spec_of(service: dict | None) -> dict | None:
    """The spec of a service, if there is one."""
    return service and service["Spec"]


def ports(spec: dict | None) -> set:
    """The published ports of a spec as ``(port, protocol, mode)``."""
    items = get(spec, "EndpointSpec.Ports") or ()
    return {
        (raw["PublishedPort"], raw.get("Protocol", "tcp"), raw.get("PublishMode", "ingress"))
        for raw in items
        if raw.get("PublishedPort")
    }


def collide(taken: set, freed: set) -> bool:
    """Whether two services cannot have these ports at once; host ports of several services are on different nodes."""
    return any(one[:2] == other[:2] and "ingress" in (one[2], other[2]) for one in taken for other in freed)
