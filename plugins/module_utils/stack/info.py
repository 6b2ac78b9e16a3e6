# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stacks are, and whether one differs from its files; as many requests for a hundred services as for one."""

from __future__ import annotations

from ..core.errors import InvalidOption
from ..node.resolve import hostname
from ..secret.resolve import VERSION_OF, version_of
from ..service.info import show_service
from ..service.tasks import counts_as_running
from ..task.resolve import by_id
from . import history
from .fields import APPLYING, NAMESPACE
from .objects import KINDS
from .observe import labels_of
from .planning import name_of
from .resolve import complete, plan_all

# How a stack is compared: as a deploy would that may do anything but remove.
DEPLOY = {
    **{field.option: field.default for field in APPLYING if field.option != "name"},
    "wait": True,
    "recreate": True,
    "resolve_image_failure": "keep",
}


def look_up(client, params: dict, hide=lambda values: None) -> dict:
    """The result of stack_info."""
    label = {"label": [NAMESPACE]}
    services = client.get("/services", status=True, filters=label)
    kinds = {kind: client.get(f"/{kind}", filters=label) for kind in KINDS}
    networks = client.get("/networks", filters={"scope": ["swarm"]})
    deploys = read_all_deploys(client)
    every = [*services, *networks, *(raw for raws in kinds.values() for raw in raws)]
    known = {labels_of(raw).get(NAMESPACE) for raw in every} - {None}
    names = sorted(known) if params["name"] is None else [name for name in params["name"] if name in known]
    around = {"tasks": [], "nodes": {}, "networks": {raw["Id"]: raw["Name"] for raw in networks}}
    if services:
        around.update(tasks=client.get("/tasks"), nodes=by_id(client.get("/nodes")))
    stacks = []
    for name in names:
        own = {kind: members(name, raws) for kind, raws in {**kinds, "networks": networks}.items()}
        stacks.append(show_stack(name, members(name, services), own, around, deploys.get(name, [])))
    result = {"changed": False, "stacks": stacks}
    return {**result, **drift(client, params, hide)} if params["declaration"] is not None else result


def members(stack: str, raws: list) -> list:
    """What carries the label of the stack, by name."""
    return sorted((raw for raw in raws if labels_of(raw).get(NAMESPACE) == stack), key=name_of)


def read_all_deploys(client) -> dict:
    """The deploys that are kept, newest first, by stack."""
    found: dict = {}
    for raw in client.get("/configs", filters={"label": [history.SNAPSHOT_OF]}):
        found.setdefault(labels_of(raw)[history.SNAPSHOT_OF], []).append(history.read(raw))
    return {name: sorted(kept, key=lambda deploy: -deploy.number) for name, kept in found.items()}


def show_stack(name: str, services: list, own: dict, around: dict, deploys: list) -> dict:
    """One stack."""
    nodes, ids = around["nodes"], {raw["ID"] for raw in services}
    shown = [show_service(raw, around["tasks"], nodes, around["networks"]) for raw in services]
    counted = [task for task in around["tasks"] if task["ServiceID"] in ids and counts_as_running(task, nodes)]
    return {
        "name": name,
        "services": shown,
        "healthy": all(one["running"] + one["completed"] >= one["desired"] for one in shown),
        "nodes": sorted({hostname(nodes[task["NodeID"]]) for task in counted}),
        "endpoints": [{"service": one["name"], **endpoint} for one in shown for endpoint in one["endpoints"]],
        "networks": [name_of(raw) for raw in own["networks"]],
        **{kind: [show_object(raw) for raw in own[kind]] for kind in KINDS},
        "deploys": [show_deploy(deploy) for deploy in deploys],
    }


def show_object(raw: dict) -> dict:
    """One secret or config; the first version has the plain name."""
    name = name_of(raw)
    version_name = labels_of(raw).get(VERSION_OF)
    return {"name": name, "id": raw["ID"], "version_of": version_name or name, "version": version_of(raw) or 1}


def show_deploy(deploy) -> dict:
    """One deploy that is kept."""
    images = {name: spec["TaskTemplate"]["ContainerSpec"]["Image"] for name, spec in sorted(deploy.services.items())}
    return {"number": deploy.number, "created": deploy.created, "services": images}


def drift(client, params: dict, hide) -> dict:
    """Whether the stack differs from its files, and in what."""
    if not params["name"] or len(params["name"]) != 1:
        raise InvalidOption("compose is compared with one stack; give its name in name")
    given, declared = complete(client, {**params, **DEPLOY, "name": params["name"][0]}, hide)
    planned = plan_all(client, given, declared, check_mode=True).planned
    return {"differs": planned.changed, "differences": planned.diff()}
