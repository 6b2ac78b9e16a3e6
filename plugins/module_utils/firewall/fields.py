# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module firewall."""

from __future__ import annotations

from ..core.fields import Field

FIREWALL = (
    Field(
        "state",
        "",
        "str",
        "V(absent) takes away all rules of this module and nothing else.",
        choices=("present", "absent"),
        default="present",
    ),
    Field(
        "backend",
        "",
        "str",
        (
            "What keeps the rules of this host. V(auto) takes firewalld if it runs, else ufw if it is enabled, else "
            "nftables if its service loads a ruleset that filters what comes in, else V(iptables).",
            "One that is chosen and does not run is an error.",
        ),
        choices=("auto", "iptables", "ufw", "firewalld", "nftables"),
        default="auto",
    ),
    Field(
        "nodes",
        "",
        "list",
        (
            "Addresses of the nodes of the swarm, or networks that hold nothing else; IPv4 and IPv6. This host's own "
            "may be among them.",
            "The ports of the swarm are open to these and closed to all others, whatever other rules say. A node that "
            "is left out is shut out at once.",
            "Needed with O(state=present).",
        ),
        elements="str",
    ),
    Field(
        "manager",
        "",
        "bool",
        "Whether this host is a manager, so that nodes may reach 2377/tcp. On a worker it is closed to nodes as well.",
        default=True,
    ),
    Field(
        "encrypted",
        "",
        "bool",
        "Whether the swarm has encrypted networks, so that ESP (IP protocol 50) of the nodes is accepted. That of "
        "others is left to other rules, as it may be a VPN's.",
        default=False,
    ),
    Field("data_path_port", "", "int", "The swarm's port for VXLAN (UDP), 1024 to 49151.", default=4789),
    Field(
        "drop_unencrypted",
        "",
        "bool",
        "Accept VXLAN only where it came encrypted, also from nodes. It is for swarms all of whose networks are "
        "encrypted, the network C(ingress) included. Implies O(encrypted).",
        default=False,
    ),
    Field(
        "published_ports_allow",
        "",
        "dict",
        (
            "Who may reach published ports. Keys are ports such as V(443), V(53/udp) or V(8000-8010/tcp), values lists "
            "of networks or addresses; V(any) among them stands for everybody, and an empty list for nobody.",
            "Of several ranges with the same port, the narrowest decides.",
            "It holds on every backend, and also where Docker's own rules pass the host's firewall by. What listens on "
            "these ports outside of containers is restricted likewise, but for programs on the host itself.",
            "Containers of this host are sources as others are.",
        ),
        default={},
    ),
    Field(
        "published_ports_default",
        "",
        "str",
        (
            "What becomes of published ports that O(published_ports_allow) does not name.",
            "V(deny) holds for all that is forwarded to another address and port, also by other programs than Docker. "
            "What Docker's proxy takes over IPv6, where Docker has no rules for it, is left to the host's other rules.",
        ),
        choices=("allow", "deny"),
        default="allow",
    ),
    Field(
        "confirm_within",
        "",
        "int",
        (
            "Seconds after which the rules that are in force now are put back, unless this module was run with V(0) by "
            "then. Run it again over a new connection, which proves that the new rules let it in.",
            "Until then nothing is written for the next boot. V(0) means that there is nothing to confirm.",
        ),
        default=0,
    ),
    Field(
        "ssh_port",
        "",
        "int",
        "The port of ssh on this host. Rules that would close it are refused. The default is the port of the session "
        "that runs this, or 22.",
    ),
)
