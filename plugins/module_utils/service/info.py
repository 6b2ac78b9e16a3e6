# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What services are, run and answer at, in four requests however many there are."""

from __future__ import annotations

from ..core.fields import Field, get, show_all
from ..node.resolve import address, hostname
from ..task.resolve import by_id, called, in_order, show_task
from .planning import TABLE
from .resolve import with_names
from .tasks import counts_as_running, is_running

SERVICE_INFO = (
    Field("name", "", "list", "Services to return, each by name or ID. Without it all are returned.", elements="str"),
    Field(
        "label", "", "list", "Services that have all these labels, each as C(name) or C(name=value).", elements="str"
    ),
    Field(
        "mode",
        "",
        "list",
        "Services of these modes.",
        elements="str",
        choices=("replicated", "global", "replicated-job", "global-job"),
    ),
)


def look_up(client, params: dict) -> dict:
    """The result of service_info; a name that fits no service adds none."""
    filters = {name: params[name] for name in ("label", "mode") if params[name] is not None}
    services = client.get("/services", status=True, filters=filters)
    if params["name"] is not None:
        services = called(params["name"], services)
    if not services:
        return {"changed": False, "services": []}
    wanted = {"service": [raw["ID"] for raw in services]} if filters or params["name"] is not None else None
    tasks = client.get("/tasks", filters=wanted)
    nodes = by_id(client.get("/nodes"))
    networks = {raw["Id"]: raw["Name"] for raw in client.get("/networks")}
    services.sort(key=lambda raw: raw["Spec"]["Name"])
    return {"changed": False, "services": [show_service(raw, tasks, nodes, networks) for raw in services]}


def show_service(raw: dict, tasks: list, nodes: dict, networks: dict) -> dict:
    """One service in the notation of playbooks; ``tasks`` may hold those of others, ``networks`` are names by ID."""
    mine = in_order([task for task in tasks if task["ServiceID"] == raw["ID"]], {raw["ID"]: raw}, nodes)
    spec = show_all(TABLE, with_names(raw["Spec"], networks))
    status = raw.get("ServiceStatus") or {}
    return {
        "name": raw["Spec"]["Name"],
        "id": raw["ID"],
        "version": raw["Version"]["Index"],
        "created": raw["CreatedAt"],
        "updated": raw["UpdatedAt"],
        "mode": spec["mode"],
        "spec": spec,
        "update_status": raw.get("UpdateStatus"),
        "running": sum(counts_as_running(task, nodes) for task in mine),
        "desired": status.get("DesiredTasks", 0),
        "completed": status.get("CompletedTasks", 0),
        "tasks": [show_task(task, {raw["ID"]: raw}, nodes) for task in mine],
        "endpoints": endpoints(raw, mine, nodes),
        "networks": show_networks(raw, networks),
    }


def endpoints(raw: dict, tasks: list, nodes: dict) -> list:
    """The published ports, each with the nodes that answer at it."""
    running = [task for task in tasks if is_running(task) and is_ready(task.get("NodeID"), nodes)]
    answering: dict = {}
    for port in get(raw, "Endpoint.Ports") or []:
        if port.get("PublishMode") == "host":
            answering.setdefault(_key(port), set())
            continue
        # The routing mesh answers on every node as soon as one task runs.
        answering[_key(port)] = {node_id for node_id in nodes if running and is_ready(node_id, nodes)}
    for task in running:
        # Which port it is if the Engine of the node chose it, only the task tells.
        for port in get(task, "Status.PortStatus.Ports") or []:
            answering.pop(_key({**port, "PublishedPort": 0}), None)
            answering.setdefault(_key(port), set()).add(task["NodeID"])
    mode = get(raw, "Spec.EndpointSpec.Mode") or "vip"
    return [_endpoint(key, mode, [nodes[node_id] for node_id in ids]) for key, ids in sorted(answering.items())]


def _key(port):
    return port.get("PublishMode", "ingress"), port.get("PublishedPort", 0), port["TargetPort"], port["Protocol"]


def _endpoint(key, endpoint_mode, nodes):
    mode, published, target, protocol = key
    answering = sorted(nodes, key=lambda node: (address(node), node["ID"]))
    return {
        "mode": mode,
        "endpoint_mode": endpoint_mode,
        "published_port": published or None,
        "target_port": target,
        "protocol": protocol,
        "addresses": [address(node) for node in answering],
        "nodes": [_node(node) for node in answering],
    }


def _node(raw):
    return {
        "id": raw["ID"],
        "hostname": hostname(raw),
        "address": address(raw),
        "availability": get(raw, "Spec.Availability"),
    }


def is_ready(node_id: str | None, nodes: dict) -> bool:
    """Whether the swarm hears of that node."""
    return get(nodes.get(node_id), "Status.State") == "ready"


def show_networks(raw: dict, networks: dict) -> list:
    """The networks of a service with the address that it has in each, which with C(dnsrr) is none."""
    vips = {vip["NetworkID"]: vip.get("Addr") or None for vip in get(raw, "Endpoint.VirtualIPs") or []}
    for item in get(raw, "Spec.TaskTemplate.Networks") or get(raw, "Spec.Networks") or []:
        vips.setdefault(item["Target"], None)
    shown = [{"name": networks.get(network), "id": network, "vip": vip} for network, vip in vips.items()]
    return sorted(shown, key=lambda item: item["name"] or "")
