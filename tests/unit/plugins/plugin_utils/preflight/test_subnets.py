# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.subnets import of_subnets


def host(name, *routes, overlay=None):
    """A host with routes as ``network interface``."""
    facts = {"routes": [dict(zip(("network", "interface"), route.split())) for route in routes], "overlay": overlay}
    return {"name": name, "facts": facts}


def declared(*networks, **settings):
    return {"networks": list(networks), "settings": settings}


def network(name, subnet, **more):
    return {"name": name, "ipam_config": [{"subnet": subnet}], **more}


def told(hosts, wanted=None, in_service=False):
    found = of_subnets(hosts, wanted or declared(), in_service)
    return [f"{f['severity']} {','.join(f['hosts'])}: {f['finding'].partition(': containers')[0]}" for f in found]


FIRST = "Docker's address pool 10.0.0.0/8, of which 10.0.0.0/16 is used first, overlaps with"


@pytest.mark.parametrize(
    ("route", "sentences"),
    [
        ("192.168.1.0/24 eth0", []),
        ("10.0.0.0/24 eth0", [f"warning a: {FIRST} 10.0.0.0/24, which a can reach"]),
        ("10.0.0.0/8 tun0", [f"warning a: {FIRST} 10.0.0.0/8, which a can reach"]),
        # A pool is used from its beginning.
        ("10.213.0.0/24 eth0", []),
        ("10.0.0.0/24 docker_gwbridge", []),
        ("10.0.0.0/24 br-0123456789ab", []),
        ("10.0.0.0/24 br0", [f"warning a: {FIRST} 10.0.0.0/24, which a can reach"]),
        ("fd00::/64 eth0", []),
    ],
)
def test_pool_of_docker(route, sentences):
    assert told([host("a", route)]) == sentences


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        ({"default_addr_pool": ["10.20.0.0/16"]}, []),
        (
            {"default_addr_pool": ["10.20.0.0/16", "10.30.0.0/16"]},
            ["error a: the address pool 10.30.0.0/16 overlaps with 10.30.4.0/24, which a can reach"],
        ),
        ({"default_addr_pool": ["10.20.0.0/14"], "subnet_size": 26}, []),
        (
            {"default_addr_pool": ["10.28.0.0/14"], "subnet_size": 20},
            [
                "error a: the address pool 10.28.0.0/14, of which 10.28.0.0/14 is used first, overlaps with "
                "10.30.4.0/24, which a can reach"
            ],
        ),
    ],
)
def test_pools_of_the_inventory(settings, sentences):
    found = told([host("a", "10.30.4.0/24 eth0")], declared(**settings))
    assert found == [sentence.replace(", of which 10.28.0.0/14 is used first,", "") for sentence in sentences]


def test_the_same_route_of_several_hosts_is_one_finding():
    hosts = [host("a", "10.0.5.0/24 eth0", "10.0.5.0/24 eth1"), host("b", "10.0.5.0/24 eth0")]
    assert told(hosts) == [f"warning a,b: {FIRST} 10.0.5.0/24, which a, b can reach"]


@pytest.mark.parametrize(
    ("wanted", "sentences"),
    [
        (
            network("web", "10.5.0.0/16"),
            ["error a: network web (10.5.0.0/16) overlaps with 10.5.1.0/24, which a can reach"],
        ),
        (network("web", "10.6.0.0/16"), []),
        (network("web", "10.5.0.0/16", state="absent"), []),
        (network("web", "10.5.0.0/16", driver="bridge"), []),
        ({"name": "web"}, []),
    ],
)
def test_networks_of_the_inventory(wanted, sentences):
    assert told([host("a", "10.5.1.0/24 eth0")], declared(wanted)) == sentences


LIVE = {
    "default_addr_pool": ["10.0.0.0/8"],
    "subnet_size": 24,
    "networks": [{"name": "ingress", "subnets": ["10.0.0.0/24"], "encrypted": False}],
}


def test_networks_of_the_swarm_are_told_first_and_stop_nothing():
    hosts = [host("a", "10.0.0.0/24 eth0", "10.0.9.0/24 eth1", overlay=LIVE), {"name": "b", "facts": None}]
    pool = (
        "the address pool 10.0.0.0/8, of which 10.0.0.0/16 is used first, overlaps with 10.0.9.0/24, which a can reach"
    )
    assert told(hosts, declared(default_addr_pool=["10.9.0.0/16"]), in_service=True) == [
        "warning a: network ingress (10.0.0.0/24) overlaps with 10.0.0.0/24, which a can reach",
        f"warning a: {pool}",
    ]


def test_a_declared_network_that_is_there_stops_nothing():
    live = {**LIVE, "networks": [{"name": "web", "subnets": ["10.5.0.0/16"], "encrypted": False}]}
    found = told([host("a", "10.5.1.0/24 eth0", overlay=live)], declared(network("web", "10.5.0.0/16")), True)
    assert found == ["warning a: network web (10.5.0.0/16) overlaps with 10.5.1.0/24, which a can reach"]
