# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would make a deploy fail, found before anything is changed. All of it is told at once."""

from __future__ import annotations

from ..core.errors import EngineError, NotFound, SwarmError, Unreachable
from ..core.fields import get
from ..service.planning import collide, ports
from ..service.tasks import eligible_nodes

IMAGE = "TaskTemplate.ContainerSpec.Image"


def check_first(client, stack: str, plans: dict, services: dict, checks) -> None:
    """Refuse plans of services that cannot come true; ``services`` are all of the stack before it."""
    specs = {name: plan.spec for name, plan in plans.items() if plan.changed and plan.spec}
    problems = []
    if specs and "placement" in checks:
        nodes = {raw["ID"]: presumed(raw) for raw in client.get("/nodes")}
        problems += [told for name, spec in specs.items() for told in misplaced(name, spec, nodes)]
    if specs and "ports" in checks:
        own = {raw["ID"] for raw in services.values()}
        others = [raw for raw in client.get("/services") if raw["ID"] not in own]
        problems += taken_ports(specs, others)
    if specs and "images" in checks:
        problems += missing_images(client, specs, services)
    if problems:
        raise SwarmError(
            f"stack {stack} was not changed, as it would fail: {'; '.join(problems)}",
            reason="pre_check_failed",
            problems=problems,
        )


def presumed(node: dict) -> dict:
    """A node, as ready where its state is not known: a leader that was just elected has not heard of any yet."""
    if get(node, "Status.State") != "unknown":
        return node
    return {**node, "Status": {**node["Status"], "State": "ready"}}


def misplaced(name: str, spec: dict, nodes: dict) -> list:
    """What is told of a service that the nodes cannot run, as they are now."""
    replicas = get(spec, "Mode.Replicated.Replicas")
    if replicas == 0:
        return []
    placement = get(spec, "TaskTemplate.Placement") or {}
    fitting = eligible_nodes({"Spec": spec}, nodes)
    constraints = ", ".join(placement.get("Constraints") or ())
    if not fitting:
        where = f"meets its constraints ({constraints})" if constraints else "is ready and active"
        return [f"service {name}: no node {where}; change the constraints, or label or activate a node"]
    most = placement.get("MaxReplicas")
    if most and replicas and replicas > most * len(fitting):
        return [
            f"service {name}: {replicas} replicas do not fit on {len(fitting)} node{'s' * (len(fitting) > 1)} with "
            f"{most} on each; add nodes, or change replicas or max_replicas_per_node"
        ]
    return too_big(name, spec, [nodes[node_id] for node_id in fitting])


def too_big(name: str, spec: dict, nodes: list) -> list:
    """What is told of a task that reserves more than any of these nodes has in all."""
    told = []
    for key, word, unit in (("NanoCPUs", "CPUs", 10**9), ("MemoryBytes", "MiB of memory", 2**20)):
        wanted = get(spec, f"TaskTemplate.Resources.Reservations.{key}") or 0
        most = max(get(node, f"Description.Resources.{key}") or 0 for node in nodes)
        if wanted > most:
            told.append(
                f"service {name}: it reserves {wanted / unit:g} {word}, and no node that it may run on has more than "
                f"{most / unit:g}; reserve less, or add a node"
            )
    return told


def taken_ports(specs: dict, others: list) -> list:
    """What is told of published ports that services of others have."""
    told = []
    for name, spec in specs.items():
        for other in others:
            theirs = ports({"EndpointSpec": other.get("Endpoint")}) | ports(other["Spec"])
            for port in sorted(ports(spec)):
                if collide({port}, theirs):
                    told.append(
                        f"service {name}: port {port[0]}/{port[1]} is published by service {other['Spec']['Name']} "
                        "already; publish another one"
                    )
    return told


def missing_images(client, specs: dict, services: dict) -> list:
    """What is told of images that neither this Engine nor their registry has."""
    running = {get(raw["Spec"], IMAGE) for raw in services.values()}
    users: dict = {}
    for name, spec in specs.items():
        users.setdefault(get(spec, IMAGE), []).append(name)
    told = []
    for image, names in users.items():
        reason = None if image in running else lacks(client, image)
        if reason:
            told.append(f"image {image} of service{'s' * (len(names) > 1)} {', '.join(names)}: {reason}")
    return told


def lacks(client, image: str) -> str | None:
    """Why an image cannot be had; None if this Engine or the registry has it.

    With credentials for its registry that is asked in any case, as the other nodes will need them.
    """
    here = client.find(f"/images/{image}/json")
    if here and not client.image_headers(image):
        return None
    try:
        with client.for_image(image):
            client.get(f"/distribution/{image}/json")
    except NotFound:
        return (
            f"its registry has no such image{'' if here else ', and this node neither'}; correct the name, or push it"
        )
    except (EngineError, Unreachable) as exc:
        return f"{'' if here else 'this node does not have it, and '}its registry could not be asked: {exc}"
    return None
