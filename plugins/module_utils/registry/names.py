# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which registry an image is in, and what docker's configuration calls it."""

from __future__ import annotations

DOCKER_HUB = "docker.io"
# The key under which docker keeps what it knows of Docker Hub (docker/cli, cli/config/configfile).
DOCKER_HUB_KEY = "https://index.docker.io/v1/"
HUB_NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com")


def registry_of(image: str) -> str:
    """The registry of an image, by the rule of docker's image names (distribution/reference, splitDockerDomain)."""
    first, slash, _rest = image.partition("/")
    if not slash or not (set(".:") & set(first) or first == "localhost" or first != first.lower()):
        return DOCKER_HUB
    return same_registry(first)


def same_registry(text: str) -> str:
    """One name for a registry, however it is written: without scheme and path, and Docker Hub by one of its names."""
    host = text.partition("://")[2] or text
    host = host.partition("/")[0]
    return DOCKER_HUB if host.lower() in HUB_NAMES else host


def config_key(registry: str) -> str:
    """What docker's configuration calls a registry."""
    return DOCKER_HUB_KEY if registry == DOCKER_HUB else registry
