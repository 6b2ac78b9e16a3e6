# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks that bring images to nodes, and what the engines of the nodes hold."""

from __future__ import annotations

import glob
import os

import pytest
from plays import play, play_and_kill

MANAGERS, WORKERS = ("node1", "node2", "node3"), ("node4",)
NODES = (*MANAGERS, *WORKERS)
BUILDER, REGISTRY = "node5", "node6"
PASSWORD = "word-of-the-images-cXV1eA"
DIRECTORY = ".flotilla-swarm-images"
DISTRIBUTE, PUBLISH = "flotilla.swarm.image_distribute", "flotilla.swarm.publish"


@pytest.fixture
def on(host):
    """What a command prints on a machine."""
    return lambda name, command: host.get_host(f"ansible://{name}").check_output(command)


@pytest.fixture
def address(on):
    """Name of the registry."""
    return on("node1", "ls /etc/docker/certs.d").split()[0]


@pytest.fixture
def build(on):
    """Build an image that there is nowhere else, and return its ID."""

    def build(machine, name, word):
        text = rf"FROM flotilla/web:1\nLABEL word={word}\n"
        return on(machine, f"printf '{text}' | docker build --quiet --tag {name} -").strip()

    return build


@pytest.fixture
def ids(host):
    """The ID that each machine has for a name, None where it has no such image."""

    def ids(name, machines=NODES):
        command = "docker image inspect --format '{{.Id}}' " + name
        answers = {machine: host.get_host(f"ansible://{machine}").run(command) for machine in machines}
        return {machine: answer.stdout.strip() or None for machine, answer in answers.items()}

    return ids


@pytest.fixture
def archives(on):
    """The files and directories that are left of archives, here and there."""

    def archives():
        find = f"find /root /home /tiny /tmp -name '*{DIRECTORY[1:]}*' -o -name '*.tar' 2>/dev/null || true"
        there = [f"{machine}:{line}" for machine in (*NODES, BUILDER) for line in on(machine, find).split()]
        return there + glob.glob(os.path.expanduser(f"~/{DIRECTORY}*"))

    return archives


def groups(**variables):
    """The inventory, with variables for some machines."""
    return {
        "swarm_managers": {name: variables.get(name, {}) for name in MANAGERS},
        "swarm_workers": {name: variables.get(name, {}) for name in WORKERS},
        "builders": {BUILDER: variables.get(BUILDER, {})},
    }


@pytest.fixture
def distribute():
    """Run the playbook; ``kill`` kills it at that moment."""

    def distribute(*options, images, kill=None, hosts=None, **variables):
        given = {"swarm_images": images, **variables}
        if kill:
            return play_and_kill(DISTRIBUTE, groups(**(hosts or {})), kill, *options, **given)
        return play(DISTRIBUTE, groups(**(hosts or {})), *options, **given)

    return distribute


@pytest.fixture
def publish(address):
    """Run the playbook with images to publish and a stack that uses one of them; the password is shown nowhere."""

    def publish(*options, images, stack, hosts=None, **variables):
        registry = {
            "registry": address,
            "username": "deployer",
            "password": "{{ lookup('ansible.builtin.env', 'GIVEN') }}",
            "ca_cert": f"{os.environ['MOLECULE_EPHEMERAL_DIRECTORY']}/registry-ca.crt",
        }
        given = {"swarm_registries": [registry], "swarm_publish": images, "swarm_stacks": [stack], **variables}
        done = play(PUBLISH, groups(**(hosts or {})), *options, environment={"GIVEN": PASSWORD}, **given)
        assert PASSWORD not in done.printed
        return done

    return publish


@pytest.fixture
def digest(on, address):
    """The digest that the registry has for a tag, as it is on its disk; nothing where it has no such tag."""

    def digest(repository, tag):
        folder = f"/var/lib/docker-registry/docker/registry/v2/repositories/{repository}/_manifests/tags/{tag}"
        return on(REGISTRY, f"cat {folder}/current/link 2>/dev/null || true").strip()

    return digest


@pytest.fixture
def stack(address):
    """A stack with a task of an image of the registry on every node."""

    def stack(image, **more):
        deploy = {"mode": "global", "update_config": {"monitor": "1s", "parallelism": 0}}
        web = {"image": f"{address}/{image}", "command": "sleep 100000", "stop_grace_period": "1s", "deploy": deploy}
        return {"name": "site", "compose": {"services": {"web": web}}, "resolve_image": "always", **more}

    return stack


@pytest.fixture
def running(host):
    """The images of the tasks that run, by node; none where the manager does not tell."""

    def running(manager="node1"):
        command = "docker service ps site_web --no-trunc --filter desired-state=running --format "
        wanted = "'{{.Node}} {{.Image}} {{.CurrentState}}'"
        lines = host.get_host(f"ansible://{manager}").run(command + wanted).stdout.splitlines()
        return {node: image for node, image, state, *_since in map(str.split, lines) if state == "Running"}

    return running
