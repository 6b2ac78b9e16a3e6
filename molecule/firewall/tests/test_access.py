# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches what, once the swarm is there."""

from __future__ import annotations

import re

import pytest
from firewall.tests.machines import MANAGERS, NODES, STRANGER, WORKERS

testinfra_hosts = ["ansible://node1"]

# Nobody has it, and it is of the network's upper end.
NOBODY = "250"
ENCRYPTED = [{"name": "back", "attachable": True}, {"name": "secret", "encrypted": True}]


def test_a_swarm_was_formed_through_all_firewalls(on):
    shown = on("node1").check_output("docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'")
    managers = {(name, "Ready", "Reachable") for name in MANAGERS if name != "node1"}
    assert {tuple(line.split()) for line in shown.splitlines()} == {
        ("node1", "Ready", "Leader"),
        *managers,
        *((name, "Ready") for name in WORKERS),
    }


@pytest.mark.parametrize("source", NODES)
def test_nodes_reach_the_ports_of_each_other(source, fate):
    others = [name for name in NODES if name != source]
    # Workers have nothing there to reach.
    managing = {(name, "tcp:2377"): "open" if name in MANAGERS else "silent" for name in others}
    assert fate(source, others, "tcp:2377", "tcp:7946") == {
        **managing,
        **dict.fromkeys([(name, "tcp:7946") for name in others], "open"),
    }


@pytest.mark.parametrize("source", [STRANGER, None], ids=["a machine that is no node", "the machine of the tests"])
def test_others_do_not(source, fate):
    # Nothing answers to UDP anyhow; what comes of VXLAN is seen below.
    assert set(fate(source, NODES, "tcp:2377", "tcp:7946").values()) == {"silent"}


@pytest.mark.parametrize("source", [STRANGER, None, "node1"])
def test_the_administrators_ports_are_as_they_were(source, fate):
    names = [name for name in NODES if name != source]
    assert set(fate(source, names, "tcp:22").values()) == {"open"}
    # Nobody listens, which only those learn whom the firewall lets through. firewalld says so of all other ports.
    assert set(fate(source, names, "tcp:12345").values()) == {"refused"}
    rest = [name for name in names if name != "node2"]
    assert set(fate(source, rest, "tcp:12346").values()) == {"silent"}


def test_containers_of_all_nodes_reach_each_other(pings):
    assert pings()


def vxlan_id(on):
    shown = (
        "docker network inspect back --format '{{index .Options \"com.docker.network.driver.overlay.vxlanid_list\"}}'"
    )
    return on("node1").check_output(shown)


def remembered(on, name):
    """Whether a container remembers the address of nobody."""
    lines = on(name).check_output("docker exec box cat /proc/net/arp").splitlines()
    return any(f".{NOBODY} " in line and "02:42:0a:0b:0c:0d" in line for line in lines)


def inject(on, address, source, name, container):
    nobody = f"{container.rpartition('.')[0]}.{NOBODY}"
    on(source).check_output(f"python3 /root/inject.py {address(name)} {vxlan_id(on)} {container} {nobody}")


@pytest.mark.parametrize("name", NODES)
def test_nobody_else_writes_into_overlay_networks(name, on, address, boxes, until):
    inject(on, address, STRANGER, name, boxes[name])
    # What a node sends later has arrived, so the other packet would have.
    assert not remembered(on, name)
    inject(on, address, "node1" if name != "node1" else "node2", name, boxes[name])
    until(lambda: remembered(on, name))


def test_published_ports_are_open_to_whom_they_should_be(fate):
    assert set(fate(None, NODES, "tcp:8443", "tcp:9000").values()) == {"open"}
    assert set(fate(STRANGER, NODES, "tcp:8443").values()) == {"open"}
    assert set(fate(STRANGER, NODES, "tcp:9000").values()) == {"silent"}
    # A node is nobody special.
    assert set(fate("node1", [name for name in NODES if name != "node1"], "tcp:9000").values()) == {"silent"}


def test_containers_reach_the_same_ports_elsewhere(on, address):
    """Port 9000 of another machine, where the rules of this one have no say."""
    on(STRANGER).check_output("docker run -d --name elsewhere --publish 9000:8080 flotilla/web:1")
    try:
        for name in NODES:
            on(name).check_output(f"docker exec box wget -q -O - http://{address(STRANGER)}:9000/")
    finally:
        on(STRANGER).check_output("docker rm --force elsewhere")


def esp(rules, names=NODES):
    """Where there are rules for ESP."""
    return {name for name in names if re.search(r"\besp\b", rules(name))}


def test_encrypted_networks_need_esp(firewall, rules, docker, pings):
    assert not esp(rules)
    docker("network", "create", "--driver", "overlay", "--opt", "encrypted", "secret")
    try:
        assert firewall("--check").changed == len(NODES)
    finally:
        docker("network", "rm", "secret")

    # The kernel of the machines has no ESP, so nothing comes encrypted.
    assert firewall(swarm_networks=ENCRYPTED, firewall_drop_unencrypted=True).changed
    assert esp(rules) == set(NODES)
    assert not pings()
    assert firewall().changed
    assert not esp(rules)
    assert pings()
