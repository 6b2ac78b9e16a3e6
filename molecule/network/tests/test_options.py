# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option set, repeated and removed, through managers of two releases, which report networks differently."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1", "ansible://node2"]

WEST = [{"subnet": "10.77.0.0/24"}]


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ({}, {"Driver": "overlay", "Scope": "swarm", "Attachable": False, "Internal": False}),
        (
            {"attachable": True, "internal": True, "labels": {"a": "", "n": 1}},
            {"Attachable": True, "Internal": True, "Labels": {"a": "", "n": "1"}},
        ),
        (
            {"ipam_config": [{"subnet": "10.77.0.9/24", "gateway": "10.77.0.7", "iprange": "10.77.0.128/25"}]},
            {
                "IPAM": {
                    "Driver": "default",
                    "Options": None,
                    "Config": [{"Subnet": "10.77.0.0/24", "Gateway": "10.77.0.7", "IPRange": "10.77.0.128/25"}],
                }
            },
        ),
        ({"enable_ipv6": True, "ipam_config": [*WEST, {"subnet": "fd00:77::/64"}]}, {"EnableIPv6": True}),
        (
            {"driver": "bridge", "scope": "local", "ipam_config": [{"subnet": "10.77.0.0/24"}]},
            {"Driver": "bridge", "Scope": "local"},
        ),
        ({"config_only": True, "ipam_config": WEST}, {"ConfigOnly": True, "Scope": "local"}),
        ({"driver": "bridge", "scope": "swarm"}, {"Driver": "bridge", "Scope": "swarm"}),
        ({"driver": "host", "scope": "swarm"}, {"Driver": "host", "Scope": "swarm"}),
    ],
    ids=["plain", "flags", "ipam", "ipv6", "bridge", "config_only", "bridge of the swarm", "host of the swarm"],
)
def test_a_network_is_made_once_and_removed_once(options, held, change, networks):
    made = change("network", networks, name="west", **options)["west"]
    assert {key: made[key] for key in held} == held
    where = {key: value for key, value in options.items() if key in ("driver", "scope", "config_only")}
    assert change("network", networks, name="west", state="absent", **where) == {}


def test_driver_options_and_encryption(change, networks):
    options = {"com.docker.network.driver.mtu": 1400}
    made = change("network", networks, name="west", driver_options=options, encrypted=True)["west"]
    assert made["Options"].pop("com.docker.network.driver.overlay.vxlanid_list")
    assert made["Options"] == {"com.docker.network.driver.mtu": "1400", "encrypted": ""}


def test_a_network_from_a_configuration(run, change, networks):
    assert run("network", name="west", config_only=True, ipam_config=WEST)["changed"]
    made = change("network", networks, name="lan", driver="macvlan", scope="swarm", config_from="west")["lan"]
    assert made["ConfigFrom"] == {"Network": "west"}
