# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's playbook over made-up inventories, and the swarm as docker shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play

PLAYBOOK = Path(__file__).resolve().parents[1] / "converge.yml"


@pytest.fixture
def converge(host):
    """Run the roles with these hosts as managers and workers.

    Tests that have nothing to do with a host would be run last.
    """

    def converge(managers, workers, *options, **variables):
        return play(PLAYBOOK, {"swarm_managers": managers, "swarm_workers": workers}, *options, **variables)

    return converge


@pytest.fixture
def nodes(docker):
    """Every node as ``{hostname: {role, state, availability, labels}}``; no hostname may be there twice."""

    def nodes():
        shown = docker("node", "inspect", *docker("node", "ls", "--quiet").split())
        found = {
            node["Description"]["Hostname"]: {
                "role": node["Spec"]["Role"],
                "state": node["Status"]["State"],
                "availability": node["Spec"]["Availability"],
                "labels": node["Spec"]["Labels"],
            }
            for node in shown
        }
        assert len(found) == len(shown)
        return found

    return nodes


@pytest.fixture
def roles(nodes):
    """Roles by hostname, of nodes that are up."""
    return lambda: {name: node["role"] for name, node in nodes().items() if node["state"] == "ready"}


@pytest.fixture
def swarm(docker):
    """What an Engine says of the swarm's settings."""
    return lambda: docker("info", "--format", "{{json .Swarm.Cluster}}")


@pytest.fixture
def on(host):
    """Another machine of the lab."""
    return lambda name: host.get_host(f"ansible://{name}")
