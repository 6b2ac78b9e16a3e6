# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that the Engine is sent for an image, from the options of a task or from docker's configuration."""

from __future__ import annotations

import base64
import binascii
import json
import os

from ..core.errors import SwarmError
from ..core.fields import Field
from .helpers import ask_helper, helper_of
from .names import config_key, registry_of, same_registry

HEADER = "X-Registry-Auth"

AUTH = (
    Field("registry", "", "str", "Registry that they are for. Without it Docker Hub.", default="docker.io"),
    Field("username", "", "str", "Name of the user.", required=True),
    Field("password", "", "str", "Password, or a token that is used as one.", required=True, secret=True),
)

REGISTRY_AUTH = (
    Field(
        "with_registry_auth",
        "",
        "bool",
        "Send the credentials for each image that docker's configuration has, of the user of the task on the host that "
        "it runs on. Where it has none, none is sent, and a service keeps what it was sent before.",
        default=False,
    ),
    Field(
        "registry_auth",
        "",
        "list",
        "Credentials to send for images of these registries. They win over those of O(with_registry_auth).",
        elements="dict",
        parts=AUTH,
        default=[],
    ),
)


class Credentials:
    """Who may pull what; each registry is looked up once."""

    def __init__(self, params: dict, environment=None):
        given = params.get("registry_auth") or ()
        self.environment = os.environ if environment is None else environment
        self.given = {same_registry(item["registry"]): item for item in given}
        self.configured = bool(params.get("with_registry_auth"))
        self._config: dict | None = None
        self._found: dict = {}

    def headers(self, image: str | None) -> dict:
        """The header that lets the Engine pull an image. Never an empty one: it would replace what a service has."""
        auth = self.of(registry_of(image)) if image else None
        if not auth:
            return {}
        return {HEADER: base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()}

    def of(self, registry: str) -> dict | None:
        """The credentials for a registry, as the Engine takes them; None if there are none."""
        if registry in self.given:
            item = self.given[registry]
            return {"username": item["username"], "password": item["password"], "serveraddress": config_key(registry)}
        if not self.configured:
            return None
        if registry not in self._found:
            self._found[registry] = self._look_up(registry)
        return self._found[registry]

    def _look_up(self, registry):
        config = self._read()
        helper = helper_of(config, registry)
        if helper:
            return ask_helper(helper, config_key(registry))
        auths = {same_registry(name): entry for name, entry in (config.get("auths") or {}).items()}
        return from_entry(auths.get(registry) or {}, registry)

    def _read(self) -> dict:
        if self._config is None:
            folder = self.environment.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
            self._config = read_config(os.path.join(folder, "config.json"))
        return self._config


def read_config(path: str) -> dict:
    """Docker's configuration; empty if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise SwarmError(
            f"docker's configuration {path} cannot be read: {exc}; correct it, or use registry_auth",
            reason="docker_config",
        ) from exc
    return config if isinstance(config, dict) else {}


def from_entry(entry: dict, registry: str) -> dict | None:
    """The credentials of one entry of docker's configuration; an entry without any is none."""
    if entry.get("identitytoken"):
        return {"identitytoken": entry["identitytoken"], "serveraddress": config_key(registry)}
    try:
        username, _colon, password = base64.b64decode(entry.get("auth") or "", validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise SwarmError(
            f"docker's configuration has broken credentials for {registry}; log in again", reason="docker_config"
        ) from None
    username, password = entry.get("username") or username, entry.get("password") or password.rstrip("\0")
    if not username:
        return None
    return {"username": username, "password": password, "serveraddress": config_key(registry)}
