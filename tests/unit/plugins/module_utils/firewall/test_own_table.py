# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.own_table import (
    chains,
    hook,
    layer,
    parse,
    replacement,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import EVERYBODY, Published, Wanted

RULESET = (Path(__file__).parent / "fixtures" / "ruleset.txt").read_text()
NODES = (ip_network("198.51.100.2/32"), ip_network("198.51.100.3/32"))
PORTS = (("tcp", 2377), ("tcp", 7946), ("udp", 7946), ("udp", 4789))
OFFICE = (ip_network("203.0.113.0/24"),)
TABLE = ("inet", "flotilla_swarm")


def web(*sources, first=9000, last=9000, protocol="tcp"):
    return Published(protocol, first, last, sources)


def test_what_is_wanted_reads_like_what_nft_lists():
    wanted = Wanted(nodes=NODES, ports=PORTS, published=(web(*OFFICE),))
    assert chains(wanted, guard=True) == parse(RULESET)[TABLE]


@pytest.mark.parametrize(
    ("wanted", "guard", "chain", "lines"),
    [
        pytest.param(
            Wanted(nodes=NODES, ports=(("udp", 7946),), closed=(("tcp", 2377),)),
            True,
            "input",
            [hook("input"), 'iifname "lo" accept', "udp dport 7946 jump nodes", "tcp dport 2377 drop"],
            id="a closed port is closed to nodes as well",
        ),
        pytest.param(
            Wanted(nodes=NODES, ports=(("udp", 4790),), data_path_port=4790, drop_unencrypted=True),
            True,
            "input",
            [
                hook("input"),
                'iifname "lo" accept',
                "udp dport 4790 meta ipsec missing drop",
                "udp dport 4790 jump nodes",
            ],
            id="VXLAN that did not come out of IPsec is dropped before nodes are asked about",
        ),
        pytest.param(
            Wanted(nodes=NODES, ports=PORTS, drop_unencrypted=True),
            False,
            "input",
            [hook("input"), 'iifname "lo" accept', "udp dport 4789 meta ipsec missing drop"],
            id="without a guard only what no other place can say",
        ),
        pytest.param(
            Wanted(nodes=(ip_network("10.0.0.0/8"), ip_network("2001:db8::1/128"), ip_network("::/0")), ports=PORTS),
            True,
            "nodes",
            ["ip saddr 10.0.0.0/8 accept", "ip6 saddr 2001:db8::1 accept", "meta nfproto ipv6 accept", "drop"],
            id="a network, an address, and all of a family",
        ),
        pytest.param(
            Wanted(
                published=(web(*EVERYBODY, first=443, last=443), web(*OFFICE, first=8000, last=8010, protocol="udp"))
            ),
            False,
            "published",
            [
                "meta l4proto tcp ct original proto-dst 443 accept",
                "meta l4proto udp ct original proto-dst 8000-8010 ip saddr 203.0.113.0/24 accept",
                "meta l4proto udp ct original proto-dst 8000-8010 drop",
            ],
            id="a port for everybody has no drop",
        ),
        pytest.param(
            Wanted(published_default="deny"),
            False,
            "published",
            ["ct status dnat ct state != related drop"],
            id="published ports without an entry are dropped, errors about packets are not",
        ),
        pytest.param(Wanted(nodes=NODES, ports=PORTS), False, "input", None, id="nothing without a need"),
        pytest.param(Wanted(nodes=NODES, ports=PORTS), True, "published", None, id="no chain for no published port"),
        pytest.param(Wanted(absent=True), True, "input", None, id="nothing where all is taken away"),
    ],
)
def test_chain(wanted, guard, chain, lines):
    assert chains(wanted, guard).get(chain) == lines


def test_default_deny_asks_nothing_of_processes_of_the_host():
    assert list(chains(Wanted(published_default="deny"), guard=False)) == ["forward", "published"]


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        pytest.param("", {}, id="no rules at all"),
        pytest.param("table inet empty {\n}\n", {("inet", "empty"): {}}, id="an empty table"),
        pytest.param(
            "table ip x {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 192.0.2.1 }\n\t}\n\n"
            "\tchain c {\n\t\ttcp dport { 22, 80 } accept\n\t}\n}\ntable ip6 x {\n\tchain c {\n\t}\n}\n",
            {("ip", "x"): {"c": ["tcp dport { 22, 80 } accept"]}, ("ip6", "x"): {"c": []}},
            id="sets are left out, and the same names in another family are others",
        ),
        pytest.param(
            "table inet f {\n\tflags owner\n\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t}\n}\n",
            {("inet", "f"): {}},
            id="flags and maps are no chains",
        ),
    ],
)
def test_parse(text, tables):
    assert parse(text) == tables


def test_a_table_is_replaced_as_a_whole():
    assert replacement(TABLE, {"input": ["drop"]}) == (
        "table inet flotilla_swarm\ndelete table inet flotilla_swarm\n"
        "table inet flotilla_swarm {\n\tchain input {\n\t\tdrop\n\t}\n}\n"
    )
    assert replacement(TABLE, {}) == "table inet flotilla_swarm\ndelete table inet flotilla_swarm\n"


def test_undo_is_the_replacement_by_what_was_there():
    found = layer(TABLE, {"input": ["accept"]}, {"input": ["drop"]})
    assert found.changed
    assert "\t\tdrop\n" in found.apply[0].stdin
    assert "\t\taccept\n" in found.undo[0].stdin
    assert not layer(TABLE, {"input": ["drop"]}, {"input": ["drop"]}).changed
