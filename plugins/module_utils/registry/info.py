# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is logged in where on this host, without a password."""

from __future__ import annotations

from ..core.errors import SwarmError
from ..core.fields import Field
from .ask import Registry
from .credentials import find
from .docker_config import acting_as, config_path, load
from .helpers import helper_of
from .login import keys_of, user_of
from .login_fields import LOGIN, UNUSED
from .names import registry_of, same_registry

# These mean here what they mean there.
SHARED = ("owner", "config_path", "timeout")

REGISTRY_INFO = (
    Field(
        "registries",
        "",
        "list",
        "Names of registries. Without it, and without O(images), those that docker's configuration names.",
        elements="str",
    ),
    Field("images", "", "list", "Images whose registries are meant.", elements="str"),
    Field(
        "verify",
        "",
        "str",
        "V(registry) asks each registry whether it takes the credentials. V(none) asks nobody.",
        choices=("none", "registry"),
        default="none",
    ),
    *(field for field in LOGIN if field.option in SHARED or field.help == UNUSED),
)


def look_up(params: dict, registry=Registry) -> dict:
    """The module's result; ``registry`` makes what is asked whether it takes credentials."""
    with acting_as(params.get("owner")):
        path = config_path(params)
        config = load(path)
        named = params["registries"]
        if named is None and params["images"] is None:
            named = [*(config.get("auths") or {}), *(config.get("credHelpers") or {})]
        asked = (lambda name: registry(name, timeout=params["timeout"])) if params["verify"] == "registry" else None
        rows = [row(config, name, images, asked) for name, images in meant(named, params["images"]).items()]
    return {"changed": False, "config_path": path, "registries": rows}


def of_images(images) -> list:
    """What is stored for the registries of these images; an error that concerns all is told with each."""
    registries = meant(None, images)
    try:
        config = load(config_path({}))
    except SwarmError as exc:
        return [{**nothing(name, found), "error": str(exc)} for name, found in registries.items()]
    return [row(config, name, found) for name, found in registries.items()]


def meant(registries, images) -> dict:
    """The images by registry, of these registries and of those that the images are in."""
    found: dict = {same_registry(name): [] for name in registries or ()}
    for image in dict.fromkeys(images or ()):
        found.setdefault(registry_of(image), []).append(image)
    return found


def nothing(name: str, images: list) -> dict:
    """What is told of a registry that nothing is stored for."""
    unknown = dict.fromkeys(("username", "store", "verified", "error"))
    return {"registry": name, "images": images, "resolved": False, **unknown}


def row(config: dict, name: str, images: list, asked=None) -> dict:
    """What is stored for one registry; ``asked(name)`` makes what is asked whether it takes that."""
    told = nothing(name, images)
    try:
        auth = find(config, name)
        if auth is None:
            return told
        keys = keys_of(config, name)
        username = auth.get("username") or (user_of(config["auths"][keys[-1]]) if keys else None)
        told.update(resolved=True, username=username, store=helper_of(config, name) or "file")
        # An identity token is of use to the registry's token server alone.
        if asked and auth.get("password"):
            told["verified"] = asked(name).check(auth["username"], auth["password"])
    except SwarmError as exc:
        told["error"] = str(exc)
    return told
