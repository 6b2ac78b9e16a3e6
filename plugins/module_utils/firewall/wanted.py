# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of a node should do, in values that every backend understands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network

from ..core.errors import InvalidOption

MANAGEMENT = ("tcp", 2377)
GOSSIP = (("tcp", 7946), ("udp", 7946))
PORT = re.compile(r"(\d+)(?:-(\d+))?(?:/(tcp|udp|sctp))?")
EVERYBODY = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True)
class Published:
    """Who may reach published ports; without ``sources`` nobody. ``sources`` is EVERYBODY for `any`."""

    protocol: str
    first: int
    last: int
    sources: tuple

    @property
    def ports(self) -> str:
        """The port or range in the notation of playbooks."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True)
class Wanted:
    """The rules of one node.

    ``nodes`` is a sorted tuple of networks. ``ports`` are the swarm's, as (protocol, port), open to nodes only, and
    ``closed`` those that are closed to nodes as well. Both never concern packets of the loopback interface.
    ``published`` is in the order in which the entries are asked: a narrow range before a wide one.
    """

    nodes: tuple = ()
    ports: tuple = ()
    closed: tuple = ()
    esp: bool = False
    data_path_port: int = 4789
    drop_unencrypted: bool = False
    published: tuple = ()
    published_default: str = "allow"
    absent: bool = False

    @property
    def restricts_published(self) -> bool:
        """Whether published ports need any rule."""
        return not self.absent and (bool(self.published) or self.published_default == "deny")

    def nothing(self) -> Wanted:
        """The same without any rule."""
        return Wanted(data_path_port=self.data_path_port, absent=True)


def wanted(params: dict) -> Wanted:
    """What the module's options ask for; InvalidOption names the option and its value."""
    port = params["data_path_port"]
    if params["state"] == "absent":
        return Wanted(data_path_port=port, absent=True)
    if not params["nodes"]:
        raise InvalidOption("nodes: the list is empty, and the swarm's ports would be closed to all; name the nodes")
    if not 1024 <= port <= 49151:
        raise InvalidOption(f"data_path_port: {port} is not from 1024 to 49151; use the port of the swarm")
    ports = (*GOSSIP, ("udp", port))
    return Wanted(
        nodes=networks("nodes", params["nodes"]),
        ports=(MANAGEMENT, *ports) if params["manager"] else ports,
        closed=() if params["manager"] else (MANAGEMENT,),
        esp=params["encrypted"] or params["drop_unencrypted"],
        data_path_port=port,
        drop_unencrypted=params["drop_unencrypted"],
        published=published(params["published_ports_allow"]),
        published_default=params["published_ports_default"],
    )


def published(entries: dict) -> tuple:
    """The entries of published_ports_allow; two for one and the same range are an error."""
    found: dict = {}
    for name, sources in entries.items():
        protocol, first, last = parse_port(str(name))
        place = f"published_ports_allow: {name}"
        if (protocol, first, last) in found:
            raise InvalidOption(f"{place} is there twice; put all its sources into one entry")
        if not isinstance(sources, list):
            sources = [sources]
        everybody = "any" in sources
        found[protocol, first, last] = EVERYBODY if everybody else networks(place, sources)
    order = sorted(found, key=lambda key: (key[0], key[2] - key[1], key[1]))
    return tuple(Published(*key, found[key]) for key in order)


def parse_port(text: str) -> tuple:
    """``(protocol, first, last)`` of ``443``, ``53/udp`` or ``8000-8010/tcp``."""
    match = PORT.fullmatch(text.strip())
    first = int(match.group(1)) if match else 0
    last = int(match.group(2) or first) if match else 0
    if not 1 <= first <= last <= 65535:
        raise InvalidOption(
            f"published_ports_allow: {text} is no port; write 443, 53/udp or 8000-8010/tcp, with numbers up to 65535"
        )
    return match.group(3) or "tcp", first, last


def networks(place: str, addresses: list) -> tuple:
    """Addresses and networks without duplicates, sorted: IPv4 first, then by number."""
    found = set()
    for address in addresses:
        try:
            found.add(ip_network(str(address).strip(), strict=False))
        except ValueError:
            raise InvalidOption(
                f"{place}: {address} is neither an address nor a network; write 192.0.2.7 or 192.0.2.0/24"
            ) from None
    return tuple(sorted(found, key=lambda network: (network.version, network)))
