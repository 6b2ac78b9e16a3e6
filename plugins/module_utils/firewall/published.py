# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may reach published ports, as rules of iptables, which Docker itself speaks whatever firewall the host has.

A connection to a published port is forwarded with another destination address and port, so it passes neither the rules
of the host's firewall nor those for the port it was meant for. Docker jumps to the chain DOCKER-USER before its own
rules, and the connection's original destination port is known there. What reaches a process of the host instead, such
as Docker's proxy for IPv6, comes through INPUT.
"""

from __future__ import annotations

CHAIN = "FLOTILLA-PUBLISHED"
# Only the first packets' direction, so that answers to what this host or its containers began are never meant.
FORWARDED = "-m conntrack --ctstate DNAT --ctdir ORIGINAL"
DELIVERED = "! -i lo -m conntrack ! --ctstate DNAT --ctdir ORIGINAL"


def jumps(wanted) -> list:
    """From where the chain is entered, as pairs of a chain and the match of the rule, which is the first there."""
    found = []
    if wanted.restricts_published:
        found.append(("DOCKER-USER", FORWARDED))
        if wanted.published:
            found.append(("INPUT", DELIVERED))
    return found


def rules(wanted, version: int) -> list:
    """The rules of the chain for IPv4 or IPv6, as iptables-save prints them but for the chain's name."""
    found: list = []
    if not wanted.restricts_published:
        return found
    for entry in wanted.published:
        match = f"-p {entry.protocol} -m conntrack --ctorigdstport {entry.ports.replace('-', ':')}"
        networks = [network for network in entry.sources if network.version == version]
        found += [f"{source(network)}{match} -j RETURN" for network in networks]
        if not any(network.prefixlen == 0 for network in networks):
            found.append(f"{match} -j DROP")
    if wanted.published_default == "deny":
        # Errors about a packet, such as one that is too big, belong to a connection that was let in.
        found.append("-m conntrack --ctstate RELATED -j RETURN")
        # What comes through INPUT without a new destination is no published port for certain.
        found.append("-m conntrack --ctstate DNAT -j DROP")
    return found


def source(network) -> str:
    """The match of a source as iptables-save prints it; nothing for all addresses."""
    return f"-s {network} " if network.prefixlen else ""
