# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that go and come while services are changed."""

from __future__ import annotations

import time

import pytest
from rollouts import SECOND, Swarm, at_once, replicas, service, shell

SIMPLE = shell("trap 'exit 0' TERM; while :; do sleep 0.1; done")


@pytest.fixture
def node(newest):
    """The third node, drained, lost, and as it was in the end."""
    found = {raw["Description"]["Hostname"]: raw for raw in newest.client.get("/nodes")}["node3"]

    def set_availability(word):
        now = newest.client.get(f"/nodes/{found['ID']}")
        spec = {**now["Spec"], "Availability": word}
        newest.client.post(f"/nodes/{found['ID']}/update", spec, version=now["Version"]["Index"])

    yield found["ID"], set_availability
    set_availability("active")


def test_a_global_service_with_a_node_drained(newest, node):
    node_id, set_availability = node
    set_availability("drain")
    assert newest.begin("agent", service(SIMPLE, mode={"Global": {}})).reason == "done"
    assert newest.states("agent") == ["running"] * 2
    assert newest.change("agent", service(SIMPLE, mode={"Global": {}}, container={"Env": ["A=1"]})).reason == "done"
    set_availability("active")
    assert newest.wait("agent").reason == "done"
    assert newest.states("agent") == ["running"] * 3


def test_a_global_job_with_a_node_drained(newest, node):
    node_id, set_availability = node
    set_availability("drain")
    job = service(shell("exit 0"), mode={"GlobalJob": {}}, RestartPolicy={"Condition": "none"})
    assert newest.begin("job", job).reason == "done"
    assert node_id not in {task["NodeID"] for task in newest.tasks("job")}


@pytest.fixture
def machine(newest, until):
    """The third machine, which a test may stop; it comes back in the end."""
    lost = Swarm("node3")
    yield lost
    lost.start()
    until(lambda: all(node["Status"]["State"] == "ready" for node in newest.client.get("/nodes")))


def test_a_node_that_is_lost_during_an_update(newest, oldest, machine):
    web = service(SIMPLE, mode=replicas(3), update={"Delay": 4 * SECOND, "Monitor": SECOND})
    assert newest.begin("web", web).reason == "done"

    def lose():
        deadline = time.monotonic() + 60
        while (newest.read("web").get("UpdateStatus") or {}).get("State") != "updating":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        machine.stop()

    changed = {**web, "TaskTemplate": {**web["TaskTemplate"], "ForceUpdate": 1}}
    end, _lost = at_once(lambda: newest.change("web", changed, timeout=150), lose)
    assert end.reason == "done", end.message
    nodes = {node["ID"]: node["Status"]["State"] for node in oldest.client.get("/nodes")}
    assert sorted(nodes.values()) == ["down", "ready", "ready"]
    running = [t for t in oldest.tasks("web", **{"desired-state": ["running"]}) if nodes[t["NodeID"]] == "ready"]
    assert [task["Status"]["State"] for task in running] == ["running"] * 3
