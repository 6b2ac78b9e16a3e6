# SPDX-License-Identifier: GPL-3.0-or-later
"""What is put in the way of packets is found, with the hosts that have to do with it, and nothing else is."""

import contextlib
from pathlib import Path

import pytest
import testinfra
from plays import play

NAMES = ("node1", "node3", "node5")
GROUPS = {"swarm_managers": ["node1"], "swarm_workers": ["node3", "node5"]}
ENTRY_POINTS = Path(__file__).parents[1] / "entry_points.yml"
FOUND = "cannot be reached from"

# An Engine that joins has errors of its own in a kernel that lacks what it looks for.
SETTLED = "timeout 30 sh -c 'until docker network inspect ingress | grep -q ingress-sbox; do sleep 0.2; done'"
CURSOR = "journalctl --unit docker --lines 0 --show-cursor | sed -n 's/^-- cursor: //p'"


def preflight(*options, playbook="flotilla.swarm.preflight", **variables):
    return play(playbook, GROUPS, *options, **{"preflight_clock_tolerance": 60, **variables})


@pytest.fixture(scope="module")
def machines():
    """The machines by name."""
    return {name: testinfra.get_host(f"ansible://{name}") for name in NAMES}


@pytest.fixture(scope="module")
def at(machines):
    """Their addresses by name."""
    return {name: machine.ansible.get_variables()["ansible_host"] for name, machine in machines.items()}


@pytest.fixture
def rules(machines):
    """Put rules into the firewalls of machines while a test goes on: ``rules(node1="INPUT -p udp -j DROP")``."""
    with contextlib.ExitStack() as undo:

        def put(**wanted):
            for name, texts in wanted.items():
                for text in [texts] if isinstance(texts, str) else texts:
                    chain, rule = text.split(" ", 1)
                    machines[name].check_output(f"iptables -I {chain} {rule}")
                    undo.callback(machines[name].check_output, f"iptables -D {chain} {rule}")

        yield put


def listeners(machines):
    """The machines on which a listener is left."""
    return [name for name, machine in machines.items() if machine.file("/run/flotilla-swarm-probe.sock").exists]


def test_closed_ports(machines, at, rules):
    rules(
        node1=f"INPUT -p tcp --dport 2377 -s {at['node5']} -j DROP",
        node3=[
            f"INPUT -p udp --dport 4789 -s {at['node1']} -j DROP",
            f"OUTPUT -p udp --dport 7946 -d {at['node1']} -j DROP",
        ],
        node5=[
            f"INPUT -p tcp --dport 7946 -s {at['node3']} -j REJECT --reject-with tcp-reset",
            # No goodbye of node1 comes through.
            f"INPUT -p udp -m multiport --dports 7946,4789 -s {at['node1']} -j DROP",
        ],
    )
    outcome = preflight()
    for sentence in (
        f"on node1 2377/tcp {FOUND} node5: no answer",
        f"on node3 4789/udp {FOUND} node1: no answer",
        f"on node1 7946/udp {FOUND} node3: kept back",
        f"on node5 7946/tcp {FOUND} node3: refused",
        f"on node5 7946/udp and 4789/udp {FOUND} node1: no answer",
    ):
        assert sentence in outcome.text
    assert outcome.text.count(" error ports ") == 5
    assert outcome.status == 2
    assert listeners(machines) == []
    ports = {name: machine.check_output("ss -Hlnt") for name, machine in machines.items()}
    assert not [name for name, told in ports.items() if ":2377" in told or ":7946" in told]


def test_ports_that_are_open_again(machines):
    outcome = preflight("--check", preflight_fail_on="warning")
    assert "nothing found" in outcome.text
    assert outcome.status == 0
    assert listeners(machines) == []


def test_ports_of_the_play_that_comes_later(at, rules):
    rules(node3=f"INPUT -p udp --dport 4790 -s {at['node5']} -j REJECT")
    found = f"on node3 4790/udp {FOUND} node5"
    settings = {"data_path_port": 4790}
    outcome = preflight(playbook=ENTRY_POINTS, preflight_fail_on="never", swarm_cluster_settings=settings)
    first, second = outcome.text.split("PLAY [Probe the hosts]")
    assert "nothing found" in first
    assert found in second
    # There is nobody else to ask.
    alone = preflight("--limit", "node3", preflight_fail_on="warning", swarm_cluster_settings=settings)
    assert "nothing found" in alone.text


def test_small_packets_other_addresses_and_subnets(machines, at, rules):
    """Nobody has the address that node1 seems to send from; node3 has a way back to it."""
    network = {"name": "web", "ipam_config": [{"subnet": f"{at['node1']}/32"}]}
    stranger = "192.0.2.77"
    rules(node1=f"POSTROUTING -t nat -p udp --dport 4789 -d {at['node3']} -j SNAT --to-source {stranger}")
    machines["node3"].check_output(f"ip route add {stranger} via {at['node1']}")
    machines["node5"].check_output("ip link set eth0 mtu 1400")
    try:
        outcome = preflight(preflight_fail_on="warning", swarm_networks=[network])
    finally:
        machines["node3"].check_output(f"ip route del {stranger}")
        machines["node5"].check_output("ip link set eth0 mtu 1500")
    ended = outcome.text.partition("preflight stops here")[2]
    assert f"what it sends from {at['node1']} arrives at node3 as if from {stranger}" in ended
    assert "the interface to the others takes packets of 1400 bytes, and overlay networks count on 1500" in ended
    assert "com.docker.network.driver.mtu: 1400" in outcome.text
    assert f"network web ({at['node1']}/32) overlaps with" in ended
    assert FOUND not in outcome.text


def test_a_swarm_in_service(machines, at, rules):
    """Its Engines hold the ports, and what is closed is found all the same; they go on as if nothing was."""
    manager = machines["node1"]
    manager.check_output("docker swarm init --data-path-port 4790")
    token = manager.check_output("docker swarm join-token --quiet worker")
    try:
        for name in ("node3", "node5"):
            machines[name].check_output(f"docker swarm join --token {token} {at['node1']}:2377")
        manager.check_output("docker network create --driver overlay --opt encrypted secret")
        for machine in machines.values():
            machine.check_output(SETTLED)
        cursors = {name: machine.check_output(CURSOR) for name, machine in machines.items()}
        # Nothing uses this port.
        rules(node3="INPUT -p udp --dport 4789 -j DROP")
        assert "nothing found" in preflight(preflight_fail_on="warning").text
        for name, machine in machines.items():
            told = machine.check_output(f"journalctl --unit docker --after-cursor '{cursors[name]}' --output cat")
            assert "level=error" not in told
            assert told.count("Decrypt packet failed") >= 2
        rules(node3=[f"INPUT -p {port} -s {at['node1']} -j DROP" for port in ("udp --dport 4790", "esp")])
        outcome = preflight()
        assert f"on node3 4790/udp and IP protocol 50 (ESP) {FOUND} node1: no answer" in outcome.text
        nodes = manager.check_output("docker node ls --format '{{.Status}}'")
        assert set(nodes.split()) == {"Ready"}
    finally:
        for name in reversed(NAMES):
            machines[name].run("docker swarm leave --force")
