# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that changes while services run."""

from __future__ import annotations

import pytest
from registry.tests.conftest import PASSWORD

testinfra_hosts = ["ansible://node1"]

NEWER = "newer-canary-of-the-registry-YmFy"
NODE = "node3"


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
    """Services of a private image on one node, and a job; no other node has ever heard of it."""
    image = f"{address}/team/late:1"
    on("node7", f"docker tag flotilla/web:2 {image} && docker push --quiet {image}")
    auth = [{"registry": address, "username": "deployer", "password": PASSWORD}]
    common = {"image": image, "stop_grace_period": "1s", "resolve_image": "always"}
    placed = {"constraints": ["node.labels.pulls==yes"], "replicas_max_per_node": 1}
    docker("node", "update", "--label-add", "pulls=yes", "node2")
    idle = {**common, "args": ["sleep", "10000"], "placement": placed}
    made = run(
        "service",
        check=False,
        registry_auth=auth,
        services=[
            {"name": "moved", **idle},
            {"name": "stale", **idle},
            {"name": "once", **common, "mode": "replicated-job", "args": ["true"], "placement": placed},
        ],
    )
    assert "msg" not in made, made["msg"]
    yield
    docker("service", "rm", "moved", "stale", "once")
    for node in ("node2", NODE):
        docker("node", "update", "--label-add", "pulls=no", node)


@pytest.fixture
def states(docker):
    """The states of the tasks that a service has on a node, with their errors."""

    def states(service):
        words = ("service", "ps", service, "--no-trunc", "--filter", f"node={NODE}", "--format")
        return docker(*words, "{{.CurrentState}} {{.Error}}")

    return states


def test_services_get_a_new_password_and_no_task_is_restarted(
    run, docker, on, address, services, password, states, until
):
    def tasks():
        return sorted(docker("service", "ps", "--quiet", "--no-trunc", "moved", "stale", "once", "private").split())

    before, job = tasks(), docker("service", "inspect", "once")[0]
    password(NEWER)
    newer = [{"registry": address, "username": "deployer", "password": NEWER}]
    named = ["moved", "once", "private"]
    planned = run("registry_refresh", check=True, registry_auth=newer, services=named)
    assert (planned["refreshed"], planned["changed"]) == (["moved", "private"], True)
    assert [one["name"] for one in planned["left_alone"]] == ["once"]
    versions = [raw["Version"]["Index"] for raw in docker("service", "inspect", "moved", "stale", "once")]
    done = run("registry_refresh", check=False, registry_auth=newer, services=named)
    assert done["refreshed"] == planned["refreshed"]
    after = [raw["Version"]["Index"] for raw in docker("service", "inspect", "moved", "stale", "once")]
    assert after[0] > versions[0]
    assert after[1:] == versions[1:]
    assert docker("service", "inspect", "once")[0] == job
    assert NEWER not in str(done)

    # Only what was refreshed can be pulled by a node that does not have it.
    docker("node", "update", "--label-add", "pulls=yes", NODE)
    docker("service", "scale", "--detach", "stale=2")
    until(lambda: "Rejected" in states("stale"))
    docker("service", "scale", "--detach", "moved=2")
    until(lambda: "Running" in states("moved"))
    assert set(before) <= set(tasks())


def test_without_credentials_nothing_is_written(run, docker):
    version = docker("service", "inspect", "private")[0]["Version"]
    other = [{"registry": "registry.example.com", "username": "a", "password": "b-of-nobody"}]
    result = run("registry_refresh", check=False, registry_auth=other)
    assert (result["changed"], result["refreshed"], result["left_alone"]) == (False, [], [])
    assert docker("service", "inspect", "private")[0]["Version"] == version
    unknown = run("registry_refresh", check=False, registry_auth=other, services=["nothing"])
    assert unknown["failure"]["reason"] == "unknown_service"


def test_one_command_after_a_password_change(login, docker, password, address, auths):
    version = docker("service", "inspect", "private")[0]["Version"]["Index"]
    password(NEWER)
    outcome = login("-vvvv", playbook="flotilla.swarm.registry_refresh", password=NEWER)
    assert outcome.changed
    assert NEWER not in outcome.printed
    assert docker("service", "inspect", "private")[0]["Version"]["Index"] > version
    password(PASSWORD)
    assert login(playbook="flotilla.swarm.registry_refresh").changed
