# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and configs as docker shows them, services that use them, and a swarm without any for every test."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def objects(docker):
    """All secrets, or configs, by name, as the engine holds them."""

    def objects(kind="secret"):
        ids = docker(kind, "ls", "--quiet").split()
        return {raw["Spec"]["Name"]: raw for raw in docker(kind, "inspect", *ids)} if ids else {}

    return objects


@pytest.fixture
def make(run):
    """Run a module, which must succeed."""

    def make(module, check=False, **options):
        result = run(module, check=check, **options)
        assert "msg" not in result, result["msg"]
        return result

    return make


@pytest.fixture
def service(docker, until):
    """Start a service that uses these secrets and configs, each ``SOURCE`` or ``SOURCE:TARGET``, and runs a script."""

    def service(name, secrets=(), configs=(), script="sleep 1000", *more):
        # A busy Engine tells late that a task has ended.
        monitor = "1s" if script.startswith("sleep") else "8s"
        words = ["--detach", "--no-resolve-image", "--update-monitor", monitor, "--stop-grace-period", "1s", *more]
        for kind, used in (("secret", secrets), ("config", configs)):
            for one in used:
                source, _colon, target = one.partition(":")
                words += [f"--{kind}", f"source={source},target={target or source}"]
        docker("service", "create", "--name", name, *words, "flotilla/web:1", "sh", "-c", script)
        until(lambda: "1/1" in docker("service", "ls", "--filter", f"name={name}", "--format", "{{.Replicas}}"))
        return look(name)

    def look(name):
        raw = docker("service", "inspect", name)[0]
        container = raw["Spec"]["TaskTemplate"]["ContainerSpec"]
        return SimpleNamespace(
            index=raw["Version"]["Index"],
            secrets=[(item["SecretName"], item["File"]["Name"]) for item in container.get("Secrets") or ()],
            configs=[(item["ConfigName"], item["File"]["Name"]) for item in container.get("Configs") or ()],
            running=docker("service", "ps", name, "--filter", "desired-state=running", "--format", "{{.CurrentState}}"),
        )

    service.look = look
    return service


@pytest.fixture
def read(docker, host):
    """A file in the task of a service, wherever it runs."""

    def read(service, path):
        words = ("service", "ps", service, "--filter", "desired-state=running", "--no-trunc", "--format")
        task, node, name = docker(*words, "{{.ID}} {{.Node}} {{.Name}}").split()
        machine = host.get_host(f"ansible://{node}")
        return machine.check_output("docker exec %s cat %s", f"{name}.{task}", path)

    return read


@pytest.fixture(autouse=True)
def nothing_left(docker, until):
    """Remove what the test has left."""
    yield
    for kind in ("service", "secret", "config"):
        left = docker(kind, "ls", "--quiet").split()
        if left:
            docker(kind, "rm", *left)
