# SPDX-License-Identifier: GPL-3.0-or-later
"""Services as the Engine holds them, and a swarm without services and networks of the test before."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from plays import play

PLAYBOOK = Path(__file__).resolve().parents[1] / "service.yml"
SOCKET, LOG = "/run/counter.sock", "/run/counter.log"
UNITS = itertools.count()


@pytest.fixture
def make(run):
    """Run module service, which must succeed."""

    def make(check=False, **options):
        result = run("service", check=check, **options)
        assert "msg" not in result, result["msg"]
        return result

    return make


@pytest.fixture
def fail(run):
    """Run module service, which must fail for this reason; return its result."""

    def fail(reason, check=False, **options):
        result = run("service", check=check, **options)
        assert result.get("failure", {}).get("reason") == reason, result
        return result

    return fail


@pytest.fixture
def difference(host):
    """Run module service in a playbook, failed or not, and return the lines of the diff that it shows."""

    def difference(*arguments, **options):
        outcome = play(PLAYBOOK, {"swarm_managers": [host.backend.host]}, "--diff", *arguments, wanted=options)
        lines = [line for line in outcome.printed.splitlines() if line.startswith(("-", "+"))]
        return [line[0] + line[1:].removeprefix("    ") for line in lines if not line.startswith(("---", "+++"))]

    return difference


@pytest.fixture
def service(docker):
    """A service as the Engine holds it."""
    return lambda name="web": docker("service", "inspect", name)[0]


@pytest.fixture
def versions(docker):
    """The versions of these services: each write makes a new one."""
    return lambda *names: {raw["Spec"]["Name"]: raw["Version"]["Index"] for raw in docker("service", "inspect", *names)}


@pytest.fixture
def counter(host, until):
    """Start a way to the Engine that counts; return the option for it, and what tells the requests since then."""
    units = []

    def counter(limit=""):
        units.append(f"counter-{next(UNITS)}")
        words = [
            "systemd-run",
            "--quiet",
            f"--unit={units[-1]}",
            "/usr/bin/python3",
            "/usr/local/bin/counter.py",
            SOCKET,
            LOG,
            str(limit),
        ]
        host.check_output(" ".join(["rm", "-f", SOCKET, ";", *words]))
        until(lambda: host.file(SOCKET).exists)
        return {"docker_host": f"unix://{SOCKET}"}, lambda: host.check_output(f"cat {LOG}").splitlines()

    yield counter
    for unit in units:
        host.check_output("systemctl stop %s", unit)


@pytest.fixture(autouse=True)
def nothing_left(docker, until):
    """Remove what the test has left."""
    yield
    left = docker("service", "ls", "--format", "{{.Name}}").split()
    if left:
        docker("service", "rm", *left)
    until(lambda: not docker("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name"))
