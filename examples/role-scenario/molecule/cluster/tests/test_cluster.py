# SPDX-License-Identifier: GPL-3.0-or-later
"""The swarm is what the inventory says."""

import json

testinfra_hosts = ["ansible://swarm_managers"]


def test_every_machine_is_a_node(host):
    lines = host.check_output("docker node ls --format '{{json .}}'").splitlines()
    nodes = {node["Hostname"]: node for node in map(json.loads, lines)}
    assert sorted(nodes) == ["node1", "node2", "node3"]
    assert {node["Status"] for node in nodes.values()} == {"Ready"}
    assert nodes["node1"]["ManagerStatus"] == "Leader"


def test_nodes_have_their_labels(host):
    for name in ("node1", "node2", "node3"):
        assert host.check_output(f"docker node inspect --format '{{{{.Spec.Labels.zone}}}}' {name}") == "west"
