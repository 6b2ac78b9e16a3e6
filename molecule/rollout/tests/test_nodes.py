# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that go and come while services are changed."""

from __future__ import annotations

import time

import pytest
from rollouts import SECOND, Swarm, at_once, replicas, service, shell

SLOW = shell("sleep 8; touch /tmp/up; trap 'exit 0' TERM; while :; do sleep 0.1; done")
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
    """Its task was about to start, and the Engine's updater waits for it until the node is back."""
    slow = {"Healthcheck": {"Test": ["CMD", "test", "-f", "/tmp/up"], "Interval": SECOND // 2, "Retries": 100}}
    lost = next(n["ID"] for n in newest.client.get("/nodes") if n["Description"]["Hostname"] == "node3")
    web = service(SIMPLE, mode=replicas(3), Placement={"MaxReplicas": 2})
    assert newest.begin("web", web).reason == "done"
    changed = service(SLOW, mode=replicas(3), container=slow, Placement={"MaxReplicas": 2})

    def lose():
        deadline = time.monotonic() + 90
        while "starting" not in [t["Status"]["State"] for t in newest.tasks("web") if t.get("NodeID") == lost]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        machine.stop()

    end, _lost = at_once(lambda: newest.change("web", changed, timeout=200), lose)
    assert end.reason == "rollout_failed", end.message
    assert "of 3 running; the update waits for web." in end.message
    assert "on node3, which is down" in end.message
    assert oldest.read("web")["UpdateStatus"]["State"] == "updating"
