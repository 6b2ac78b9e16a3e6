# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall's rules, on a host whose own rules drop what comes in: closed means closed, and open works again."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]

NODES, WEB, AT_NODE2 = ("node1", "node2", "node3"), 8080, 8082
CLOSED = "INPUT --protocol udp --dport 4789 --jump DROP"
# The Engine's own rule for each encrypted network: what comes for it without IPsec.
ENGINES_DROP = "iptables --list INPUT --verbose --exact --numeric | awk '/policy match dir in pol none/ { print $1 }'"
# From a raw socket, as the Engine would have the kernel encrypt what a node sends in its own name.
FORGE = """
import socket, struct, sys
source, target, network = sys.argv[1:]
frame = bytes(60)
vxlan = struct.pack("!II", 0x08000000, int(network) << 8) + frame
udp = struct.pack("!HHHH", 40000, 4789, 8 + len(vxlan), 0) + vxlan
addresses = socket.inet_aton(source) + socket.inet_aton(target)
packet = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses + udp
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(packet, (target, 0))
"""


@pytest.fixture
def open_to(on, addresses):
    """Whether the web server's port on node2 is open to another node."""

    def open_to(name):
        page = f"http://{addresses['node2']}:{WEB}/cgi-bin/index.cgi"
        return on(name).run("curl --silent --fail --max-time 5 %s", page).succeeded

    return open_to


def test_preflight_finds_a_node_that_vxlan_does_not_reach(on, playbook):
    on("node3").check_output(f"iptables --insert {CLOSED}")
    try:
        status, printed = playbook("preflight")
    finally:
        on("node3").check_output(f"iptables --delete {CLOSED}")
    assert status
    assert "on node3 4789/udp cannot be reached from any other host: no answer" in printed


def test_without_its_rule_there_is_no_esp_and_published_ports_are_for_whom_they_are(
    playbook, addresses, task, between, fetch, open_to, eventually
):
    assert [open_to("node1"), open_to("node3")] == [True, True]
    assert len(fetch("node1", "at-node2")) == 1
    on_node2 = {"firewall_encrypted": False, "swarm_published_ports_allow": {WEB: [addresses["node1"]]}}
    status, printed = playbook("firewall", "--limit", "node2", **on_node2)
    assert not status, printed
    answers = []
    seen = between("node2", lambda: answers.extend(fetch("node1", "at-node2")))
    assert answers == []
    assert seen["esp"], "nothing came as far as node2"
    eventually(lambda: [task(name, AT_NODE2) is None for name in NODES], [False, False, False])
    assert [task(name, WEB) is None for name in NODES] == [False, True, False]
    assert [open_to("node1"), open_to("node3")] == [True, False]

    status, printed = playbook("firewall", "--limit", "node2")
    assert not status, printed
    eventually(lambda: len(fetch("node1", "at-node2")), 1)
    eventually(lambda: [task(name, WEB) is None for name in NODES], [False, False, False])


def test_nobody_forges_plain_vxlan_of_an_encrypted_network(on, addresses, vxlan_ids):
    """The rules that let nodes in have been loaded since the Engine has made its own, and leave that above them."""
    (network,) = vxlan_ids("safe")
    before = int(on("node2").check_output(ENGINES_DROP))
    on("node3").check_output("python3 -c %s %s %s %s", FORGE, addresses["node1"], addresses["node2"], str(network))
    assert int(on("node2").check_output(ENGINES_DROP)) == before + 1
