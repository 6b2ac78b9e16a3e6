# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that the Engine is sent for an image, from the options of a task or from docker's configuration."""

from __future__ import annotations

import base64
import binascii
import json
import os

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import Field, get
from .docker_config import load
from .helpers import ask_helper, helper_of
from .names import config_key, registry_of, same_registry

HEADER = "X-Registry-Auth"
IMAGE = "TaskTemplate.ContainerSpec.Image"

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
        (
            "Send the credentials for each image that docker's configuration has, of the user of the task on the host "
            "that it runs on. Where it has none, none is sent, and a service keeps what it was sent before.",
            "Without this option they are sent as well, but a configuration or a credential helper that cannot be read "
            "is a warning and not an error. V(false) reads neither.",
        ),
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
    """Who may pull what; each registry is looked up once.

    ``warn(text)`` is told what cannot be read where nobody has asked for it; without it that is an error.
    """

    def __init__(self, params: dict, warn=None, environment=None):
        self.environment = os.environ if environment is None else environment
        self.given = given(params.get("registry_auth") or ())
        self.wanted = params.get("with_registry_auth")
        self.warn = None if self.wanted else warn
        self._config: dict | None = None
        self._found: dict = {}

    def headers(self, image: str | None) -> dict:
        """The header that lets the Engine pull an image. Never an empty one: it would replace what a service has."""
        auth = self.of(registry_of(image)) if image else None
        if not auth:
            return {}
        return {HEADER: encoded(auth)}

    def of(self, registry: str) -> dict | None:
        """The credentials for a registry, as the Engine takes them; None if there are none."""
        item = self.given.get(registry.lower())
        if item:
            return {"username": item["username"], "password": item["password"], "serveraddress": config_key(registry)}
        if self.wanted is False:
            return None
        if registry not in self._found:
            self._found[registry] = self._look_up(registry)
        return self._found[registry]

    def _look_up(self, registry):
        try:
            return find(self._read(), registry)
        except SwarmError as exc:
            if not self.warn:
                raise
            self.warn(f"{exc}. No credentials are sent for {registry}; with_registry_auth: false does without them")
            return None

    def _read(self) -> dict:
        if self._config is None:
            # What cannot be read is told once.
            self._config = {}
            folder = self.environment.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
            self._config = load(os.path.join(folder, "config.json"))
        return self._config


def encoded(auth: dict) -> str:
    """Credentials as a header of a request to the Engine has them."""
    return base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()


def given(items) -> dict:
    """The credentials of a task, by registry."""
    for item in items:
        for name in ("username", "password"):
            if not item[name]:
                raise InvalidOption(
                    f"registry_auth: the {name} for {item['registry']} is empty; give one, or leave it out"
                )
    return {same_registry(item["registry"]).lower(): item for item in items}


def find(config: dict, registry: str) -> dict | None:
    """The credentials that docker's configuration has for a registry; None if there are none that are of use."""
    # Docker goes by the spelling, and the name of a host by none.
    found = (stored(config, name) for name in dict.fromkeys((registry, registry.lower())))
    return next((auth for auth in found if is_usable(auth)), None)


def stored(config: dict, registry: str) -> dict | None:
    """What the configuration holds for a registry, or the credential helper that it names."""
    helper = helper_of(config, registry)
    if helper:
        return ask_helper(helper, config_key(registry))
    return from_entry(entry_of(config.get("auths") or {}, registry), registry)


def entry_of(auths: dict, registry: str) -> dict:
    """The entry of a registry: under its own key, or else the first that means its host, as docker looks for it."""
    key = config_key(registry)
    if key in auths:
        return auths[key]
    return next((entry for name, entry in auths.items() if same_registry(name) == registry), {})


def is_usable(auth: dict | None) -> bool:
    """Whether somebody can be recognized by these."""
    return bool(auth and (auth.get("identitytoken") or (auth.get("username") and auth.get("password"))))


def kept_from(service: dict | None, image: str | None) -> str | None:
    """From which spec of a service the Engine shall keep credentials for an image if it is sent none.

    It keeps those of the current spec (moby, daemon/cluster/services.go), which are for another registry where the
    service goes back to the image that it had before.
    """
    registry = registry_of(image or "")
    current, previous = (get(service, f"{name}.{IMAGE}") for name in ("Spec", "PreviousSpec"))
    if current and previous and registry_of(current) != registry == registry_of(previous):
        return "previous-spec"
    return None


def from_entry(entry: dict, registry: str) -> dict | None:
    """The credentials of one entry of docker's configuration; an entry without any is none."""
    if entry.get("identitytoken"):
        return {"identitytoken": entry["identitytoken"], "serveraddress": config_key(registry)}
    try:
        username, _colon, password = base64.b64decode(entry.get("auth") or "", validate=True).decode().partition(":")
    except (binascii.Error, TypeError, ValueError):
        raise SwarmError(
            f"docker's configuration has broken credentials for {registry}; log in again", reason="docker_config"
        ) from None
    username, password = entry.get("username") or username, entry.get("password") or password.rstrip("\0")
    if not username:
        return None
    return {"username": username, "password": password, "serveraddress": config_key(registry)}
