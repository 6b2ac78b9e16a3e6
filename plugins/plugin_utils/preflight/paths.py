# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to packets between hosts: how large they may be, and whether their addresses are changed."""

from __future__ import annotations

from .report import few, warning

OPTION = "com.docker.network.driver.mtu"


def of_paths(hosts: list, mtu: int) -> list:
    """Findings about the ways between hosts on which packets get through."""
    ways = {
        (host["name"], target["name"]): target
        for host in hosts
        for target in (host["probed"] or {"targets": []})["targets"]
        if target["mtu"]
    }
    return [*of_narrow_ways(ways), *of_small_interfaces(ways, mtu), *of_translation(hosts)]


def smaller_interface(ways: dict, source: str, target: str) -> int:
    """What the interfaces at both ends take."""
    back = ways.get((target, source))
    return min(way["interface_mtu"] for way in (ways[source, target], back) if way)


def of_narrow_ways(ways: dict) -> list:
    """Where packets are lost that the interfaces at both ends would take."""
    narrow: dict = {}
    for (source, target), way in ways.items():
        ends = smaller_interface(ways, source, target)
        if way["mtu"] < ends:
            narrow.setdefault((frozenset((source, target)), ends), []).append(way["mtu"])
    alike: dict = {}
    for (pair, ends), sizes in narrow.items():
        alike.setdefault((min(sizes), ends), []).append(pair)
    found = []
    for (passing, ends), pairs in alike.items():
        text = f"packets of more than {passing} bytes are lost between {between(pairs)}, whose interfaces take {ends}"
        remedy = f"let what is between them take {ends} bytes, or {lower(passing)}"
        found.append(warning("mtu", sorted(frozenset.union(*pairs)), text, remedy))
    return found


def between(pairs: list) -> str:
    """Pairs of hosts as words, with the one first that has to do with all of them."""
    common = frozenset.intersection(*pairs)
    if common and len(pairs) > 1:
        (one,) = common
        return f"{one} and {few(sorted(frozenset.union(*pairs) - common))}"
    return few(sorted(" and ".join(sorted(pair)) for pair in pairs))


def of_small_interfaces(ways: dict, mtu: int) -> list:
    """Interfaces that take less than overlay networks count on."""
    small: dict = {}
    for (source, _target), way in ways.items():
        if way["interface_mtu"] < mtu:
            small.setdefault(way["interface_mtu"], set()).add(source)
    return [
        warning(
            "mtu",
            sorted(names),
            f"the interface to the others takes packets of {size} bytes, and overlay networks count on {mtu}",
            lower(size),
        )
        for size, names in small.items()
    ]


def lower(size: int) -> str:
    """What to do about small packets."""
    return f"make overlay networks, ingress included, with driver_options: {{{OPTION}: {size}}}"


def of_translation(hosts: list) -> list:
    """Hosts whose packets arrive with another address than they were sent with."""
    translated: dict = {}
    for host in hosts:
        for target in (host["probed"] or {"targets": []})["targets"]:
            for address in target["seen_from"]:
                if address != target["sent_from"]:
                    key = host["name"], target["sent_from"], address
                    translated.setdefault(key, []).append(target["name"])
    remedy = (
        "let nodes send each other packets without translation of addresses; where that cannot be, let "
        "firewall_extra_nodes have the address, and use no encrypted networks"
    )
    return [
        warning("nat", [name], f"what it sends from {sent} arrives at {few(targets)} as if from {seen}", remedy)
        for (name, sent, seen), targets in translated.items()
    ]
