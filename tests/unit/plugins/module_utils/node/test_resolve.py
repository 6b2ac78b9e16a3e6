# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.node.resolve import host, resolve, show_node

FIXTURES = Path(__file__).parent / "fixtures"


def recorded(name):
    return json.loads((FIXTURES / f"nodes_{name}.json").read_text())


def wish(hostname, **options):
    return {"hostname": hostname, "state": "present", "remove_stale": False, **options}


def found(swarm, *wishes):
    return [node and node["ID"] for _wish, node in resolve(wishes, recorded(swarm))]


@pytest.mark.parametrize(
    ("swarm", "name", "node_id"),
    [
        ("one_unreachable", "6wr71vyqj54heuv11jpqxas6d", "6wr71vyqj54heuv11jpqxas6d"),
        ("one_unreachable", "6wr71vyqj54h", "6wr71vyqj54heuv11jpqxas6d"),
        ("one_unreachable", "node4", "6wr71vyqj54heuv11jpqxas6d"),
        ("one_unreachable", "10.213.141.5", "6wr71vyqj54heuv11jpqxas6d"),
        ("one_unreachable", "10.213.141.2", "yzsiktmexq2uu5i9gfnilo49o"),
        ("one_unreachable", "10.213.141.2:2377", "yzsiktmexq2uu5i9gfnilo49o"),
        ("stale", "node3", "3tzavavk1953lh85siiafuv5j"),
        ("stale", "10.213.141.4", "3tzavavk1953lh85siiafuv5j"),
        ("stale", "l1b9s7s28wbzt4rdirf9jxqid", "l1b9s7s28wbzt4rdirf9jxqid"),
        ("ambiguous", "10.213.141.3", "puhr2ytsfkbxl73r1w0ba5txn"),
    ],
)
def test_a_node_is_found_by(swarm, name, node_id):
    assert found(swarm, wish(name)) == [node_id]


@pytest.mark.parametrize("name", ["6wr71vyqj54", "node", "NODE4", "10.213.141", "0.0.0.0", ""])
def test_part_of_a_name_is_no_node(name):
    assert found("one_unreachable", wish(name, state="absent")) == [None]


@pytest.mark.parametrize(
    ("swarm", "wishes", "reason", "message"),
    [
        (
            "one_unreachable",
            [wish("node9")],
            "unknown_node",
            "no node of this swarm has the ID, hostname or address 'node9'; its nodes are node1, node2, node3, node4",
        ),
        (
            "one_unreachable",
            [wish("node9"), wish("node1"), wish("10.0.0.1")],
            "unknown_node",
            "no node of this swarm has the ID, hostname or address 'node9' or '10.0.0.1'; "
            "its nodes are node1, node2, node3, node4",
        ),
        (
            "ambiguous",
            [wish("node4")],
            "ambiguous_node",
            "'node4' fits 2 nodes: 6wr71vyqj54heuv11jpqxas6d (node4, 10.213.141.5, ready); "
            "puhr2ytsfkbxl73r1w0ba5txn (node4, 10.213.141.3, ready); name the node by its ID",
        ),
        (
            "stale",
            [wish("node3", state="absent")],
            "ambiguous_node",
            "'node3' fits 3 nodes: 3tzavavk1953lh85siiafuv5j (node3, 10.213.141.4, ready); "
            "kmbxs7dwsyh4hwgq691g59zoi (node3, 10.213.141.4, down); "
            "l1b9s7s28wbzt4rdirf9jxqid (node3, 10.213.141.4, down); name the node by its ID",
        ),
        (
            "one_unreachable",
            [wish("node1"), wish("10.213.141.2")],
            "invalid_option",
            "'node1' and '10.213.141.2' are the same node yzsiktmexq2uu5i9gfnilo49o; name it once",
        ),
    ],
)
def test_what_cannot_be_told_is_an_error(swarm, wishes, reason, message):
    with pytest.raises(SwarmError) as caught:
        found(swarm, *wishes)
    assert (caught.value.reason, str(caught.value)) == (reason, message)


def test_two_that_are_down_are_not_told_apart():
    nodes = [node for node in recorded("stale") if node["Status"]["State"] == "down"]
    with pytest.raises(SwarmError, match="fits 2 nodes"):
        resolve([wish("node3")], nodes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1:2377", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("[fd00::1]:2377", "fd00::1"),
        ("fd00::1", "fd00::1"),
        ("", ""),
    ],
)
def test_host_of_an_address(text, expected):
    assert host(text) == expected


@pytest.mark.parametrize("reported", ["0.0.0.0", "127.0.0.1", ""])
def test_a_manager_that_reports_no_address_has_that_of_raft(reported):
    node = recorded("one_unreachable")[0]
    node["Status"]["Addr"] = reported
    assert show_node(node)["address"] == "10.213.141.2"


def test_a_node_in_the_notation_of_playbooks():
    assert show_node(recorded("one_unreachable")[2]) == {
        "id": "try5nuyqhri5jlevf4nuoc393",
        "hostname": "node3",
        "address": "10.213.141.4",
        "manager_address": "10.213.141.4:2377",
        "role": "manager",
        "availability": "active",
        "state": "ready",
        "reachability": "unreachable",
        "leader": False,
        "labels": {},
        "engine_version": "26.1.5+dfsg1",
        "platform": {"os": "linux", "architecture": "x86_64"},
        "resources": {"cpus": 2.0, "memory": 25276510208},
    }
