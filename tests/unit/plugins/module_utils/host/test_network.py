# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.host.collect import overlay_facts
from ansible_collections.flotilla.swarm.plugins.module_utils.host.network import (
    ask_ip,
    interface_mtus,
    interfaces,
    parse_routes,
)

# Of iproute2 6.15, cut down to what is read.
ADDRESSES = [
    {
        "ifname": "lo",
        "mtu": 65536,
        "addr_info": [
            {"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host"},
            {"family": "inet6", "local": "::1", "prefixlen": 128, "scope": "host"},
        ],
    },
    {
        "ifname": "eth0",
        "mtu": 1450,
        "addr_info": [
            {"family": "inet", "local": "10.0.0.2", "prefixlen": 24, "scope": "global"},
            {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link"},
        ],
    },
    {"ifname": "veth0", "mtu": 1500, "addr_info": []},
]


def run_of(told, status=0):
    return lambda _command: (status, told if isinstance(told, str) else json.dumps(told), "")


def test_interfaces():
    assert interfaces(run_of(ADDRESSES)) == {
        "lo": {"addresses": ["127.0.0.1/8", "::1/128"], "mtu": 65536},
        "eth0": {"addresses": ["10.0.0.2/24"], "mtu": 1450},
        "veth0": {"addresses": [], "mtu": 1500},
    }


def test_mtu_by_address():
    assert interface_mtus(run_of(ADDRESSES)) == {"127.0.0.1": 65536, "::1": 65536, "10.0.0.2": 1450}


@pytest.mark.parametrize(("told", "status"), [("", 0), ("[]", 1), ("Usage: ip", 0)])
def test_ip_that_tells_nothing(told, status):
    assert ask_ip(run_of(told, status), "address") == []


@pytest.mark.parametrize(
    ("route", "found"),
    [
        ({"dst": "10.0.0.0/24", "dev": "eth0"}, [("10.0.0.0/24", "eth0")]),
        ({"dst": "10.0.0.7", "dev": "eth0"}, [("10.0.0.7/32", "eth0")]),
        ({"dst": "10.8.0.0/16", "nexthops": [{"dev": "eth0"}, {"dev": "eth1"}]}, [("10.8.0.0/16", "eth0")]),
        ({"dst": "fd00::/64", "dev": "eth0"}, [("fd00::/64", "eth0")]),
        ({"dst": "default", "dev": "eth0"}, []),
        ({"type": "blackhole", "dst": "10.0.0.0/24"}, []),
        ({"dst": "fe80::/64", "dev": "eth0"}, []),
        ({"type": "multicast", "dst": "ff00::/8", "dev": "eth0"}, []),
    ],
)
def test_routes(route, found):
    assert [(each["network"], each["interface"]) for each in parse_routes([route])] == found


def test_overlay_networks_of_a_swarm():
    cluster = {"DefaultAddrPool": None, "SubnetSize": 24, "DataPathPort": 4790}
    networks = [
        {"Name": "ingress", "IPAM": {"Config": [{"Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1"}]}, "Options": {}},
        {"Name": "secret", "IPAM": {"Config": None}, "Options": {"encrypted": ""}},
    ]
    assert overlay_facts(cluster, networks) == {
        "data_path_port": 4790,
        "default_addr_pool": [],
        "subnet_size": 24,
        "networks": [
            {"name": "ingress", "subnets": ["10.0.0.0/24"], "encrypted": False},
            {"name": "secret", "subnets": [], "encrypted": True},
        ],
    }


def test_what_a_swarm_does_not_say_is_the_default():
    told = overlay_facts({"DataPathPort": 0}, [])
    assert (told["data_path_port"], told["subnet_size"]) == (4789, 24)
