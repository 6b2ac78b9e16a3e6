# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a private image, written with credentials and then by somebody who has none."""

from __future__ import annotations

import json

import pytest
from plays import play
from registry.tests.conftest import CONFIG

testinfra_hosts = ["ansible://node1"]

# No node has the images; the second gets a task only once it has the label.
FIRST, SECOND = "node4", "node5"
# A registry that is not there, and an image that nodes have under its name.
ELSEWHERE = "127.0.0.1:9"
LABEL = "uses"


@pytest.fixture(scope="module")
def pushed():
    """Whether the images are in the registry, so that they are pushed once."""
    return []


@pytest.fixture
def image(on, address, pushed, docker):
    """Name of a private image with tags 1 and 2. Nodes lose it afterwards, and the services that used it."""
    name = f"{address}/team/used"
    if not pushed:
        for tag in (1, 2):
            pushed.append(on("node7", f"docker tag flotilla/web:{tag} {name}:{tag} && docker push -q {name}:{tag}"))
    docker("node", "update", "--label-add", f"{LABEL}=yes", FIRST)
    yield name
    services = docker("service", "ls", "--quiet", "--filter", "name=used").split()
    if services:
        docker("service", "rm", *services)
    for node in (FIRST, SECOND):
        docker("node", "update", "--label-add", f"{LABEL}=no", node)
        on(node, f"docker rmi -f {name}:1 {name}:2 {ELSEWHERE}/web:1")


@pytest.fixture
def service(run, image):
    """Run the module for a service of the image."""

    def service(**options):
        given = {
            "name": "used",
            "image": f"{image}:1",
            "args": ["sleep", "10000"],
            "stop_grace_period": "10ms",
            "update_config": {"monitor": "1s"},
            "placement": {"constraints": [f"node.labels.{LABEL}==yes"], "replicas_max_per_node": 1},
            **options,
        }
        return run("service", check=False, **given)

    return service


@pytest.fixture
def config(on):
    """Write docker's configuration of root on the manager, or leave it without one; afterwards it is as it was."""
    on("node1", f"cp -p {CONFIG} {CONFIG}.kept")

    def config(text=None):
        on("node1", f"rm -f {CONFIG}")
        if text is not None:
            on("node1", f"printf %s '{text}' > {CONFIG}")

    yield config
    on("node1", f"mv {CONFIG}.kept {CONFIG}")


@pytest.fixture
def states(docker):
    """What the tasks of a service on a node are doing, with their errors."""

    def states(node, service="used"):
        words = ("service", "ps", service, "--no-trunc", "--filter", f"node={node}", "--format")
        return docker(*words, "{{.Image}} {{.CurrentState}} {{.Error}}")

    return states


@pytest.fixture
def starts(docker, states, until):
    """Let the second node have a task as well, and wait until it runs or is rejected; return which."""

    def starts(service="used"):
        docker("node", "update", "--label-add", f"{LABEL}=yes", SECOND)
        docker("service", "scale", "--detach", f"{service}=2")
        until(lambda: " Running" in states(SECOND, service) or " Rejected" in states(SECOND, service))
        return "Rejected" if " Rejected" in states(SECOND, service) else "Running"

    return starts


@pytest.fixture
def version(docker):
    """How often the Engine has written a service, as it counts."""
    return lambda: docker("service", "inspect", "used")[0]["Version"]["Index"]


def done(result):
    """The result of a run that changed something."""
    assert "msg" not in result, result["msg"]
    assert result["changed"]
    return result


def test_none_are_sent_where_they_are_not_wanted(service, states, until):
    done(service(with_registry_auth=False, wait=False))
    until(lambda: "No such image" in states(FIRST))


def test_whoever_has_no_credentials_takes_none_away(run, service, states, starts, image, config, version):
    done(service())
    written = version()
    for options in ({}, {"with_registry_auth": True}):
        assert not service(**options)["changed"]
    assert version() == written
    config()
    done(service(labels={"a": "1"}, image=f"{image}:2"))
    assert ":2 Running" in states(FIRST)
    done(run("service", check=False, name="used", state="rolled_back"))
    assert ":1 Running" in states(FIRST)
    assert starts() == "Running"


def test_a_stack_goes_back_with_the_credentials_that_it_had(run, image, starts, config, on):
    deploy = {
        "placement": {"constraints": [f"node.labels.{LABEL}==yes"], "max_replicas_per_node": 1},
        "update_config": {"monitor": "1s"},
    }
    one = {"image": f"{image}:1", "command": ["sleep", "10000"], "stop_grace_period": "10ms", "deploy": deploy}
    done(run("stack", check=False, name="used", compose=[{"services": {"one": one}}]))
    config()
    on(FIRST, f"docker tag flotilla/web:1 {ELSEWHERE}/web:1")
    other = {"registry": ELSEWHERE, "username": "nobody", "password": "of-no-registry"}
    one.update(image=f"{ELSEWHERE}/web:1", command=["false"])
    result = run("stack", check=False, name="used", compose=[{"services": {"one": one}}], registry_auth=[other])
    assert "These services are again what they were: used_one" in result["msg"]
    assert starts("used_one") == "Running"


def test_what_cannot_be_read_is_a_warning_unless_it_is_wanted(service, refuse, config, version, image, tmp_path):
    done(service())
    config("{")
    playbook = tmp_path / "play.yml"
    label = {"name": "Add a label", "flotilla.swarm.service": {"name": "used", "labels": {"a": "1"}}}
    playbook.write_text(json.dumps([{"hosts": "node1", "gather_facts": False, "tasks": [label]}]), encoding="utf-8")
    outcome = play(playbook, {})
    assert outcome.changed == 1
    assert outcome.text.count("cannot be read: it is no JSON") == 1
    wanted = {"name": "used", "image": f"{image}:2", "with_registry_auth": True}
    assert f"{CONFIG} cannot be read" in refuse("service", "docker_config", version, **wanted)
