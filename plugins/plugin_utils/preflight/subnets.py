# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subnets of overlay networks that hide something which hosts reach at the same addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network

from .plan import live_overlay
from .report import error, few, warning

DEFAULT_POOL = "10.0.0.0/8"
DEFAULT_SIZE = 24
# A swarm has few networks and gives out subnets from the beginning of its pool.
FIRST_BITS = 8
OWN = re.compile(r"lo|docker.*|br-[0-9a-f]{12}|veth.*|vx-.*")


@dataclass(frozen=True)
class Claim:
    """Addresses that a network has or will get, and how that can be changed."""

    what: str
    network: object
    remedy: str
    severe: bool


def of_subnets(hosts: list, declared: dict, in_service: bool) -> list:
    """Findings about subnets that overlap with routes; once for each route of what is surest."""
    taken: dict = {}
    for claim in claims(live_overlay(hosts), declared, in_service):
        for route, names in routes(hosts).items():
            if route.version == claim.network.version and route.overlaps(claim.network):
                taken.setdefault((route, tuple(names)), claim)
    found = []
    for (route, names), claim in taken.items():
        text = f"{claim.what} overlaps with {route}, which {few(names)} can reach: containers would no longer"
        severity = error if claim.severe else warning
        found.append(severity("subnets", list(names), text, claim.remedy))
    return found


def routes(hosts: list) -> dict:
    """``{network: hosts}`` of what is reached without Docker's own interfaces."""
    found: dict = {}
    for host in hosts:
        for route in (host["facts"] or {"routes": []})["routes"]:
            network = ip_network(route["network"])
            names = found.setdefault(network, [])
            if not OWN.fullmatch(route["interface"]) and host["name"] not in names:
                names.append(host["name"])
    return {network: names for network, names in found.items() if names}


def claims(overlay: dict | None, declared: dict, in_service: bool) -> list:
    """What networks have, will have, and may get, in this order."""
    live = [
        Claim(f"network {network['name']} ({subnet})", ip_network(subnet, strict=False), move(network["name"]), False)
        for network in (overlay or {"networks": []})["networks"]
        for subnet in network["subnets"]
    ]
    wanted = [
        Claim(f"network {network['name']} ({subnet})", ip_network(subnet, strict=False), move(network["name"]), True)
        for network in declared["networks"]
        for subnet in subnets(network)
    ]
    return [*live, *wanted, *pools(overlay, declared["settings"], in_service)]


def move(name: str) -> str:
    return f"give network {name} another subnet with ipam_config"


def subnets(network: dict) -> list:
    """The subnets that a declared network asks for."""
    if network.get("state") == "absent" or network.get("driver", "overlay") != "overlay":
        return []
    return [part["subnet"] for part in network.get("ipam_config") or () if part.get("subnet")]


def pools(overlay: dict | None, settings: dict, in_service: bool) -> list:
    """The parts of the address pools that are given out first."""
    given = overlay["default_addr_pool"] if overlay else settings.get("default_addr_pool")
    size = overlay["subnet_size"] if overlay else int(settings.get("subnet_size") or DEFAULT_SIZE)
    remedy = (
        "name a subnet for each network with ipam_config, as a swarm keeps its pool"
        if in_service
        else "let swarm_cluster_settings.default_addr_pool be addresses that no host needs"
    )
    found = []
    for text in given or [DEFAULT_POOL]:
        pool = ip_network(text, strict=False)
        first = ip_network((pool.network_address, max(pool.prefixlen, size - FIRST_BITS)))
        words = f"the address pool {pool}" if given else f"Docker's address pool {pool}"
        words += "" if first == pool else f", of which {first} is used first,"
        found.append(Claim(words, first, remedy, bool(given) and not in_service))
    return found
