# SPDX-License-Identifier: GPL-3.0-or-later
"""What packets meet with, the rules that are ours, and the playbook over made-up inventories."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
import testinfra
from firewall.tests.machines import FIREWALLS, MANAGERS, NODES, RULES, SCENARIO, STRANGER, WORKERS
from plays import play


@pytest.fixture(scope="session")
def on():
    """A machine of the lab."""
    return lambda name: testinfra.get_host(f"ansible://{name}")


@pytest.fixture(scope="session")
def address(on):
    """A machine's address; that of the machine that runs the tests without a name."""
    known = {name: on(name).ansible.get_variables()["ansible_host"] for name in FIREWALLS}
    known[None] = known["node1"].rpartition(".")[0] + ".1"
    return lambda name=None: known[name]


@pytest.fixture(scope="session")
def fate(on, address):
    """``{(node, "tcp:22"): "open", "refused" or "silent"}`` of packets from a machine, or from here without a name."""

    def fate(source, names, *ports):
        places = {(name, port): port.replace(":", f":{address(name)}:") for name in names for port in ports}
        if source is None:
            command = [sys.executable, SCENARIO / "files" / "probe.py", *places.values()]
            text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        else:
            text = on(source).check_output(f"python3 /root/probe.py {' '.join(places.values())}")
        found = json.loads(text)
        return {key: found[place] for key, place in places.items()}

    return fate


@pytest.fixture(scope="session")
def rules(on):
    """All that is ours on a machine, and what is around it."""
    return lambda name: on(name).run(RULES[FIREWALLS[name]]).stdout


@pytest.fixture
def converge(host):
    """Run the roles with these hosts as managers and workers.

    Tests that have nothing to do with a host would be run last.
    """

    def converge(managers, workers, *options, playbook=SCENARIO / "converge.yml", **variables):
        return play(playbook, {"swarm_managers": managers, "swarm_workers": workers}, *options, **variables)

    return converge


@pytest.fixture
def firewall(converge):
    """Run role firewall alone, for the machines that are nodes at first."""

    def firewall(*options, managers=MANAGERS, workers=WORKERS, playbook=SCENARIO / "firewall.yml", **variables):
        return converge(managers, workers, *options, playbook=playbook, **variables)

    return firewall


@pytest.fixture(scope="session")
def wrong(fate):
    """What does not meet with the fate that the scenario wants, on these nodes: nothing."""

    def wrong(names=NODES, stranger=STRANGER):
        swarm = ("tcp:2377", "tcp:7946")
        found = {
            ("stranger", "silent"): fate(stranger, names, *swarm, "tcp:9000"),
            ("stranger", "open"): fate(stranger, names, "tcp:8443"),
            ("tester", "silent"): fate(None, names, *swarm),
            ("tester", "open"): fate(None, names, "tcp:8443", "tcp:9000"),
        }
        return {
            (who, *place): fate
            for (who, right), fates in found.items()
            for place, fate in fates.items()
            if fate != right
        }

    return wrong


@pytest.fixture
def recover(rules, wrong):
    """Wait until the rules of some machines are these, and do what they should: at most a minute."""

    def recover(before, **more):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if {name: rules(name) for name in before} == before and not wrong(before, **more):
                return
            time.sleep(1)
        assert {name: rules(name) for name in before} == before
        assert wrong(before, **more) == {}

    return recover


@pytest.fixture(scope="module")
def boxes(on):
    """A container on each node in the overlay network: its address by the node's name."""
    made = {}
    for name in NODES:
        on(name).check_output("docker run -d --network back --name box flotilla/web:1")
        made[name] = container_address(on(name))
    yield made
    for name in NODES:
        on(name).check_output("docker rm --force box")


def container_address(host):
    """The address of the container in the overlay network."""
    return host.check_output("docker inspect --format '{{.NetworkSettings.Networks.back.IPAddress}}' box")


@pytest.fixture(scope="module")
def pings(on, boxes):
    """Whether containers of these nodes reach those of all others."""

    def pings(names=NODES):
        lost = []
        for name in names:
            others = [boxes[other] for other in names if other != name]
            command = " && ".join(f"ping -c 1 -W 2 {other}" for other in others)
            if on(name).run(f"docker exec box sh -c '{command}'").rc:
                lost.append(name)
        return not lost

    return pings
