# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches the port of managers on node1, where nothing listens yet."""

testinfra_hosts = ["ansible://swarm_workers", "ansible://strangers"]


def knock(host, port):
    """Return whether a port answers at all, if only to say that nobody is there."""
    return host.run(f"timeout 3 bash -c '</dev/tcp/node1/{port}'").rc != 124


def test_only_nodes_reach_the_swarm(host):
    name = host.check_output("hostname")
    assert knock(host, 2377) is (name == "node2")
    assert knock(host, 7946) is (name == "node2")


def test_other_ports_are_as_they_were(host):
    assert host.run("timeout 3 bash -c '</dev/tcp/node1/22'").rc == 0
