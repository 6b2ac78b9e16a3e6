# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's playbook over made-up inventories, machines that are switched off, and engines as docker shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
import testinfra
from plays import play

SCENARIO = Path(__file__).resolve().parents[1]
MEMBERSHIP = "{{.Swarm.LocalNodeState}}{{with .Swarm.Cluster}} {{.ID}}{{end}}"
NODE = "{{.Description.Hostname}} {{.Spec.Role}} {{.Status.State}} {{index .Spec.Labels `flotilla.swarm.host`}}"


@pytest.fixture
def converge(host):
    """Run the roles with these hosts as managers and workers.

    Tests that have nothing to do with a host would be run last.
    """

    def converge(managers, workers, *options, playbook=SCENARIO / "converge.yml", **variables):
        return play(playbook, {"swarm_managers": managers, "swarm_workers": workers}, *options, **variables)

    return converge


@pytest.fixture(scope="session")
def on():
    """A machine of the lab."""
    return lambda name: testinfra.get_host(f"ansible://{name}")


@pytest.fixture(scope="session")
def address(on):
    """A machine's address."""
    return lambda name: on(name).ansible.get_variables()["ansible_host"]


@pytest.fixture(scope="session")
def state(on):
    """What the engine of a machine says of its membership: the state, and the swarm's ID on a manager."""
    return lambda name: on(name).check_output(f"docker info --format '{MEMBERSHIP}'").strip()


@pytest.fixture
def nodes(on):
    """``[hostname, role, state, host label]`` of every node, as a manager's docker shows them, sorted."""

    def nodes(manager):
        ask = f"docker node ls --quiet | xargs docker node inspect --format '{NODE}'"
        return sorted(line.split() for line in on(manager).check_output(ask).splitlines())

    return nodes


@pytest.fixture
def built():
    """What ``nodes`` is when these hosts are the swarm."""

    def built(managers, workers):
        declared = [(name, "manager") for name in managers] + [(name, "worker") for name in workers]
        return sorted([name, role, "ready", name] for name, role in declared)

    return built
