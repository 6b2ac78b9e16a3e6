# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's work in this process, with files of this host, and what the engines and the registry hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from direct import call, engine

from ansible_collections.flotilla.swarm.plugins.module_utils.image.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.image.fields import IMAGE, IMAGE_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.image.info import look_up
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.credentials import REGISTRY_AUTH, Credentials

APP = Path(__file__).resolve().parents[1] / "files" / "app"
USER, PASSWORD = "deployer", "canary-of-the-images-bWFnZQ"


@pytest.fixture
def me(host):
    """Name of the machine."""
    return host.check_output("hostname")


@pytest.fixture
def run(me):
    """Run a module on the machine's engine, without the time that Ansible takes."""

    def run(module, check=False, **options):
        def work(client, params):
            # Docker's configuration is that of this host, and none of this test's business.
            client.image_headers = Credentials({**params, "with_registry_auth": False}).headers
            return ensure(client, params, check) if module == "image" else look_up(client, params)

        return call(work, (IMAGE, REGISTRY_AUTH) if module == "image" else (IMAGE_INFO,), engine(me), **options)

    return run


@pytest.fixture
def address(host):
    """Name of the registry."""
    return host.check_output("ls /etc/docker/certs.d").split()[0]


@pytest.fixture
def auth(address):
    """The option for its credentials."""
    return {"registry_auth": [{"registry": address, "username": USER, "password": PASSWORD}]}


@pytest.fixture
def in_registry(host, address):
    """The digest that the registry itself has for a repository and tag; None if it has none."""

    def in_registry(repository, tag):
        accept = "application/vnd.docker.distribution.manifest.v2+json"
        url = f"https://{address}/v2/{repository}/manifests/{tag}"
        command = (
            f"curl -sI --cacert /etc/docker/certs.d/{address}/ca.crt -u {USER}:{PASSWORD} -H 'Accept: {accept}' {url}"
        )
        lines = host.check_output(command).splitlines()
        return next((line.split()[1] for line in lines if line.lower().startswith("docker-content-digest:")), None)

    return in_registry


@pytest.fixture
def ids(host):
    """IDs of the images of the engine by name."""

    def ids():
        listed = host.check_output("docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'")
        return dict(line.split() for line in listed.splitlines())

    return ids
