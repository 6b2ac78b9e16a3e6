# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces and routes of a host, as iproute2 tells them. Without it nothing is known."""

from __future__ import annotations

import ipaddress
import json
import os
import shutil

EVERYWHERE = "default"


def ask_ip(run, *words: str) -> list:
    """What ``ip`` says in JSON, nothing where it does not."""
    command = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if command is None:
        return []
    status, out, _err = run([command, "-json", *words])
    try:
        return json.loads(out) if status == 0 and out.strip() else []
    except ValueError:
        return []


def interfaces(run) -> dict:
    """``{name: {addresses, mtu}}``, the addresses with their prefix, those of one link alone left out."""
    return {
        link["ifname"]: {
            "addresses": [
                f"{each['local']}/{each['prefixlen']}"
                for each in link.get("addr_info", ())
                if "local" in each and each.get("scope") != "link"
            ],
            "mtu": link["mtu"],
        }
        for link in ask_ip(run, "address", "show")
        if "ifname" in link
    }


def interface_mtus(run) -> dict:
    """The MTU of the interface that has an address, by address."""
    return {
        address.partition("/")[0]: interface["mtu"]
        for interface in interfaces(run).values()
        for address in interface["addresses"]
    }


def routes(run) -> list:
    """``[{network, interface}]`` of the main table, default routes and those of one link alone left out."""
    return parse_routes([*ask_ip(run, "-4", "route", "show"), *ask_ip(run, "-6", "route", "show")])


def parse_routes(told: list) -> list:
    """The same from what ``ip`` says."""
    found = []
    for route in told:
        # Routes without an interface lead nowhere, or along several ways of which each is told.
        hops = [route, *route.get("nexthops", ())]
        interface = next((hop["dev"] for hop in hops if "dev" in hop), None)
        if route["dst"] == EVERYWHERE or interface is None:
            continue
        network = ipaddress.ip_network(route["dst"], strict=False)
        if network.prefixlen and not network.is_link_local and not network.is_multicast:
            found.append({"network": str(network), "interface": interface})
    return found
