# SPDX-License-Identifier: GPL-3.0-or-later
"""Services, the nodes that their tasks run on, and nodes that are lost and come back."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager

import pytest
from direct import call, engine

from ansible_collections.flotilla.swarm.plugins.module_utils.rebalance.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.rebalance.fields import REBALANCE


@pytest.fixture
def client(host):
    """The host's Engine."""
    return engine(host.backend.host)


@pytest.fixture
def run(client):
    """The work of module rebalance on the host's Engine."""

    def run(module, check=False, **options):
        assert module == "rebalance"
        return call(lambda client, params: ensure(client, params, check), (REBALANCE,), client, **options)

    return run


@pytest.fixture
def create(client, where, until):
    """Start a service, and return when its tasks run; without replicas it is a global one."""

    def create(name, replicas, script="exec sleep 1000", **placement):
        container = {"Image": "flotilla/web:1", "Command": ["sh", "-c", script], "Env": ["NODE={{.Node.Hostname}}"]}
        update = {"Parallelism": 1, "Monitor": 300_000_000, "FailureAction": "pause", "Order": "stop-first"}
        spec = {
            "Name": name,
            "TaskTemplate": {"ContainerSpec": {**container, "StopGracePeriod": 1}, "Placement": placement},
            "Mode": {"Replicated": {"Replicas": replicas}} if replicas else {"Global": {}},
            "UpdateConfig": update,
        }
        client.post("/services/create", spec)
        until(lambda: sum(where(name).values()) == (replicas or 3))

    return create


@pytest.fixture
def where(client):
    """How many tasks of a service run on each node."""

    def where(name):
        names = {raw["ID"]: raw["Description"]["Hostname"] for raw in client.get("/nodes")}
        tasks = client.get("/tasks", filters={"service": [name], "desired-state": ["running"]})
        return dict(Counter(names[task["NodeID"]] for task in tasks if task["Status"]["State"] == "running"))

    return where


@pytest.fixture
def versions(client):
    """The index of the last write to each service."""
    return lambda: {raw["Spec"]["Name"]: raw["Version"]["Index"] for raw in client.get("/services")}


@pytest.fixture
def node(client):
    """A node as the swarm sees it."""
    return lambda name: next(raw for raw in client.get("/nodes") if raw["Description"]["Hostname"] == name)


@pytest.fixture
def lose(host, node, until):
    """Stop the Engine of a node until the swarm sees it down; the function that is returned brings it back."""

    def lose(name):
        machine = host.get_host(f"ansible://{name}")
        machine.check_output("systemctl stop docker.socket docker")
        until(lambda: node(name)["Status"]["State"] == "down")

        def find():
            machine.check_output("systemctl start docker")
            until(lambda: node(name)["Status"]["State"] == "ready")

        return find

    return lose


@pytest.fixture
def drained(client, node):
    """A node that takes no tasks for a while."""

    def make(name, availability):
        raw = node(name)
        spec = {**raw["Spec"], "Availability": availability}
        client.post(f"/nodes/{raw['ID']}/update", spec, version=raw["Version"]["Index"])

    @contextmanager
    def drained(name):
        make(name, "drain")
        try:
            yield
        finally:
            make(name, "active")

    return drained


@pytest.fixture(autouse=True)
def nothing_left(client, until):
    """Remove the services of the test."""
    yield
    for raw in client.get("/services"):
        client.delete(f"/services/{raw['ID']}")
    until(lambda: not client.get("/tasks"))
