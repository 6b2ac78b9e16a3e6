# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules in firewalld's zones, changed with firewall-cmd alone, at run time and for the next boot apart.

A reload is never asked for: it forgets what was only set at run time, and firewalld before 2.0 empties the Engine's
chains with it. So there is no policy object and no ipset, which are not there before a reload, and no direct rule: the
first one at run time empties all chains of iptables.

A rich rule has no comment, so ours are known by their priorities and their shape. A rule with a negative priority comes
before a zone's services, ports and other rules, so what an administrator opens there stays and opens nothing of ours.
A packet passes one zone only, that of its source or of its interface. So each zone in use has them, also Docker's,
whose target is ACCEPT: a container must not write VXLAN either.
"""

from __future__ import annotations

import glob
import re

from ..core.errors import SwarmError
from . import own_table
from .layer import DIRECTORY, HEADER, Command, Layer, file_layer, read_text, which

ACCEPT, DROP = -32377, -32376
OURS = re.compile(
    rf'rule priority="{ACCEPT}" family="ipv[46]" source address="[^"]+" '
    r'(port port="\d+" protocol="(tcp|udp)"|protocol value="esp") accept'
    rf'|rule priority="{DROP}" port port="\d+" protocol="(tcp|udp)" drop'
)
RUNTIME, PERMANENT = ["firewall-cmd"], ["firewall-cmd", "--permanent"]
TABLE = ("inet", "flotilla_firewalld")
TABLE_FILE = f"{DIRECTORY}/firewalld.nft"
ZONE_FILES = "/etc/firewalld/zones/*.xml"

# Sets all rich rules of a zone for the next boot at once, its other settings stay: ``set ZONE RULE ...``. firewall-cmd
# has the whole configuration checked for each rule, which takes minutes for the rules of a hundred nodes.
SET_RULES = r"""bus() { object=$1 interface=$2; shift 2
    busctl call org.fedoraproject.FirewallD1 "/org/fedoraproject/FirewallD1/$object" \
        "org.fedoraproject.FirewallD1.$interface" "$@"
}
path=$(bus config config getZoneByName s "$1") || exit
path=${path#*FirewallD1/}
shift
bus "${path%?}" config.zone update2 'a{sv}' 1 rules_str as "$#" "$@"
"""


def layers(run, wanted) -> list:
    """A layer for each zone, at run time and for the next boot, and our own table where it is needed."""
    tools = zone_tools(run, wanted)
    listed = {permanent: parse_zones(run([*tool, "--list-all-zones"])) for permanent, tool in tools.items()}
    used = {name for zones in listed.values() for name, zone in zones.items() if zone["used"]}
    after = rules(wanted)
    if after:
        used.add(run(["firewall-cmd", "--get-default-zone"]).strip())
    found = [
        zone_layer(tool, name, zone, after if name in used else [])
        for permanent, tool in tools.items()
        for name, zone in listed[permanent].items()
    ]
    return [*found, *table_layers(run, wanted)]


def zone_tools(run, wanted) -> dict:
    """The programs for what is in force and for the next boot; only the latter can be cleared while firewalld rests."""
    if not which("firewall-cmd"):
        return {}
    if not wanted.absent or not run.ask(["systemctl", "is-active", "--quiet", "firewalld.service"])[0]:
        return {False: RUNTIME, True: PERMANENT}
    kept = any(str(ACCEPT) in (read_text(path) or "") for path in glob.glob(ZONE_FILES))
    return {True: ["firewall-offline-cmd"]} if kept else {}


def parse_zones(text: str) -> dict:
    """What ``--list-all-zones`` prints: the rich rules of each zone, and whether it has interfaces or sources."""
    zones: dict = {}
    for line in text.splitlines():
        word = line.strip()
        if line and not line[0].isspace():
            zone = zones.setdefault(line.split()[0], {"used": False, "ours": [], "others": []})
        elif word.startswith(("interfaces: ", "sources: ")):
            zone["used"] = True
        elif word.startswith("rule "):
            zone["ours" if OURS.fullmatch(word) else "others"].append(word)
    return zones


def rules(wanted) -> list:
    """The rich rules of a zone, as firewall-cmd lists them."""
    found = []
    for protocol, port in wanted.ports:
        match = f'port port="{port}" protocol="{protocol}"'
        found += [accept(network, match) for network in wanted.nodes]
    if wanted.esp:
        found += [accept(network, 'protocol value="esp"') for network in wanted.nodes]
    found += [
        f'rule priority="{DROP}" port port="{port}" protocol="{protocol}" drop'
        for protocol, port in (*wanted.ports, *wanted.closed)
    ]
    return found


def accept(network, match: str) -> str:
    """The rule that lets a network through."""
    lone = network.prefixlen == network.max_prefixlen
    address = network.network_address if lone else network
    return f'rule priority="{ACCEPT}" family="ipv{network.version}" source address="{address}" {match} accept'


def zone_layer(tool: list, name: str, zone: dict, after: list) -> Layer:
    """The layer of one zone. What is new comes first, so that no packet meets neither the old rules nor the new."""
    before, target = zone["ours"], [*tool, f"--zone={name}"]
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    if tool == PERMANENT:
        argv = ["/bin/sh", "-c", SET_RULES, "set", name, *zone["others"], *after]
        apply, undo = [Command(argv, name=f"writing the rich rules of zone {name}")], []
    else:
        apply = [*commands(target, "add", new), *commands(target, "remove", gone)]
        undo = [*commands(target, "add", gone), *commands(target, "remove", new)]
    return Layer(f"firewalld zone {name}", tool != RUNTIME, sorted(before), sorted(after), apply, undo)


def commands(target: list, verb: str, lines: list) -> list:
    """One call for all of the rules; that one is there already, or gone already, is a warning of firewall-cmd."""
    if not lines:
        return []
    options = [f"--{verb}-rich-rule={line}" for line in lines]
    return [Command([*target, *options], name=f"{' '.join(target)} --{verb}-rich-rule")]


def table_layers(run, wanted) -> list:
    """Our own table, now and in a file for the next boot: what zones cannot say of published ports and of IPsec."""
    after = own_table.chains(wanted, guard=False)
    if after and not which("nft"):
        raise SwarmError(
            "published ports and drop_unencrypted need the program nft beside firewalld; install the package nftables",
            reason="missing",
        )
    kept = file_layer(TABLE_FILE, HEADER + own_table.replacement(TABLE, after) if after else None)
    if not which("nft"):
        return [kept]
    code, out, err = run.ask(["nft", "-s", "list", "table", *TABLE])
    before = {} if code else own_table.parse(out)[TABLE]
    return [own_table.layer(TABLE, before, after), kept]


def boot_lines(wanted) -> list:
    """Lines of a shell script that load our own table, where it is needed."""
    return [f"nft -f {TABLE_FILE} || failed=1"] if own_table.chains(wanted, guard=False) else []
