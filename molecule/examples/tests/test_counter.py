# SPDX-License-Identifier: GPL-3.0-or-later
"""Visits are counted by whichever task is asked, through nginx on any node, and outlive the database's container."""

from __future__ import annotations

import json

testinfra_hosts = ["ansible://node1"]

NODES, PORT = ("node1", "node2", "node3"), 8081


def test_every_node_serves_the_page(ask):
    assert all("<title>Counter</title>" in ask(node, PORT).text for node in NODES)


def test_all_tasks_count_in_one_database(ask, until):
    tasks, counts = set(), []

    def visit():
        answer = json.loads(ask(NODES[len(counts) % 3], PORT, "/api/visits", "POST").text)
        tasks.add(answer["task"])
        counts.append(answer["visits"])
        return len(tasks) == 3 and len(counts) >= 9

    until(visit)
    assert counts == list(range(counts[0], counts[0] + len(counts)))
    assert json.loads(ask("node1", PORT, "/api/visits").text)["visits"] == counts[-1]


def test_no_address_stands_for_several_tasks(host):
    form = "{{.Spec.EndpointSpec.Mode}} {{len .Endpoint.VirtualIPs}}"
    for service in ("counter_api", "counter_db", "counter_front"):
        assert host.check_output(f"docker service inspect --format '{form}' {service}") == "dnsrr 0"


def test_the_count_outlives_the_container_of_the_database(ask, docker, until):
    before = ask("node1", PORT, "/api/visits").text
    docker("service", "update", "--quiet", "--force", "counter_db")
    until(lambda: ask("node1", PORT, "/api/visits").status == 200)
    assert json.loads(ask("node1", PORT, "/api/visits").text)["visits"] == json.loads(before)["visits"]
