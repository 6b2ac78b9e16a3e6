# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that changes while services run, and a node that is lost afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from registry.tests.conftest import NODES, PASSWORD

testinfra_hosts = ["ansible://node1"]

NEWER = "newer-canary-of-the-registry-YmFy"
MANAGERS = NODES[:3]
ALL = ("moved", "stale", "once", "private")
LOST, OTHER = "node4", "node5"
LAB = Path(__file__).resolve().parents[2] / "lab" / "lab.py"


@pytest.fixture
def password(on, address, until):
    """Change the password of the registry's user; afterwards it is the old one again."""

    def change(text):
        on("node7", f"printf %s {text} | htpasswd -i -B -C 5 /etc/docker/registry/users deployer")
        on("node7", "systemctl restart docker-registry")
        ask = f"curl -sk -o /dev/null -w %{{http_code}} -u deployer:{text} https://{address}/v2/"
        until(lambda: on("node7", ask + " || true").endswith("200"))

    yield change
    change(PASSWORD)


@pytest.fixture
def services(run, docker, on, address):
    """Services of a private image on one node, and a job; the node that may take them over has not heard of it."""
    images = [f"{address}/team/{name}:1" for name in ("moved", "stale")]
    for image in images:
        # What an Engine has pulled by its digest it takes from its own store the next time, also after the image was
        # removed, and asks nobody: each of these has never been anywhere before.
        text = f"FROM flotilla/web:2\\nLABEL made={time.time_ns()}"
        on("node7", f"printf '{text}' | docker build --quiet --tag {image} - && docker push --quiet {image}")
    docker("node", "update", "--label-add", "pulls=yes", LOST)
    placed = {"constraints": ["node.labels.pulls==yes"]}
    common = {"placement": placed, "stop_grace_period": "1s", "resolve_image": "always"}
    idle = {**common, "args": ["sleep", "10000"], "update_config": {"monitor": "1s"}}
    made = run(
        "service",
        check=False,
        registry_auth=[{"registry": address, "username": "deployer", "password": PASSWORD}],
        services=[
            {"name": "moved", "image": images[0], **idle},
            {"name": "stale", "image": images[1], **idle},
            {"name": "once", "image": images[0], **common, "mode": "replicated-job", "args": ["true"]},
        ],
    )
    assert "msg" not in made, made["msg"]
    yield
    docker("service", "rm", "moved", "stale", "once")
    for node in (LOST, OTHER):
        docker("node", "update", "--label-rm", "pulls", node)


@pytest.fixture
def states(docker):
    """The states of the tasks that a service has on the other node, with their errors."""

    def states(service):
        words = ("service", "ps", service, "--no-trunc", "--filter", f"node={OTHER}", "--format")
        return docker(*words, "{{.CurrentState}} {{.Error}}")

    return states


@pytest.fixture
def lose(docker, on, until, login):
    """Stop the machine of a node; afterwards it is back, and the managers are logged in as they were."""

    def lab(command):
        words = [sys.executable, LAB, command, LOST, "--name", os.environ["LAB_NAME"]]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL)

    def lose():
        assert lab("stop").wait() == 0

    yield lose
    started = lab("start")
    assert login(nodes=MANAGERS).status == 0
    assert started.wait() == 0
    until(lambda: docker("node", "inspect", LOST, "--format", "{{.Status.State}}").strip() == "ready")


def test_services_get_a_new_password_and_no_task_is_restarted(
    lose, password, services, run, login, docker, address, states, until
):
    def tasks():
        return sorted(docker("service", "ps", "--quiet", "--no-trunc", *ALL).split())

    def versions():
        return [raw["Version"]["Index"] for raw in docker("service", "inspect", *ALL)]

    before, old, job = tasks(), versions(), docker("service", "inspect", "once")[0]
    password(NEWER)
    newer = [{"registry": address, "username": "deployer", "password": NEWER}]
    named = ["moved", "once", "private"]
    planned = run("registry_refresh", check=True, registry_auth=newer, services=named)
    assert (planned["refreshed"], planned["changed"]) == (["moved", "private"], True)
    assert [one["name"] for one in planned["left_alone"]] == ["once"]
    assert versions() == old
    done = run("registry_refresh", check=False, registry_auth=newer, services=named)
    assert done["refreshed"] == planned["refreshed"]
    assert NEWER not in str(done)
    assert [new > known for new, known in zip(versions(), old)] == [True, False, False, True]
    assert docker("service", "inspect", "once")[0] == job
    assert tasks() == before

    # A node takes over that has to pull: the old password is good for nothing, and only one service has the new one.
    docker("node", "update", "--label-add", "pulls=yes", OTHER)
    lose()
    until(lambda: "Running" in states("moved"))
    until(lambda: "Rejected" in states("stale"))
    assert "Running" not in states("stale")

    # One command for all, and a node that is not there is no obstacle.
    nodes = (*MANAGERS, LOST)
    outcome = login("-vvvv", nodes=nodes, playbook="flotilla.swarm.registry_refresh", password=NEWER)
    assert NEWER not in outcome.printed
    assert {node for node, (_changed, unreachable, _failed) in outcome.recap.items() if unreachable} == {LOST}
    assert [failed for _changed, _unreachable, failed in outcome.recap.values()] == [0] * len(nodes)
    until(lambda: "Running" in states("stale"))


def test_without_credentials_nothing_is_written(run, docker):
    version = docker("service", "inspect", "private")[0]["Version"]
    other = [{"registry": "registry.example.com", "username": "a", "password": "b-of-nobody"}]
    result = run("registry_refresh", check=False, registry_auth=other)
    assert (result["changed"], result["refreshed"], result["left_alone"]) == (False, [], [])
    assert docker("service", "inspect", "private")[0]["Version"] == version
    unknown = run("registry_refresh", check=False, registry_auth=other, services=["nothing"])
    assert unknown["failure"]["reason"] == "unknown_service"
