# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of our own in nftables. A packet that it drops is lost, whatever the chains of other tables say.

Neither firewalld nor the Engine touches a foreign table. firewalld before 2.0 empties all chains of iptables with each
reload, and a direct rule of firewalld, which would come back then, makes every release do so, with the Engine's chains.
An accept only ends the way through this table, so who is let in here is still judged by all others.
"""

from __future__ import annotations

import re

from .layer import Command, Layer
from .wanted import EVERYBODY

TABLE_LINE = re.compile(r"table (\S+) (\S+) \{")
CHAIN_LINE = re.compile(r"\tchain (\S+) \{")


def chains(wanted, guard: bool) -> dict:
    """The chains with their lines, as nft lists them. Without ``guard`` another place guards the swarm's ports."""
    incoming = incoming_rules(wanted, guard) if not wanted.absent else []
    found = {}
    if incoming:
        found["input"] = [hook("input"), 'iifname "lo" accept', *incoming]
    if incoming and guard:
        found["nodes"] = [*sources(wanted.nodes), "drop"]
    if wanted.restricts_published:
        found["forward"] = [hook("forward"), "ct status dnat ct direction original jump published"]
        found["published"] = published_rules(wanted)
    return found


def hook(name: str) -> str:
    """The line that has the kernel ask a chain, before those of other tables."""
    return f"type filter hook {name} priority filter - 10; policy accept;"


def incoming_rules(wanted, guard: bool) -> list:
    """The rules for packets to this host."""
    found = []
    if wanted.drop_unencrypted:
        found.append(f"udp dport {wanted.data_path_port} meta ipsec missing drop")
    if guard:
        found += [f"{protocol} dport {port} jump nodes" for protocol, port in wanted.ports]
        found += [f"{protocol} dport {port} drop" for protocol, port in wanted.closed]
    if wanted.published:
        # A published port may also be a process of the host, such as Docker's proxy for IPv6.
        found += ["ct status dnat accept", "ct direction original jump published"]
    return found


def sources(networks) -> list:
    """A rule that accepts for each of the networks."""
    return [f"{source(network)} accept" for network in networks]


def source(network) -> str:
    """The match of a source, as nft lists it."""
    if not network.prefixlen:
        return f"meta nfproto ipv{network.version}"
    lone = network.prefixlen == network.max_prefixlen
    return f"{'ip' if network.version == 4 else 'ip6'} saddr {network.network_address if lone else network}"


def published_rules(wanted) -> list:
    """The same decisions as those in DOCKER-USER."""
    found = []
    for entry in wanted.published:
        match = f"meta l4proto {entry.protocol} ct original proto-dst {entry.ports}"
        if entry.sources == EVERYBODY:
            found.append(f"{match} accept")
            continue
        found += [f"{match} {source(network)} accept" for network in entry.sources]
        found.append(f"{match} drop")
    if wanted.published_default == "deny":
        # Errors about a packet, such as one that is too big, belong to a connection that was let in.
        found.append("ct status dnat ct state != related drop")
    return found


def parse(text: str) -> dict:
    """What ``nft list`` prints, as ``{(family, table): {chain: lines}}``; sets and other parts are left out."""
    tables: dict = {}
    chain = None
    for line in text.splitlines():
        table = TABLE_LINE.match(line)
        if table:
            inside = tables.setdefault(table.groups(), {})
        elif line.startswith("\tchain "):
            chain = inside.setdefault(CHAIN_LINE.match(line).group(1), [])
        elif line == "\t}":
            chain = None
        elif chain is not None and line.strip():
            chain.append(line.strip())
    return tables


def replacement(table: tuple, bodies: dict) -> str:
    """What ``nft -f`` reads to make ``bodies`` all of a table."""
    name = " ".join(table)
    # Deleting what is not there is an error, and declaring what is there is none.
    lines = [f"table {name}", f"delete table {name}"]
    if bodies:
        lines.append(f"table {name} {{")
        for chain, body in bodies.items():
            lines += [f"\tchain {chain} {{", *[f"\t\t{line}" for line in body], "\t}"]
        lines.append("}")
    return "".join(f"{line}\n" for line in lines)


def readable(table: tuple, bodies: dict) -> list:
    """The lines of a table's chains, each with the names of both."""
    return [f"{' '.join(table)} {chain}: {line}" for chain, body in bodies.items() for line in body]


def layer(table: tuple, before: dict, after: dict) -> Layer:
    """One table at run time."""
    apply, undo = ([Command(["nft", "-f", "-"], replacement(table, bodies))] for bodies in (after, before))
    return Layer("nftables", False, readable(table, before), readable(table, after), apply, undo)
