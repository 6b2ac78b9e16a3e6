# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses a network, and whether what was asked of it has happened. Plain functions over the Engine's answers."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.fields import get
from ..core.wait import DONE, FAILED, PENDING, Verdict
from ..node.judge import is_active

# The swarm tries to give addresses at once, and again only after minutes (swarmkit, manager/allocator).
ALLOCATION = 10.0


@dataclass(frozen=True)
class Users:
    """What keeps a network from being removed, by name; ``stopping`` are tasks whose service is gone from it."""

    services: tuple = ()
    containers: tuple = ()
    stopping: tuple = ()


def users(network: dict, services: list, tasks: list, hostnames: dict) -> Users:
    """Who uses a network of the swarm."""
    attached = [task for task in tasks if is_active(task) and uses(task, network)]
    return Users(
        tuple(sorted(raw["Spec"]["Name"] for raw in services if wants(raw["Spec"], network))),
        tuple(sorted(container(task, hostnames) for task in attached if not task.get("ServiceID"))),
        tuple(sorted(task["ID"] for task in attached if task.get("ServiceID"))),
    )


def wants(spec: dict, network: dict) -> bool:
    """Whether a service has the network in its spec, or publishes a port on the routing mesh."""
    if network.get("Ingress"):
        ports = get(spec, "EndpointSpec.Ports") or ()
        return any(port.get("PublishMode", "ingress") == "ingress" for port in ports)
    targets = (get(spec, "TaskTemplate.Networks") or []) + (spec.get("Networks") or [])
    return any(target.get("Target") in (network["Id"], network["Name"]) for target in targets)


def uses(task: dict, network: dict) -> bool:
    """Whether a task has an address in the network."""
    return any(get(item, "Network.ID") == network["Id"] for item in task.get("NetworksAttachments") or ())


def container(task: dict, hostnames: dict) -> str:
    """A container that was attached without a service; only the start of its ID is known on other nodes."""
    known = get(task, "Spec.NetworkAttachmentSpec.ContainerID") or task["ID"]
    return f"{known[:12]} on {hostnames.get(task.get('NodeID'), task.get('NodeID'))}"


def judge_unused(name: str, found: Users) -> Verdict:
    """Whether the network can be removed. Tasks that are stopping are waited for: their nodes still have it."""
    named = [
        f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}"
        for kind, names in (("service", found.services), ("container", found.containers))
        if names
    ]
    if named:
        return Verdict(FAILED, f"network {name} is used by {' and by '.join(named)}")
    if found.stopping:
        return Verdict(PENDING, f"tasks that use network {name} are still stopping: {', '.join(found.stopping)}")
    return Verdict(DONE, f"nothing uses network {name}")


def judge_allocated(name: str, raw: dict) -> Verdict:
    """Whether the swarm has given the network its addresses; until then the Engine tells no driver of it."""
    if raw.get("Driver"):
        return Verdict(DONE, f"network {name} has its addresses")
    return Verdict(
        FAILED,
        f"the swarm gives network {name} no addresses: its subnet overlaps another one, or the address pools are used "
        "up, or the leader cannot do it (Engine 28.5 fails with IPv6); the leader's log says which",
        hold=ALLOCATION,
    )


def judge_gone(name: str, found: list) -> Verdict:
    """Whether this Engine has nothing of the network any more."""
    return Verdict(PENDING if found else DONE, f"network {name} is still there" if found else f"network {name} is gone")
