# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.network.info import is_asked_for, show

FIXTURES = Path(__file__).parent / "fixtures"
NETWORKS = json.loads((FIXTURES / "networks.json").read_text())
SERVICES = json.loads((FIXTURES / "used.json").read_text())["services"]
NOTHING = {"name": None, "driver": None, "scope": None, "labels": None}


def named(name):
    return next(raw for raw in NETWORKS if raw["Name"] == name)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": ["full", "rubbish"]}, {"full"}),
        ({"name": ["ful"]}, set()),
        ({"name": []}, set()),
        ({"labels": {"a": "b"}}, {"full"}),
        ({"labels": {"a": None}}, {"full"}),
        ({"labels": {"a": "c"}}, set()),
        ({"driver": "macvlan"}, {"mv"}),
        ({"driver": "macvlan", "name": ["full"]}, set()),
        ({}, {raw["Name"] for raw in NETWORKS}),
        ({"scope": "swarm"}, {raw["Name"] for raw in NETWORKS if raw["Scope"] == "swarm"}),
    ],
)
def test_only_what_was_asked_for(asked, names):
    assert {raw["Name"] for raw in NETWORKS if is_asked_for(raw, {**NOTHING, **asked})} == names


@pytest.mark.parametrize(
    ("name", "services", "used_by"),
    [
        ("full", SERVICES, ["web"]),
        ("ingress", SERVICES, ["web"]),
        ("auto", SERVICES, []),
        ("full", None, None),
        ("bridge", SERVICES, None),
    ],
)
def test_the_services_on_a_network(name, services, used_by):
    shown = show(named(name), services)
    assert (shown["name"], shown["used_by"]) == (name, used_by)


def test_containers_and_peers_as_far_as_the_engine_tells():
    container = {"Name": "web.1.x", "IPv4Address": "10.77.0.3/24", "IPv6Address": "", "MacAddress": "02:42:0a:4d:00:03"}
    raw = {**named("full"), "Containers": {"c1": container}, "Peers": [{"Name": "p", "IP": "192.0.2.4"}]}
    shown = show(raw, [])
    assert shown["containers"] == [
        {"id": "c1", "name": "web.1.x", "addresses": ["10.77.0.3/24"], "mac_address": "02:42:0a:4d:00:03"}
    ]
    assert shown["peers"] == [{"name": "p", "address": "192.0.2.4"}]
    shown = show(named("full"), [])
    assert (shown["containers"], shown["peers"]) == ([], [])
