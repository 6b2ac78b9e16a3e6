# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import EVERYBODY, parse_port, wanted

PARAMS = {
    "state": "present",
    "nodes": ["192.0.2.1"],
    "manager": True,
    "encrypted": False,
    "data_path_port": 4789,
    "drop_unencrypted": False,
    "published_ports_allow": {},
    "published_ports_default": "allow",
}


def want(**params):
    return wanted({**PARAMS, **params})


def test_nodes_are_networks_in_an_order_of_their_own():
    nodes = want(nodes=["2001:db8::1", "192.0.2.9", "192.0.2.10", " 192.0.2.9 ", "10.0.0.7/8"]).nodes
    assert [str(node) for node in nodes] == ["10.0.0.0/8", "192.0.2.9/32", "192.0.2.10/32", "2001:db8::1/128"]


@pytest.mark.parametrize(
    ("manager", "opened", "closed"),
    [
        (True, (("tcp", 2377), ("tcp", 7946), ("udp", 7946), ("udp", 4790)), ()),
        (False, (("tcp", 7946), ("udp", 7946), ("udp", 4790)), (("tcp", 2377),)),
    ],
    ids=["a manager is open for management", "a worker is not, not even for nodes"],
)
def test_ports_follow_the_role(manager, opened, closed):
    found = want(manager=manager, data_path_port=4790)
    assert (found.ports, found.closed) == (opened, closed)


def test_vxlan_that_must_be_encrypted_implies_esp():
    assert not want().esp
    assert want(encrypted=True).esp
    assert want(drop_unencrypted=True).esp


def test_absent_wants_no_rule_whatever_else_is_said():
    found = want(state="absent", nodes=None, published_ports_allow={"nonsense": 1})
    assert found.absent
    assert not found.ports
    assert not found.restricts_published


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("443", ("tcp", 443, 443)),
        ("53/udp", ("udp", 53, 53)),
        ("8000-8010", ("tcp", 8000, 8010)),
        ("9-9/sctp", ("sctp", 9, 9)),
    ],
)
def test_a_port_is_written_in_several_ways(text, port):
    assert parse_port(text) == port


@pytest.mark.parametrize("text", ["", "0", "http", "70000", "9-8", "80/icmp", "80-", "1-70000", "-80"])
def test_what_is_no_port_is_named(text):
    with pytest.raises(InvalidOption, match=f"published_ports_allow: {text} is no port; write 443"):
        parse_port(text)


def test_a_narrow_range_is_asked_before_a_wide_one():
    found = want(published_ports_allow={"1-9000": [], 8000: ["any"], "7000-7001": [], "53/udp": []}).published
    assert [(entry.protocol, entry.ports) for entry in found] == [
        ("tcp", "8000"),
        ("tcp", "7000-7001"),
        ("tcp", "1-9000"),
        ("udp", "53"),
    ]


def test_any_among_the_sources_is_everybody():
    found = want(published_ports_allow={443: ["192.0.2.1", "any"], 80: "any", 81: []}).published
    assert [entry.sources for entry in found] == [EVERYBODY, (), EVERYBODY]


def test_a_single_source_needs_no_list():
    assert want(published_ports_allow={80: "192.0.2.0/24"}).published[0].sources == (ip_network("192.0.2.0/24"),)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"nodes": []}, "nodes: the list is empty, and the swarm's ports would be closed to all; name the nodes"),
        ({"nodes": ["node1"]}, "nodes: node1 is neither an address nor a network; write 192.0.2.7 or 192.0.2.0/24"),
        ({"data_path_port": 80}, "data_path_port: 80 is not from 1024 to 49151; use the port of the swarm"),
        (
            {"published_ports_allow": {"443": [], "443/tcp": []}},
            "published_ports_allow: 443/tcp is there twice; put all its sources into one entry",
        ),
        (
            {"published_ports_allow": {"443": ["office"]}},
            "published_ports_allow: 443: office is neither an address nor a network; write 192.0.2.7 or 192.0.2.0/24",
        ),
    ],
)
def test_an_error_names_the_place_and_the_remedy(params, message):
    with pytest.raises(InvalidOption) as caught:
        want(**params)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("params", "restricts"),
    [({}, False), ({"published_ports_default": "deny"}, True), ({"published_ports_allow": {80: ["any"]}}, True)],
)
def test_published_ports_need_rules_only_where_something_is_said_of_them(params, restricts):
    found = want(**params)
    assert found.restricts_published is restricts
    assert not found.nothing().restricts_published
