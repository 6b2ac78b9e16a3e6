# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines of the scenario, and how their rules are shown."""

from __future__ import annotations

from pathlib import Path

SCENARIO = Path(__file__).resolve().parents[1]
FIREWALLS = {"node1": "ufw", "node2": "firewalld", "node3": "nftables", "node4": "iptables", "node5": "firewalld"}
MANAGERS, WORKERS, STRANGER = ["node1", "node2", "node3"], ["node4"], "node5"
NODES = (*MANAGERS, *WORKERS)

_IPTABLES = "{ iptables-save; ip6tables-save; } | grep FLOTILLA"
# Without counters. firewalld lists its rules in any order, and 1.3 empties the chains of iptables when it is reloaded.
_ZONE = "firewall-cmd --zone=public --list-rich-rules"
_FIREWALLD = f"{_ZONE} | sort; {_ZONE} --permanent | sort"
RULES = {
    "ufw": f"{_IPTABLES}; ufw status numbered",
    "iptables": f"{_IPTABLES}; iptables -S INPUT",
    "nftables": f"{_IPTABLES}; nft -s list table inet flotilla_swarm; nft -s list table inet filter",
    "firewalld": f"{_FIREWALLD}; nft -s list table inet flotilla_firewalld",
}
