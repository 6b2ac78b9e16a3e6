# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as docker shows them, and an engine without those of the test before."""

from __future__ import annotations

import pytest

OF_THE_ENGINE = {"bridge", "docker_gwbridge", "host", "none", "ingress"}


@pytest.fixture
def networks(docker):
    """Every network that a test made, as ``{name: what docker inspect says}``."""

    def networks():
        names = docker("network", "ls", "--format", "{{.Name}}").split()
        mine = [name for name in names if name not in OF_THE_ENGINE]
        return {raw["Name"]: raw for raw in docker("network", "inspect", *mine)} if mine else {}

    return networks


@pytest.fixture
def service(docker, until):
    """Start a service of one task on node4 that takes five seconds to stop."""

    def service(*options):
        docker(
            "service", "create", "--detach", "--no-resolve-image", "--name", "web", "--stop-grace-period", "5s",
            "--constraint", "node.hostname==node4", *options, "flotilla/web:1",
            "sh", "-c", "trap : TERM; while :; do sleep 1; done",
        )  # fmt: skip
        until(lambda: "Running" in docker("service", "ps", "web", "--format", "{{.CurrentState}}"))

    yield service
    if docker("service", "ls", "--quiet"):
        docker("service", "rm", "web")


@pytest.fixture(autouse=True)
def as_formed(run, networks):
    """Remove what the test made; with the configurations last, which other networks may use."""
    yield
    for name, raw in sorted(networks().items(), key=lambda item: item[1]["ConfigOnly"]):
        result = run("network", name=name, state="absent", scope=raw["Scope"])
        assert "msg" not in result, result["msg"]
