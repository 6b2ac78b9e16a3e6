# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services taken off a network and put on it again. Plain functions over specs of the Engine."""

from __future__ import annotations

import copy

from ..core.fields import get, put
from ..core.values import MILLISECOND

NETWORKS, PORTS = "TaskTemplate.Networks", "EndpointSpec.Ports"

# How a network is taken off a service: from all tasks at once, and never paused or rolled back, as they may break
# without it. No playbook would ask for such a monitor, so this tells which update_config is to be put back.
HURRIED = {
    "Parallelism": 0,
    "Delay": 0,
    "FailureAction": "continue",
    "Monitor": MILLISECOND,
    "MaxFailureRatio": 0,
    "Order": "stop-first",
}


def record(service: dict, network: dict, older: dict | None = None) -> dict:
    """What must be put back when a service was taken off a network; ``older`` is what an interrupted run recorded."""
    spec = service["Spec"]
    config = (older or {}).get("update_config") if is_hurried(spec) else spec.get("UpdateConfig")
    items = enumerate(get(spec, path_of(network)) or ())
    taken = [[index, item] for index, item in items if is_of(item, network)]
    return {"name": spec["Name"], "update_config": config, "taken": taken}


def without(spec: dict, network: dict) -> dict:
    """The spec of a service without the network, or without its ports of the routing mesh; the same if it has none."""
    path = path_of(network)
    items = get(spec, path) or []
    others = [item for item in items if not is_of(item, network)]
    if others == items:
        return spec
    spec = copy.deepcopy(spec)
    put(spec, path, others)
    return {**spec, "UpdateConfig": dict(HURRIED)}


def restored(spec: dict, kept: dict, network: dict) -> dict:
    """The spec with what was recorded; what was changed meanwhile stays, and what is there already is not added."""
    spec, path = copy.deepcopy(spec), path_of(network)
    if is_hurried(spec):
        put(spec, "UpdateConfig", kept["update_config"])
    items = get(spec, path) or []
    missing = [[index, item] for index, item in kept["taken"] if not is_there(item, items, network)]
    if missing:
        for index, item in missing:
            items.insert(index, item if network.get("Ingress") else {**item, "Target": network["Id"]})
        put(spec, path, items)
    return spec


def is_job(spec: dict) -> bool:
    """Whether every update of the service would run it again."""
    return "ReplicatedJob" in spec["Mode"] or "GlobalJob" in spec["Mode"]


def is_hurried(spec: dict) -> bool:
    """Whether the service still has the update_config with which it was taken off a network."""
    config = spec.get("UpdateConfig") or {}
    return all((config.get(key) or 0) == (value or 0) for key, value in HURRIED.items())


def path_of(network: dict) -> str:
    """Where a service says that it uses the network."""
    return PORTS if network.get("Ingress") else NETWORKS


def is_of(item: dict, network: dict) -> bool:
    """Whether this is a port of the routing mesh, or an attachment to the network."""
    if network.get("Ingress"):
        return item.get("PublishMode", "ingress") == "ingress"
    return item.get("Target") in (network["Id"], network["Name"])


def is_there(item: dict, items: list, network: dict) -> bool:
    """Whether a recorded item is among those that a service has now."""
    if not network.get("Ingress"):
        return any(is_of(other, network) for other in items)
    place = published(item)
    return item in items or (place[0] is not None and place in [published(other) for other in items])


def published(port: dict) -> tuple:
    """The place of a port on the nodes, which two services cannot share."""
    return port.get("PublishedPort"), port.get("Protocol", "tcp")
