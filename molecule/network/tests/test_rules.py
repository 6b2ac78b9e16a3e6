# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that differ, are in use or cannot be. The manager asked is Engine 20.10, and not the leader."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node2"]

WEST = [{"subnet": "10.77.0.0/24"}]


def test_part_of_a_name_is_another_network(run, networks):
    run("network", name="westend")
    assert not run("network", name="west", state="absent")["changed"]
    assert run("network", name="west")["changed"]
    assert set(networks()) == {"west", "westend"}


def test_a_name_that_a_network_of_the_swarm_has(run, refuse, networks):
    run("network", name="west")
    message = refuse("network", "name_taken", networks, name="west", driver="bridge", scope="local")
    assert message.startswith("the swarm has a network 'west' already")


def test_a_network_that_nothing_uses_is_created_again(run, change, networks):
    run("network", name="west", ipam_config=WEST, labels={"a": "b"})
    before = networks()["west"]
    told = run("network", check=True, name="west", attachable=True, internal=True)
    assert told["recreated_for"] == ["attachable", "internal"]
    after = change("network", networks, name="west", attachable=True, internal=True)["west"]
    assert after["Id"] != before["Id"]
    assert (after["Attachable"], after["Internal"], after["Labels"]) == (True, True, {"a": "b"})
    assert after["IPAM"]["Config"][0]["Subnet"] == "10.77.0.0/24"


def test_a_network_in_use_stays_until_its_tasks_are_gone(service, run, refuse, docker, networks, host):
    run("network", name="west", attachable=True)
    service("--network", "west")
    node4 = host.get_host("ansible://node4")
    container = node4.check_output("docker run --detach --rm --network west flotilla/web:1")
    both = f"is used by service web and by container {container[:12]} on node4"
    assert f"{both}; remove" in refuse("network", "network_in_use", networks, name="west", state="absent")
    assert f"{both} and cannot" in refuse("network", "network_in_use", networks, name="west", internal=True)
    message = refuse("network", "network_in_use", networks, name="west", internal=True, recreate=True)
    assert f"is used by container {container[:12]} on node4 and cannot" in message
    node4.check_output(f"docker rm --force {container}")
    docker("service", "rm", "web")
    assert run("network", name="west", attachable=True, internal=True)["recreated_for"] == ["internal"]
    assert node4.check_output("docker ps --quiet") == ""
    assert networks()["west"]["Internal"]


def test_a_subnet_that_is_taken(run, refuse, networks):
    run("network", name="west", ipam_config=WEST)
    message = refuse("network", "subnet_overlap", networks, name="east", ipam_config=[{"subnet": "10.77.0.0/16"}])
    assert message.startswith("subnet 10.77.0.0/16 overlaps 10.77.0.0/24 of network west; ")


def test_a_network_that_the_swarm_gave_no_addresses(run, docker, networks):
    run("network", name="west", ipam_config=WEST)
    docker("network", "create", "--driver", "overlay", "--subnet", "10.77.0.0/25", "broken")
    assert run("network", name="broken")["failure"]["reason"] == "no_addresses"
    assert run("network", name="broken", recreate=True, ipam_config=[{"subnet": "10.78.0.0/24"}])["changed"]
    assert networks()["broken"]["IPAM"]["Config"] == [{"Subnet": "10.78.0.0/24", "Gateway": "10.78.0.1"}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ipam_config": [{"subnet": "rubbish"}]}, "ipam_config: subnet: 'rubbish' is not a subnet"),
        ({"ipam_config": [{"subnet": "10.77.0.0/24", "aux_addresses": {"a": "10.77.0.4"}}]}, "aux_addresses: "),
        ({"ipam_config": [{"subnet": "10.77.0.0/24", "gateway": "10.77"}]}, "'10.77' is not an IP address"),
        ({"enable_ipv4": False}, "enable_ipv4 needs Engine API 1.48 or newer, and this Engine speaks 1.41"),
    ],
)
def test_values_that_no_engine_takes(options, words, run, networks):
    assert words in run("network", name="west", **options)["msg"]
    assert networks() == {}


def test_the_routing_mesh(service, run, refuse, change, docker):
    def ask():
        ids = docker("network", "ls", "--filter", "driver=overlay", "--quiet", "--no-trunc").split()
        found = [raw for raw in docker("network", "inspect", *ids) if raw["Ingress"]] if ids else []
        return [(raw["Name"], raw["IPAM"]["Config"][0]["Subnet"]) for raw in found]

    mesh = {"name": "ingress", "ingress": True}
    assert "the ingress network 'ingress' already" in refuse("network", "ingress_exists", ask, **{**mesh, "name": "x"})
    service("--publish", "8080:8080")
    there = {**mesh, "ipam_config": [{"subnet": "10.99.0.0/16"}]}
    assert "is used by service web" in refuse("network", "network_in_use", ask, **there)
    docker("service", "rm", "web")
    assert change("network", ask, **there) == [("ingress", "10.99.0.0/16")]
    service("--publish", "8080:8080")
    docker("service", "rm", "web")
    assert change("network", ask, name="ingress", state="absent") == []
    assert change("network", ask, **mesh) != []


def test_who_is_on_a_network(service, run):
    run("network", name="west", ipam_config=WEST)
    run("network", name="east")
    service("--network", "west", "--publish", "8080:8080")
    found = run("network_info", scope="swarm")["networks"]
    assert {raw["name"]: raw["used_by"] for raw in found} == {"east": [], "ingress": ["web"], "west": ["web"]}
    west = run("network_info", name=["west"], driver="overlay")["networks"]
    assert [(raw["name"], raw["ipam_config"][0]["subnet"]) for raw in west] == [("west", "10.77.0.0/24")]
