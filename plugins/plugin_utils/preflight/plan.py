# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who probes whom, where and on which ports."""

from __future__ import annotations

import re

from ..addresses import declared
from .together import alike

MANAGER_PORT = "2377"
GOSSIP = ("7946/tcp", "7946/udp")
DATA_PATH_PORT = 4789
PORT = re.compile(r":(\d+)$")


def address_of(host: dict) -> str | None:
    """Where the other nodes reach a host: as the inventory says, or its swarm, or as it speaks to others."""
    facts = host["facts"]
    if host["advertised"]:
        return next(iter(declared(host["advertised"], facts["interfaces"])), None)
    return (facts["swarm"] or {}).get("address") or facts["address"]


def data_path_of(host: dict) -> str | None:
    """Where the traffic of overlay networks goes."""
    if host["data_path"]:
        return next(iter(declared(host["data_path"], host["facts"]["interfaces"])), None)
    return address_of(host)


def manager_port(host: dict) -> str:
    """Where a manager listens, which is what it tells others where nothing else is said."""
    given = PORT.search(host["advertised"] or "")
    return given.group(1) if given else MANAGER_PORT


def live_overlay(hosts: list) -> dict | None:
    """What a manager in service says of overlay networks."""
    told = (host["facts"]["overlay"] for host in hosts if host["facts"])
    return next((overlay for overlay in told if overlay), None)


def is_encrypted(hosts: list, wanted: bool) -> bool:
    """Whether nodes send each other ESP: as declared, or in the swarm as it is."""
    overlay = live_overlay(hosts)
    return wanted or any(network["encrypted"] for network in (overlay or {"networks": []})["networks"])


def probing(hosts: list, in_run: list, wanted: dict, nonce: str) -> dict:
    """``names`` of the hosts that take part, ``targets`` for all of them, and ``ports`` on which each one listens.

    Hosts without an address of their own are left out, as are those where nobody is root.
    """
    able = [host for host in hosts if host["name"] in in_run and host["facts"] and host["facts"]["root"]]
    shared = {name for _address, names in alike(able, address_of) for name in names}
    able = [host for host in able if address_of(host) and data_path_of(host) and host["name"] not in shared]
    if len(able) < 2:
        able = []
    overlay = live_overlay(hosts)
    port = overlay["data_path_port"] if overlay else wanted["data_path_port"] or DATA_PATH_PORT
    data = [f"{port}/udp", *(["esp"] if is_encrypted(hosts, wanted["encrypted"]) else [])]
    targets = [target for host in able for target in targets_of(host, data)]
    ports: dict = {}
    for target in targets:
        ports.setdefault(target["name"], []).extend(target["ports"])
    return {"nonce": nonce, "names": [host["name"] for host in able], "targets": targets, "ports": ports}


def targets_of(host: dict, data: list) -> list:
    """One target, or two where the traffic of overlay networks has an address of its own."""
    control = [*([f"{manager_port(host)}/tcp"] if host["manager"] else []), *GOSSIP]
    address, path = address_of(host), data_path_of(host)
    if address == path:
        return [target(host, address, [*control, *data], data[0])]
    return [target(host, address, control, None), target(host, path, data, data[0])]


def target(host: dict, address: str, ports: list, mtu_port: str | None) -> dict:
    """A host as module probe takes it."""
    return {"name": host["name"], "address": address, "ports": ports, "mtu_port": mtu_port}


def lingering(hosts: list, names: list) -> list:
    """The hosts whose listener may still wait for someone."""
    listening = [host["name"] for host in hosts if host["listens"] and host["name"] in names]
    probers = [host for host in hosts if host["name"] in names]
    if not all(host["probed"] for host in probers):
        return listening
    unheard = {name for host in probers for name in host["probed"]["unheard"]}
    return [name for name in listening if name in unheard]
