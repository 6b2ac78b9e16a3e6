# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall's rules, on hosts whose own rules drop what comes in: what they close does not work, and works again."""

from __future__ import annotations

testinfra_hosts = ["ansible://node1"]

NODES, WEB = ("node1", "node2", "node3"), 8080
CLOSED = "INPUT --protocol udp --dport 4789 --jump DROP"


def test_preflight_finds_a_node_that_vxlan_does_not_reach(on, playbook):
    on("node3").check_output(f"iptables --insert {CLOSED}")
    try:
        status, printed = playbook("preflight")
    finally:
        on("node3").check_output(f"iptables --delete {CLOSED}")
    assert status
    assert "on node3 4789/udp cannot be reached from any other host: no answer" in printed


def test_without_its_rule_there_is_no_esp_and_published_ports_are_for_whom_they_are(
    playbook, addresses, task, between, fetch, on
):
    def open_to(name):
        """Whether the web server's port on node2 is open to another node."""
        page = f"http://{addresses['node2']}:{WEB}/cgi-bin/index.cgi"
        return on(name).run("curl --silent --fail --max-time 5 %s", page).succeeded

    assert all([open_to("node1"), open_to("node3"), fetch("node1", "vault"), fetch("node1", "web")])
    status, printed = playbook(
        "firewall", firewall_encrypted=False, swarm_published_ports_allow={WEB: [addresses["node1"]]}
    )
    assert not status, printed
    answers = []
    seen = between("node2", lambda: answers.extend(fetch("node1", "vault")))
    assert answers == []
    assert seen["esp"], "it came as far as node2"
    assert len(fetch("node1", "web", times=3)) == 3, "networks that are not encrypted go on"
    assert [task(name, WEB) for name in NODES] == [None, None, None]
    assert all(task(name, 8081) for name in NODES), "other ports go on"
    assert (open_to("node1"), open_to("node3")) == (True, False)

    status, printed = playbook("firewall")
    assert not status, printed
    assert fetch("node1", "vault")
    assert all(task(name, WEB) for name in NODES)
