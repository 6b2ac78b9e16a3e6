# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.registry.names import (
    DOCKER_HUB_KEY,
    config_key,
    registry_of,
    same_registry,
)


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("web", "docker.io"),
        ("web:1", "docker.io"),
        ("web:1@sha256:abc", "docker.io"),
        ("team/web:1.2", "docker.io"),
        ("library/web@sha256:abc", "docker.io"),
        ("docker.io/web", "docker.io"),
        ("docker.io/library/web", "docker.io"),
        ("index.docker.io/library/web", "docker.io"),
        ("registry-1.docker.io/library/web", "docker.io"),
        ("Docker.io/library/web", "docker.io"),
        ("localhost/web", "localhost"),
        ("localhost:5000/web", "localhost:5000"),
        ("registry.example.com/team/web:1", "registry.example.com"),
        ("registry.example.com:5000/web", "registry.example.com:5000"),
        ("registry.example.com:5000/a/b/web:1@sha256:abc", "registry.example.com:5000"),
        ("Registry.Example.com/web", "Registry.Example.com"),
        ("REGISTRY/web", "REGISTRY"),
        ("registry/web", "docker.io"),
        ("192.0.2.1/web", "192.0.2.1"),
        ("[2001:db8::1]/web", "[2001:db8::1]"),
        ("[::1]:5000/team/web:1", "[::1]:5000"),
    ],
)
def test_the_registry_of_an_image(image, registry):
    assert registry_of(image) == registry


@pytest.mark.parametrize(
    ("text", "registry"),
    [
        (DOCKER_HUB_KEY, "docker.io"),
        ("index.docker.io", "docker.io"),
        ("https://registry-1.docker.io/v2/", "docker.io"),
        ("registry.hub.docker.com", "docker.io"),
        ("https://Index.Docker.io/v1/", "docker.io"),
        ("registry.example.com", "registry.example.com"),
        ("registry.example.com/", "registry.example.com"),
        ("registry.example.com:5000/team", "registry.example.com:5000"),
        ("https://registry.example.com/v2/", "registry.example.com"),
        ("http://registry.example.com:5000", "registry.example.com:5000"),
        ("https://[::1]:5000/v2/", "[::1]:5000"),
        ("localhost", "localhost"),
    ],
)
def test_one_name_for_a_registry(text, registry):
    assert same_registry(text) == registry


@pytest.mark.parametrize(
    ("registry", "key"), [("docker.io", DOCKER_HUB_KEY), ("registry.example.com:5000", "registry.example.com:5000")]
)
def test_what_docker_calls_a_registry(registry, key):
    assert config_key(registry) == key
