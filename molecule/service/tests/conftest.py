# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and their tasks as docker shows them, and a swarm without services for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play

PLAYBOOK = Path(__file__).resolve().parents[1] / "service.yml"
NODES = ("node1", "node2", "node3")


@pytest.fixture
def make(run):
    """Run module service, which must succeed."""

    def make(check=False, **options):
        result = run("service", check=check, **options)
        assert "msg" not in result, result["msg"]
        return result

    return make


@pytest.fixture
def difference(host):
    """Run module service in a playbook, and return the lines of the diff that it shows."""

    def difference(*arguments, **options):
        manager = host.backend.host
        outcome = play(PLAYBOOK, {"swarm_managers": [manager]}, "--diff", *arguments, wanted=options)
        assert outcome.changed == 1
        return [line for line in outcome.printed.splitlines() if line.startswith(("-", "+"))]

    return difference


@pytest.fixture
def service(docker):
    """A service as the Engine holds it."""
    return lambda name="web": docker("service", "inspect", name)[0]


@pytest.fixture
def services(docker):
    """The names of all services."""
    return lambda: docker("service", "ls", "--format", "{{.Name}}").split()


@pytest.fixture
def running(docker):
    """How many tasks of a service run."""

    def running(name="web"):
        shown = docker("service", "ps", name, "--filter", "desired-state=running", "--format", "{{.CurrentState}}")
        return shown.count("Running")

    return running


@pytest.fixture
def containers(host):
    """The names of the containers that run on all machines."""

    def containers():
        machines = [host.get_host(f"ansible://{name}") for name in NODES]
        return [name for m in machines for name in m.check_output("docker ps --format '{{.Names}}'").split()]

    return containers


@pytest.fixture(autouse=True)
def nothing_left(docker, services, containers, until):
    """Remove what the test has left."""
    yield
    left = services()
    if left:
        docker("service", "rm", *left)
    until(lambda: not containers())
