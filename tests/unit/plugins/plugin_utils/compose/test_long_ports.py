# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short ports. What is expected is what docker stack config 28.2 made of them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_ports import HOST_IP, long_ports
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_values import Reading
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems

PATH = ("services", "web", "ports")


def long_of(entries):
    reading = Reading("/srv", {}, None, Problems())
    ports = long_ports(entries, PATH, reading)
    assert all(port["mode"] == "ingress" for port in ports)
    return [(port.get("published"), port["target"], port["protocol"]) for port in ports], reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (80, [(None, 80, "tcp")]),
        ("80", [(None, 80, "tcp")]),
        ("8080:80", [(8080, 80, "tcp")]),
        ("80/udp", [(None, 80, "udp")]),
        ("53:53/sctp", [(53, 53, "sctp")]),
        ("53:53/UDP", [(53, 53, "udp")]),
        ("80:80/", [(80, 80, "tcp")]),
        ("08:09", [(8, 9, "tcp")]),
        (":80", [(None, 80, "tcp")]),
        ("0:80", [(None, 80, "tcp")]),
        ("3000-3002", [(None, 3000, "tcp"), (None, 3001, "tcp"), (None, 3002, "tcp")]),
        ("8000-8002:80-82", [(8000, 80, "tcp"), (8001, 81, "tcp"), (8002, 82, "tcp")]),
        ("8000-8002:80", [(8000, 80, "tcp"), (8001, 80, "tcp"), (8002, 80, "tcp")]),
        ("8-11", [(None, 10, "tcp"), (None, 11, "tcp"), (None, 8, "tcp"), (None, 9, "tcp")]),
        ("8-11:8-11/udp", [(10, 10, "udp"), (11, 11, "udp"), (8, 8, "udp"), (9, 9, "udp")]),
        ("0.0.0.0:80:80", [(80, 80, "tcp")]),
        ("[::]:80:80", [(80, 80, "tcp")]),
    ],
)
def test_a_short_port(text, expected):
    ports, reading = long_of([text])
    assert (ports, reading.problems.found, reading.notes) == (expected, [], {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:80:80", [(80, 80, "tcp")]),
        ("127.0.0.1::80", [(None, 80, "tcp")]),
        ("127.0.0.1:8000-8001:80-81/udp", [(8000, 80, "udp"), (8001, 81, "udp")]),
        ("[::1]:80:80", [(80, 80, "tcp")]),
        ("::1:80:80", [(80, 80, "tcp")]),
    ],
)
def test_a_host_ip_is_left_out_with_a_note(text, expected):
    ports, reading = long_of(["1:1", text])
    assert ports[1:] == expected
    assert reading.notes == {HOST_IP: ["services.web.ports[1]"]}


@pytest.mark.parametrize(
    "text",
    [
        *("", "80:", "/tcp", "80/foo", "a:80", " 80", "80 ", "+80", "0x50", "70000:80", "9-8", "9-8:1"),
        *("8000-8001:80-82", "8000-8002:80-81", "999.1.1.1:80:80", "host:80:80", "80:80:80:80", "[::1:80:80"),
        *("1-2-3:4", "80/tcp/udp", 8080.5),
    ],
)
def test_what_is_no_port_is_a_problem_of_its_entry(text):
    ports, reading = long_of(["1:1", text, "2:2"])
    assert ports == [(1, 1, "tcp"), (2, 2, "tcp")]
    [problem] = reading.problems.found
    assert problem.path == (*PATH, 1)
    assert repr(str(text)) in problem.text


def test_a_long_port_stays_as_it_is():
    port = {"target": 80, "published": 8080, "mode": "host"}
    assert long_ports([port, {"target": 81}], PATH, None) == [port, {"target": 81}]
