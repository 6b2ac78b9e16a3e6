# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks that log nodes in to the registry, and what docker's configuration is on each of them."""

from __future__ import annotations

import json
import os

import pytest
from plays import play

NODES = ("node1", "node2", "node3", "node4", "node5")
PASSWORD = "canary-of-the-registry-Zm9vYg"
CONFIG = "/root/.docker/config.json"


@pytest.fixture
def address(host):
    """Name of the registry."""
    return host.check_output("ls /etc/docker/certs.d").split()[0]


@pytest.fixture
def login(address):
    """Run the playbook for these nodes; the passwords are in the environment. Other options are of the registry."""

    def login(
        *options, nodes=NODES, playbook="flotilla.swarm.registry_login", environment=None, password=PASSWORD, **more
    ):
        groups = {"swarm_managers": nodes[:3], "swarm_workers": nodes[3:]}
        registry = {
            "registry": address,
            "username": "deployer",
            "password": "{{ lookup('ansible.builtin.env', 'CANARY_FIRST') }}",
            "ca_cert": f"{os.environ['MOLECULE_EPHEMERAL_DIRECTORY']}/registry-ca.crt",
            **more,
        }
        variables = {"swarm_registries": [registry], "registry_login_users": ["alice"]}
        given = {"CANARY_FIRST": password, **(environment or {})}
        return play(playbook, groups, *options, environment=given, **variables)

    return login


@pytest.fixture
def on(host):
    """What a command prints on a node."""
    return lambda node, command: host.get_host(f"ansible://{node}").check_output(command)


@pytest.fixture
def auths(on):
    """The registries that a user of a node is logged in to."""
    return lambda node, path=CONFIG: json.loads(on(node, f"cat {path}"))["auths"]
