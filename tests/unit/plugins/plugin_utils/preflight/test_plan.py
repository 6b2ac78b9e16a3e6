# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.plan import lingering, probing

GOSSIP = ["7946/tcp", "7946/udp"]
WANTED = {"data_path_port": None, "encrypted": False}


def host(number, **changes):
    """A host as findings describe it; what is no key of its own is a fact."""
    facts = {
        "root": True,
        "address": f"10.0.0.{number}",
        "interfaces": {"eth1": {"addresses": [f"10.1.0.{number}/24"], "mtu": 1500}},
        "swarm": None,
        "overlay": None,
    }
    own = {
        "name": f"h{number}",
        "manager": number == 1,
        "advertised": None,
        "data_path": None,
        "facts": {**facts, **{name: value for name, value in changes.items() if name in facts}},
        "listens": True,
        "probed": {"targets": [], "unheard": []},
    }
    return {**own, **{name: value for name, value in changes.items() if name in own}}


def plan(*hosts, **wanted):
    return probing(list(hosts), [each["name"] for each in hosts], {**WANTED, **wanted}, "00")


def told(found):
    """Targets as ``name address ports``."""
    return [f"{each['name']} {each['address']} {','.join(each['ports'])}" for each in found["targets"]]


def test_managers_listen_on_one_port_more():
    found = plan(host(1), host(2))
    assert told(found) == ["h1 10.0.0.1 2377/tcp,7946/tcp,7946/udp,4789/udp", "h2 10.0.0.2 7946/tcp,7946/udp,4789/udp"]
    assert found["ports"] == {"h1": ["2377/tcp", *GOSSIP, "4789/udp"], "h2": [*GOSSIP, "4789/udp"]}
    assert {each["mtu_port"] for each in found["targets"]} == {"4789/udp"}
    assert found["names"] == ["h1", "h2"]


@pytest.mark.parametrize(
    ("changes", "targets"),
    [
        ({"advertised": "10.9.0.2"}, ["h2 10.9.0.2 7946/tcp,7946/udp,4789/udp"]),
        ({"advertised": "eth1"}, ["h2 10.1.0.2 7946/tcp,7946/udp,4789/udp"]),
        ({"advertised": "eth1:2380", "manager": True}, ["h2 10.1.0.2 2380/tcp,7946/tcp,7946/udp,4789/udp"]),
        ({"swarm": {"address": "10.2.0.2"}}, ["h2 10.2.0.2 7946/tcp,7946/udp,4789/udp"]),
        ({"data_path": "eth1"}, ["h2 10.0.0.2 7946/tcp,7946/udp", "h2 10.1.0.2 4789/udp"]),
        ({"data_path": "10.0.0.2"}, ["h2 10.0.0.2 7946/tcp,7946/udp,4789/udp"]),
    ],
)
def test_addresses(changes, targets):
    assert told(plan(host(1), host(2, **changes)))[1:] == targets


@pytest.mark.parametrize(
    ("wanted", "overlay", "ports"),
    [
        ({"data_path_port": 4790}, None, ["4790/udp"]),
        ({"encrypted": True}, None, ["4789/udp", "esp"]),
        # A swarm keeps the port that it was made with.
        ({"data_path_port": 4790}, {"data_path_port": 4791, "networks": []}, ["4791/udp"]),
        ({}, {"data_path_port": 4789, "networks": [{"encrypted": True}]}, ["4789/udp", "esp"]),
    ],
)
def test_data_path(wanted, overlay, ports):
    assert plan(host(1, overlay=overlay), host(2), **wanted)["ports"]["h2"] == [*GOSSIP, *ports]


@pytest.mark.parametrize(
    ("third", "names"),
    [
        ({}, ["h1", "h2", "h3"]),
        ({"facts": None}, ["h1", "h2"]),
        ({"root": False}, ["h1", "h2"]),
        ({"advertised": "eth9"}, ["h1", "h2"]),
        ({"address": "10.0.0.2"}, ["h1"]),
        ({"data_path": "eth9"}, ["h1", "h2"]),
    ],
)
def test_hosts_that_cannot_be_probed_are_left_out(third, names):
    found = plan(host(1), host(2), host(3, **third))["names"]
    assert found == (names if len(names) > 1 else [])


def test_hosts_outside_of_the_run_are_left_out():
    hosts = [host(number) for number in (1, 2, 3)]
    assert probing(hosts, ["h1", "h3"], WANTED, "00")["names"] == ["h1", "h3"]


NOT_HEARD = {"targets": [], "unheard": ["h2"]}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"probed": NOT_HEARD}, ["h2"]),
        # Nobody can say whom it would have told.
        ({"probed": None}, ["h1", "h2", "h3"]),
        ({"probed": None, "listens": False}, ["h2", "h3"]),
    ],
)
def test_who_may_still_be_listening(changes, names):
    assert lingering([host(1, **changes), host(2), host(3)], ["h1", "h2", "h3"]) == names


def test_hosts_that_took_no_part_are_not_waited_for():
    assert lingering([host(1), host(2, probed=None, listens=False)], ["h1"]) == []
