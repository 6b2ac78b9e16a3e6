# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-ups before a service is planned. Specs are planned with the names of networks and sent with their IDs."""

from __future__ import annotations

import copy

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, put
from .fields import CONTAINER, TASK
from .values import image_name

NETWORKS = f"{TASK}.Networks"


def find_services(client, names) -> dict:
    """The services of these names, by name; one request."""
    found = client.get("/services", filters={"name": list(names)})
    return {s["Spec"]["Name"]: s for s in found if s["Spec"]["Name"] in names}


def find_networks(client) -> dict:
    """Names by ID of the networks that a service can use."""
    return {
        n["Id"]: n["Name"] for n in client.get("/networks") if n["Scope"] == "swarm" or n["Driver"] in ("host", "null")
    }


def with_names(spec: dict, networks: dict) -> dict:
    """A spec of the Engine with names instead of IDs of networks."""
    return _with_targets(spec, networks)


def with_ids(spec: dict, networks: dict) -> dict:
    """A planned spec as the Engine wants it."""
    ids: dict = {}
    for network_id, name in networks.items():
        ids.setdefault(name, network_id)
    for item in get(spec, NETWORKS) or []:
        if item["Target"] not in ids and item["Target"] not in networks:
            raise SwarmError(
                f"service {spec['Name']}: there is no network {item['Target']} in this swarm; "
                "create it with flotilla.swarm.network first",
                reason="unknown_network",
                network=item["Target"],
            )
    return _with_targets(spec, ids)


def _with_targets(spec, targets):
    items = get(spec, NETWORKS)
    if not items:
        return spec
    spec = copy.deepcopy(spec)
    put(spec, NETWORKS, [{**item, "Target": targets.get(item["Target"], item["Target"])} for item in items])
    return spec


def complete(wanted: dict, observed: dict | None, names: dict) -> dict:
    """Parameters of one service with short forms written out, and with the image that it has if that is meant.

    ``names`` are those of networks by ID.
    """
    name = wanted.get("name")
    if not name:
        raise InvalidOption("every service needs a name")
    if observed is None and not wanted.get("image"):
        raise InvalidOption(f"service {name} does not exist yet, and to create it an image is needed")
    image = get(observed, f"{CONTAINER}.Image") or ""
    completed = {**wanted, "networks": networks(wanted.get("networks"), names)}
    if wanted.get("image") and image.partition("@")[0] == image_name(wanted["image"]):
        completed["image"] = image
    return completed


def networks(items, names):
    """Networks as dicts, by name."""
    if items is None:
        return None
    known = {"name", "aliases", "options"}
    for item in items:
        if isinstance(item, dict) and (set(item) - known or "name" not in item):
            raise InvalidOption(f"networks: {item!r} is not a network; give a name, or a dict of {sorted(known)}")
    dicts = [item if isinstance(item, dict) else {"name": str(item)} for item in items]
    return [{**item, "name": names.get(item["name"], item["name"])} for item in dicts]
