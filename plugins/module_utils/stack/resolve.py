# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a task will do to a stack, after the look-ups that this needs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace

from ..core.errors import InvalidOption
from ..core.fields import check_since, fill, get
from ..core.plan import Plan, plan_removal
from ..registry.info import of_images
from ..secret.judge import unknown
from ..secret.resolve import telling
from ..service.apply import look_up_credentials
from ..service.image import Digests, choose
from . import history
from .checks import IMAGE, check_first
from .fields import OBJECTS
from .objects import KINDS, find
from .observe import Seen, check_external, expect, look, note_uses, uses
from .planning import (
    StackPlan,
    current_names,
    plan_leftovers,
    plan_objects,
    plan_service,
    plan_waves,
    spare_objects,
    surroundings,
    wanted_service,
)
from .pre_pull import wanted_pulls

NOTHING: dict = {**{kind: [] for kind in OBJECTS}, "external": {}, "depends_on": {}}


@dataclass
class Todo:
    """``declared`` is the declaration, completed; ``target`` the deploy to go back to, with state rolled_back;
    ``registries`` what this host has for the registries of the images, if that is asked for."""

    params: dict
    declared: dict
    seen: Seen
    planned: StackPlan
    digests: Digests
    deploys: list = field(default_factory=list)
    target: history.Deploy | None = None
    registries: list = field(default_factory=list)

    @property
    def stack(self) -> str:
        return self.params["name"]

    def plan_service(self, name: str, service: dict | None) -> Plan:
        """The plan for one service, as it is now."""
        if name not in self.names:
            return plan_removal(service and service["Spec"], f"service {name}")
        networks, references = surroundings(self.planned, self.seen)
        if self.target:
            recreate = self.params["recreate"]
            return history.plan_restored(name, self.target.services[name], service, networks, references, recreate)
        declared = next(item for item in self.declared["services"] if item["name"] == name)
        names = current_names(self.declared, self.planned, self.seen)
        wanted = wanted_service(declared, self.params, names)
        wanted = with_image(wanted, service, self.digests)
        return plan_service(self.stack, wanted, service, networks, references)

    def unknown(self) -> list:
        """What check mode cannot know."""
        return [told for items in self.planned.items.values() for item in items.values() for told in unknown(item.plan)]

    def made(self, kind: str, plain: str, raw: dict) -> None:
        """Note that a secret or config is now what was planned."""
        objects, items = getattr(self.seen, kind), self.planned.items[kind]
        objects[:] = [one for one in objects if one["ID"] != raw["ID"]] + [raw]
        items[plain] = replace(items[plain], found=find(plain, objects), plan=Plan("keep", items[plain].plan.name))

    @property
    def names(self) -> list:
        """The services that the stack shall have."""
        if self.target:
            return sorted(self.target.services)
        return [item["name"] for item in self.declared["services"]]


def complete(client, params: dict, hide) -> tuple:
    """The options as one way of saying it, and the declaration with all options of each object."""
    wait = params["wait"] if params["detach"] is None else not params["detach"]
    params = {**params, "wait": wait}
    if params["state"] != "present":
        return params, NOTHING
    if params["declaration"] is None:
        raise InvalidOption("compose is needed to deploy a stack; give a Compose file, or several")
    declared = {**NOTHING, **params["declaration"]}
    for kind, table in OBJECTS.items():
        declared[kind] = [fill(table, item) for item in declared[kind]]
        for item in declared[kind]:
            check_since(table, item, client.api_version, f"{kind}.{item['name']}.")
    for item in declared["secrets"]:
        text = (params["secret_data"] or {}).get(item["name"])
        if text is not None:
            hide(telling(decoded(text)))
            item.update(data=text, data_is_b64=True)
    return params, declared


def decoded(text: str) -> bytes:
    """The bytes of base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidOption("secret_data is not base64; leave it to the action plugin of this module") from None


def plan_all(client, params: dict, declared: dict, check_mode: bool) -> Todo:
    """Everything that will be done."""
    stack, target, deploys = params["name"], None, []
    if params["history"] or params["state"] == "rolled_back":
        deploys = history.read_deploys(client, stack)
    if params["state"] == "rolled_back":
        target = history.choose(stack, deploys, params["deploy"])
        declared = {**NOTHING, "external": history.needs(target)}
    seen = look(client, stack, declared, params["prune"])
    if check_mode and params["expected"]:
        expect(seen, params["expected"])
    check_external(stack, declared, seen)
    planned = plan_objects(stack, declared, seen, params["recreate"])
    todo = Todo(params, declared, seen, planned, Digests(client), deploys, target)
    plan_services(todo)
    look_up_credentials(client, planned.services, seen.services)
    check_first(client, stack, planned.services, seen.services, params["pre_checks"])
    if "credentials" in params["pre_checks"]:
        images = [get(plan.spec, IMAGE) for plan in planned.services.values() if plan.spec]
        todo.registries = of_images(filter(None, images))
    if params["pre_pull"] and not params.get("progress"):
        nodes = {raw["ID"]: raw for raw in client.get("/nodes")} if planned.waves else {}
        planned.pulls = wanted_pulls(planned.services, seen.services, nodes)
    planned.removals = plan_removals(client, todo)
    return todo


def plan_services(todo: Todo) -> None:
    """Plan the services with the secrets and configs as they are planned, or as they are now."""
    planned, seen = todo.planned, todo.seen
    for name in todo.names:
        planned.services[name] = todo.plan_service(name, seen.services.get(name))
    if todo.params["prune"] or todo.target:
        planned.services.update(plan_leftovers(seen.services, todo.names))
    planned.waves = plan_waves(planned.services, seen.services, todo.declared["depends_on"])


def with_image(wanted: dict, service: dict | None, digests: Digests) -> dict:
    """The service with the digest of its image and where that runs, if registries are to be asked."""
    live = get((service or {}).get("Spec"), "TaskTemplate.ContainerSpec.Image") or ""
    image = choose(wanted, live, digests.of)
    placement, platforms = wanted["placement"], digests.platforms.get(image)
    # A registry that has built the same image for one more platform is no change.
    if platforms and image != live:
        placement = {**(placement or {}), "platforms": platforms}
    return {**wanted, "image": image, "placement": placement}


def plan_removals(client, todo: Todo) -> dict:
    """What nothing will use once the services run."""
    params, planned, seen = todo.params, todo.planned, todo.seen
    older = [raw for kind in KINDS for item in planned.items[kind].values() for raw in item.older]
    if not params["wait"] or not (older or params["prune"]):
        return {}
    if seen.everyone is None:
        seen.everyone = client.get("/services")
    if not todo.deploys:
        todo.deploys = history.read_deploys(client, todo.stack)
    used = uses(after(planned.services, seen))
    note_deploys(used, todo.deploys, seen)
    if params["history"]:
        # What the services are now is kept as a deploy before they are changed.
        for raw in seen.services.values():
            note_uses(raw["Spec"], used)
    return spare_objects(todo.stack, seen, planned, used, params["prune"])


def note_deploys(used: dict, deploys: list, seen: Seen) -> None:
    """Add what these deploys need to what is used."""
    ids = {kind: {raw["Spec"]["Name"]: raw["ID"] for raw in getattr(seen, kind)} for kind in KINDS}
    for needed in map(history.needs, deploys):
        used["networks"].update(needed["networks"])
        for kind in KINDS:
            used[kind].update(ids[kind].get(name) for name in needed[kind])


def after(plans: dict, seen: Seen) -> list:
    """All services of the swarm as they will be, each with the spec that it had before its last change."""
    services = []
    for raw in seen.everyone:
        plan = plans.get(raw["Spec"]["Name"])
        if plan is None or plan.action == "keep":
            services.append(raw)
        elif plan.action != "remove":
            services.append({"Spec": plan.spec, "PreviousSpec": raw["Spec"]})
    return services
