# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as docker shows them, and an engine without those of the test before."""

from __future__ import annotations

import pytest
from direct import call, engine

from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import WAIT
from ansible_collections.flotilla.swarm.plugins.module_utils.network.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.network.fields import NETWORK_OPTIONS
from ansible_collections.flotilla.swarm.plugins.module_utils.network.info import NETWORK_INFO, look_up

OF_THE_ENGINE = {"bridge", "docker_gwbridge", "host", "none", "ingress"}


@pytest.fixture
def client(host):
    """The host's Engine."""
    return engine(host.backend.host)


def runner(client):
    """The work of a module on an Engine; test_tasks.py has what takes a task."""
    modules = {
        "network": lambda check: (lambda client, params: ensure(client, params, check), (NETWORK_OPTIONS, WAIT)),
        "network_info": lambda _check: (look_up, (NETWORK_INFO,)),
    }

    def run(module, check=False, **options):
        work, tables = modules[module](check)
        return call(work, tables, client, **options)

    return run


@pytest.fixture
def run(client):
    """A run on the host's Engine."""
    return runner(client)


@pytest.fixture
def other_run(host):
    """Another run on the same Engine, with a connection of its own."""
    return runner(engine(host.backend.host))


@pytest.fixture
def networks(client):
    """Every network that a test made, as ``{name: what the Engine says}``."""

    def networks():
        return {raw["Name"]: raw for raw in client.get("/networks") if raw["Name"] not in OF_THE_ENGINE}

    return networks


@pytest.fixture
def service(docker, until):
    """Start a service of one task on node4 that takes a few seconds to stop."""

    def service(*options):
        docker(
            "service", "create", "--detach", "--no-resolve-image", "--name", "web", "--stop-grace-period", "3s",
            "--constraint", "node.hostname==node4", *options, "flotilla/web:1",
            "sh", "-c", "trap : TERM; while :; do sleep 1; done",
        )  # fmt: skip
        until(lambda: "Running" in docker("service", "ps", "web", "--format", "{{.CurrentState}}"))

    return service


@pytest.fixture(autouse=True)
def as_formed(run, client, networks):
    """Remove what the test made; with the configurations last, which other networks may use."""
    yield
    for kind in ("services", "configs"):
        for raw in client.get(f"/{kind}"):
            client.delete(f"/{kind}/{raw['ID']}")
    for name, raw in sorted(networks().items(), key=lambda item: item[1]["ConfigOnly"]):
        result = run("network", name=name, state="absent", scope=raw["Scope"])
        assert "msg" not in result, result["msg"]
