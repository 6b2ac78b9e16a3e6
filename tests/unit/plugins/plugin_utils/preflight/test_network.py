# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of probes."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.paths import of_paths
from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.ports import of_ports

PORTS = ("7946/tcp", "7946/udp", "4789/udp")


def hosts(count, failed=(), ways=None, silent=(), ports=PORTS):
    """Hosts h1, h2, ... that have probed each other; ``failed`` has (source, target, port, reason)."""
    names = [f"h{number}" for number in range(1, count + 1)]
    lost = {(source, target, port): reason for source, target, port, reason in failed}
    return [
        {
            "name": source,
            "listens": source not in silent,
            "probed": None
            if source in silent
            else {
                "targets": [
                    {
                        "name": target,
                        "ports": {
                            port: {
                                "reached": (source, target, port) not in lost,
                                "reason": lost.get((source, target, port)),
                            }
                            for port in ports
                        },
                        "mtu": 1500,
                        "interface_mtu": 1500,
                        "sent_from": "a",
                        "seen_from": ["a"],
                        **(ways or {}).get((source, target), {}),
                    }
                    for target in names
                    if target != source
                ]
            },
        }
        for source in names
    ]


def told(found):
    return [f"{f['severity']} {','.join(f['hosts'])}: {f['finding']}" for f in found]


NO, REFUSED = "no answer", "refused"


@pytest.mark.parametrize(
    ("failed", "sentences"),
    [
        ([], []),
        ([("h1", "h3", "4789/udp", NO)], ["error h3: on h3 4789/udp cannot be reached from h1: no answer"]),
        (
            [("h1", "h3", "4789/udp", NO), ("h1", "h3", "7946/udp", NO), ("h1", "h3", "7946/tcp", NO)],
            ["error h3: on h3 7946/tcp, 7946/udp and 4789/udp cannot be reached from h1: no answer"],
        ),
        (
            [("h1", "h3", "7946/tcp", NO), ("h2", "h3", "7946/tcp", REFUSED)],
            ["error h3: on h3 7946/tcp cannot be reached from h1, h2: no answer or refused"],
        ),
        (
            [(f"h{number}", "h3", "7946/tcp", NO) for number in (1, 2, 4)],
            ["error h3: on h3 7946/tcp cannot be reached from any other host: no answer"],
        ),
        # What does not leave a host is one finding about that host.
        (
            [("h4", f"h{number}", "4789/udp", "kept back") for number in (1, 2, 3)],
            ["error h1,h2,h3: on h1, h2, h3 4789/udp cannot be reached from h4: kept back"],
        ),
        (
            [(f"h{a}", f"h{b}", "4789/udp", NO) for a in range(1, 5) for b in range(1, 5) if a != b],
            ["error h1,h2,h3,h4: on h1, h2, h3, h4 4789/udp cannot be reached from any other host: no answer"],
        ),
    ],
)
def test_closed_ports(failed, sentences):
    assert sorted(told(of_ports(hosts(4, failed)))) == sentences


def test_many_hosts_are_one_short_line():
    failed = [(f"h{number}", "h1", "7946/udp", NO) for number in range(2, 49)]
    assert told(of_ports(hosts(50, failed))) == [
        "error h1: on h1 7946/udp cannot be reached from h2, h3, h4, h5, h6, h7, h8 and 40 more: no answer"
    ]


def test_hosts_that_do_not_listen_are_not_judged():
    failed = [("h1", "h2", port, NO) for port in PORTS]
    assert of_ports(hosts(3, failed, silent=["h2"])) == []


@pytest.mark.parametrize(
    ("reason", "sources", "port", "words"),
    [
        (NO, (1,), "7946/udp", "which role flotilla.swarm.firewall does"),
        ("unreachable", (1,), "7946/udp", "look at the routes"),
        ("kept back", (1,), "4789/udp", "let it out through the firewall of h1"),
        (NO, (1, 2), "4789/udp", "data_path_port: 4790"),
    ],
)
def test_remedies(reason, sources, port, words):
    found = of_ports(hosts(3, [(f"h{source}", "h3", port, reason) for source in sources]))
    assert words in found[0]["remedy"]


def test_no_other_port_is_proposed_where_one_host_alone_is_closed():
    assert "4790" not in of_ports(hosts(3, [("h1", "h3", "4789/udp", NO)]))[0]["remedy"]


def test_esp_is_called_by_its_name():
    found = of_ports(hosts(2, [("h1", "h2", "esp", NO)], ports=("esp",)))
    assert told(found) == ["error h2: on h2 IP protocol 50 (ESP) cannot be reached from h1: no answer"]


def both_ways(a, b, **way):
    return {(a, b): way, (b, a): way}


@pytest.mark.parametrize(
    ("ways", "sentences"),
    [
        ({}, []),
        (both_ways("h1", "h2", mtu=9000, interface_mtu=9000), []),
        (
            both_ways("h1", "h2", mtu=1404),
            ["warning h1,h2: packets of more than 1404 bytes are lost between h1 and h2, whose interfaces take 1500"],
        ),
        (
            {**both_ways("h1", "h3", mtu=1404), **both_ways("h2", "h3", mtu=1404)},
            [
                "warning h1,h2,h3: packets of more than 1404 bytes are lost between h3 and h1, h2, whose interfaces "
                "take 1500"
            ],
        ),
        (
            {("h1", "h2"): {"mtu": 1304}, ("h2", "h1"): {"mtu": 1300}},
            ["warning h1,h2: packets of more than 1300 bytes are lost between h1 and h2, whose interfaces take 1500"],
        ),
        # Nothing is lost where the smaller interface is the reason.
        (
            {("h1", "h2"): {"mtu": 1404}, **{("h2", f"h{n}"): {"mtu": 1400, "interface_mtu": 1400} for n in (1, 3)}},
            ["warning h2: the interface to the others takes packets of 1400 bytes, and overlay networks count on 1500"],
        ),
        ({("h1", "h2"): {"mtu": None, "interface_mtu": None}}, []),
    ],
)
def test_sizes_of_packets(ways, sentences):
    assert told(of_paths(hosts(3, ways=ways), 1500)) == sentences


def test_the_option_is_told_with_its_value():
    found = of_paths(hosts(2, ways=both_ways("h1", "h2", mtu=1404)), 1500)
    assert "{com.docker.network.driver.mtu: 1404}" in found[0]["remedy"]


def test_interfaces_that_are_to_be_smaller():
    ways = both_ways("h1", "h2", mtu=1400, interface_mtu=1400)
    assert of_paths(hosts(2, ways=ways), 1400) == []


def test_translated_addresses():
    ways = {("h1", f"h{number}"): {"sent_from": "10.0.0.1", "seen_from": ["192.0.2.9"]} for number in (2, 3)}
    assert told(of_paths(hosts(3, ways=ways), 1500)) == [
        "warning h1: what it sends from 10.0.0.1 arrives at h2, h3 as if from 192.0.2.9"
    ]
