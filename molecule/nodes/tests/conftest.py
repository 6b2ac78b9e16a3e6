# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes as docker shows them, and a swarm that every test finds as it was formed."""

from __future__ import annotations

import pytest

# Ignores the signal to stop, so that a task of it is there until it is killed.
STUBBORN = "trap : TERM; while :; do sleep 1; done"


@pytest.fixture
def nodes(docker):
    """Every node as ``{hostname: {role, availability, labels}}``, as docker shows it."""

    def nodes():
        shown = {}
        for node in docker("node", "inspect", *docker("node", "ls", "--quiet").split()):
            spec = node["Spec"]
            shown[node["Description"]["Hostname"]] = (spec["Role"], spec["Availability"], spec["Labels"])
        return shown

    return nodes


@pytest.fixture
def on(host):
    """Another machine of the lab."""
    return lambda name: host.get_host(f"ansible://{name}")


@pytest.fixture
def stubborn(host, docker, on, until):
    """A task on every node that takes eight seconds to stop."""
    docker(
        "service", "create", "--detach", "--no-resolve-image", "--name", "stubborn", "--mode", "global",
        "--stop-grace-period", "8s", "flotilla/web:1", "sh", "-c", STUBBORN,
    )  # fmt: skip
    until(lambda: docker("service", "ps", "stubborn", "--format", "{{.CurrentState}}").count("Running") == 4)
    yield
    docker("service", "rm", "stubborn")
    until(lambda: not on("node4").check_output("docker ps --quiet"))


@pytest.fixture(autouse=True)
def as_formed(run, nodes):
    """Give every node the role, availability and labels back that it had when the swarm was formed."""
    yield
    wanted = [
        {"hostname": name, "role": "worker" if name == "node4" else "manager", "availability": "active"}
        for name in nodes()
    ]
    result = run("node", nodes=wanted, labels={}, labels_state="replace", labels_to_remove=["flotilla.swarm.host"])
    assert "msg" not in result, result["msg"]
