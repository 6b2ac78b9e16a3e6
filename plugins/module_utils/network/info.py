# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that an Engine knows, and who is on them."""

from __future__ import annotations

from ..core.errors import NotFound, NotManager
from ..core.fields import Field, get
from ..core.values import text
from .judge import wants
from .resolve import show_network

NETWORK_INFO = (
    Field(
        "name",
        "",
        "list",
        "Names or IDs of networks. One that is not there is left out.",
        elements="str",
        aliases=("names", "network_name"),
    ),
    Field("driver", "", "str", "Only networks of this driver."),
    Field("scope", "", "str", "Only networks of this scope.", choices=("local", "global", "swarm")),
    Field("labels", "", "dict", "Only networks with all of these labels; a label without a value may have any."),
)


def look_up(client, params: dict) -> dict:
    """The result of network_info."""
    chosen = [raw for raw in client.get("/networks") if is_asked_for(raw, params)]
    services = list_services(client) if any(raw["Scope"] == "swarm" for raw in chosen) else None
    shown = []
    for raw in sorted(chosen, key=lambda raw: (raw["Name"], raw["Id"])):
        try:
            here = client.get(f"/networks/{raw['Id']}")
        except NotFound:
            continue  # Someone removed it meanwhile.
        shown.append(show(here, services))
    return {"changed": False, "networks": shown}


def is_asked_for(raw: dict, params: dict) -> bool:
    """Whether a network is one of those that are asked for."""
    labels = raw.get("Labels") or {}
    return (
        (params["name"] is None or raw["Name"] in params["name"] or raw["Id"] in params["name"])
        and params["driver"] in (None, raw["Driver"])
        and params["scope"] in (None, raw["Scope"])
        and all(
            name in labels and (value is None or labels[name] == text(value))
            for name, value in (params["labels"] or {}).items()
        )
    )


def list_services(client) -> list | None:
    """The services of the swarm, None on an Engine that is no manager and does not know them."""
    try:
        return client.get("/services")
    except NotManager:
        return None


def show(raw: dict, services: list | None) -> dict:
    """One network with those that are on it."""
    used_by = None
    if raw["Scope"] == "swarm" and services is not None:
        used_by = sorted(service["Spec"]["Name"] for service in services if wants(service["Spec"], raw))
    containers = [
        {"id": key, "name": item["Name"], "addresses": addresses(item), "mac_address": item.get("MacAddress")}
        for key, item in (raw.get("Containers") or {}).items()
    ]
    return {
        **show_network(raw),
        "used_by": used_by,
        "containers": sorted(containers, key=lambda item: item["name"]),
        "peers": [{"name": peer["Name"], "address": peer["IP"]} for peer in get(raw, "Peers") or ()],
    }


def addresses(item: dict) -> list:
    """The addresses of a container in a network, each with the length of its prefix."""
    return [item[key] for key in ("IPv4Address", "IPv6Address") if item.get(key)]
