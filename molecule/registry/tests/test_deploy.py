# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deploy makes sure of before it changes anything: images on the nodes, and nodes that are logged in."""

from __future__ import annotations

import os
import re

import pytest
from direct import engine
from plays import play
from registry.tests.conftest import CONFIG, NODES

testinfra_hosts = ["ansible://node1"]

LABEL = "flotilla.swarm.pre_pull"
MINE = re.compile(r"/team/(pulled|empty)[:@]")
# An address that nothing listens at.
DEAD = {"ansible_host": "127.0.0.1", "ansible_port": 9}


@pytest.fixture(scope="module")
def pushed():
    """Images in the registry by name; no node keeps one."""
    found = {}
    yield found
    for client in map(engine, NODES):
        for raw in client.get("/images/json", filters={"reference": ["*/team/pulled", "*/team/empty"]}):
            for name in (*(raw.get("RepoTags") or ()), *(raw.get("RepoDigests") or ())):
                # Another name may hold the same image.
                if MINE.search(name) and client.find(f"/images/{name}/json"):
                    client.delete(f"/images/{name}", force=True)


@pytest.fixture
def image(on, address, pushed):
    """Name of an image in the registry that no node has ever had."""

    def image(tag, version=1):
        name = f"{address}/team/pulled:{tag}"
        if name not in pushed:
            on("node7", f"docker tag flotilla/web:{version} {name} && docker push --quiet {name}")
            pushed[name] = version
        return name

    return image


@pytest.fixture
def empty(on, address):
    """An image without any program in the registry."""
    name = f"{address}/team/empty:1"
    on("node7", f"mkdir -p /tmp/empty && date > /tmp/empty/file && tar -C /tmp/empty -c . | docker import - {name}")
    on("node7", f"docker push --quiet {name}")
    return name


@pytest.fixture
def have():
    """The nodes that have an image."""
    return lambda image: {node for node in NODES if engine(node).find(f"/images/{image}/json")}


def service(image, **more):
    """One service that runs once, on a worker."""
    deploy = {"placement": {"constraints": ["node.role == worker"]}, "update_config": {"monitor": "1s"}}
    return {"image": image, "command": "sleep 1000", "stop_grace_period": "1s", "deploy": deploy, **more}


def stack(services, **more):
    """The stack as options of the module."""
    return {"name": "pulls", "compose": [{"services": services, "networks": {}}], **more}


@pytest.fixture
def jobs():
    """Names of the jobs that pull."""
    return lambda: [raw["Spec"]["Name"] for raw in engine("node1").get("/services", filters={"label": [LABEL]})]


@pytest.fixture
def index():
    """How often the service was written."""
    return lambda: engine("node1").get("/services/pulls_web")["Version"]["Index"]


def test_new_images_are_on_every_node_that_may_run_them(run, docker, image, empty, have, jobs):
    first = image(1)
    # What a run has left that was killed.
    job = ["--mode", "global-job", "--label", f"{LABEL}=pulls", "--name", "flotilla-pre-pull-left"]
    docker("service", "create", "--quiet", "--detach", *job, "flotilla/web:1", "true")
    docker("node", "update", "--availability", "drain", "node5")
    wanted = stack({"web": service(first)}, pre_pull=True, resolve_image="always")
    planned = run("stack", check=True, **wanted)
    assert (planned["changed"], have(first), len(jobs())) == (True, set(), 1)
    pulled = planned["stack"]["pulled"]
    assert [(one["services"], one["nodes"]) for one in pulled] == [(["pulls_web"], ["node4"])]
    assert pulled[0]["image"].startswith(f"{first}@sha256:")

    done = run("stack", **wanted)
    assert done["stack"]["pulled"] == pulled, done
    assert (have(pulled[0]["image"]), jobs()) == ({"node4"}, [])
    docker("node", "update", "--availability", "active", "node5")
    again = run("stack", **wanted)
    assert (again["changed"], again["stack"]["pulled"], have(pulled[0]["image"])) == (False, [], {"node4"})

    # An image without a program cannot run, but nodes can have it.
    run("stack", **{**stack({"web": service(empty)}, pre_pull=True, wait=False), "name": "empty"})
    assert (have(empty), jobs()) == ({"node4", "node5"}, [])
    run("stack", name="empty", state="absent")


def test_a_node_that_cannot_pull_stops_the_stack(run, on, image, address, index, have, jobs):
    second, before = image(2, 2), index()
    aside = f"/etc/docker/certs.d/{address} /root/certificates"
    on("node5", f"mv {aside}")
    wanted = stack({"web": service(second), "more": service(image(3))}, pre_pull=True)
    try:
        failed = run("stack", **wanted)
    finally:
        on("node5", "mv {1} {0}".format(*aside.split()))
    assert failed["failure"]["reason"] == "pre_pull_failed", failed
    assert set(failed["failure"]["images"]) == {second, image(3)}
    assert {node for nodes in failed["failure"]["images"].values() for node in nodes} == {"node5"}
    assert f"image {second} of service pulls_web: No such image: {second} on node5" in failed["msg"]
    assert (failed["changed"], index(), jobs()) == (False, before, [])
    assert have(second) == {"node4"}


def test_every_node_must_be_logged_in(run, on, docker, image, address, index, have, jobs):
    wanted = {"web": service(image(2, 2))}
    groups = {"swarm_managers": NODES[:3], "swarm_workers": {**dict.fromkeys(NODES[3:], {}), "dead": DEAD}}
    before = index()

    def deploy(*options, services=None, **variables):
        stacks = [stack(services or wanted)]
        return play("flotilla.swarm.deploy", groups, *options, swarm_stacks=stacks, **variables)

    for node in ("node3", "node5"):
        on(node, f"mv {CONFIG} {CONFIG}.aside")
    try:
        failed = deploy(swarm_networks=[{"name": "never"}])
    finally:
        for node in ("node3", "node5"):
            on(node, f"mv {CONFIG}.aside {CONFIG}")
    assert failed.status == 2
    assert f"{address} (for {image(2)}): no credentials on node3, node5 log all nodes in" in failed.text
    assert (index(), docker("network", "ls", "--quiet", "--filter", "name=never")) == (before, "")
    done = deploy(swarm_deploy_pre_pull=True)
    assert (done.status, done.recap["node1"][0]) == (0, 1), done.printed
    assert index() > before
    assert (have(image(2)), jobs()) == ({"node4", "node5"}, [])

    # The images of Docker Hub are nobody's concern who is not logged in there.
    public = deploy("--check", services={"web": service("flotilla/web:1")})
    asked = public.printed.partition("Look for the credentials of every node")[2].partition("TASK")[0]
    assert "node4" not in asked.replace("skipping: [node4]", "")
    run("stack", name="pulls", state="absent")


def test_what_a_host_is_logged_in_to(run, address):
    asked = run("registry_info", images=[f"{address}/team/web:1", "nginx"], verify="registry")
    mine, hub = asked["registries"]
    assert (mine["registry"], mine["resolved"], mine["username"], mine["verified"]) == (address, True, "deployer", True)
    assert (hub["registry"], hub["resolved"], hub["error"]) == ("docker.io", False, None)
    assert os.path.basename(asked["config_path"]) == "config.json"
