# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which network is meant, what of it can be compared, and what it looks like in a playbook."""

from __future__ import annotations

import copy
import ipaddress

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, options, put, show_all
from .fields import NETWORK, VXLANS, show_subnet

CREATION = (
    "Name",
    "Driver",
    "Scope",
    "Attachable",
    "Internal",
    "Ingress",
    "Labels",
    "IPAM",
    "EnableIPv6",
    "ConfigOnly",
)


def complete(params: dict) -> dict:
    """The options with the driver that a new network has. A configuration has neither driver nor scope."""
    if params["config_only"]:
        return {**params, "scope": None}
    return {**params, "driver": params["driver"] or "overlay"}


def spans_swarm(params: dict) -> bool:
    """Whether a network of the swarm is meant, not one of this Engine."""
    return params["scope"] == "swarm" or (params["scope"] is None and params["driver"] == "overlay")


def find_network(params: dict, networks: list) -> dict | None:
    """The one network of that name; one of the swarm before one of this Engine."""
    named = [raw for raw in networks if raw["Name"] == params["name"] and params["scope"] in (None, raw["Scope"])]
    found = [raw for raw in named if raw["Scope"] == "swarm"] or named
    if len(found) > 1:
        ids = [raw["Id"] for raw in found]
        raise SwarmError(
            f"{len(found)} networks have the name {params['name']!r}: {', '.join(ids)}; remove all but one by its ID "
            "with docker network rm",
            reason="ambiguous_network",
            candidates=ids,
        )
    return found[0] if found else None


def check_name(params: dict, networks: list) -> None:
    """Refuse a network of this Engine by the name of one of the swarm, which the Engine refuses too."""
    if any(raw["Name"] == params["name"] and raw["Scope"] == "swarm" for raw in networks):
        raise SwarmError(
            f"the swarm has a network {params['name']!r} already, so no network of another scope can have that name; "
            "choose another one",
            reason="name_taken",
        )


def as_asked(observed: dict, params: dict) -> dict:
    """A network without what the Engine filled in because nobody asked for it."""
    shown = copy.deepcopy(observed)
    wanted = params["ipam_config"]
    if wanted is None:
        return shown
    asked = {show_subnet(item["subnet"]): item for item in wanted}
    configs = (get(observed, "IPAM.Config") or []) if wanted else []
    put(shown, "IPAM.Config", [without_filled_in(raw, asked.get(show_subnet(raw.get("Subnet")))) for raw in configs])
    return shown


def without_filled_in(raw: dict, item: dict | None) -> dict:
    """One subnet without a gateway and range that the playbook leaves to the Engine."""
    if item is None:
        return raw
    left_open = {key for key, option in (("Gateway", "gateway"), ("IPRange", "iprange")) if not item.get(option)}
    return {key: value for key, value in raw.items() if key not in left_open}


def creation_form(observed: dict) -> dict:
    """The body that creates such a network again, with the addresses that it has."""
    body = {key: observed[key] for key in CREATION if observed.get(key)}
    body["Options"] = {name: value for name, value in (observed.get("Options") or {}).items() if name != VXLANS}
    if not observed.get("ConfigOnly"):
        body.setdefault("Driver", "overlay")  # The Engine names no driver while a network has no addresses.
    if get(observed, "EnableIPv4") is False:
        body["EnableIPv4"] = False
    if get(observed, "ConfigFrom.Network"):
        body["ConfigFrom"] = observed["ConfigFrom"]
        body.pop("IPAM", None)
    return copy.deepcopy(body)


def check_place(params: dict, networks: list) -> None:
    """Refuse what the Engine would accept and then never carry out, or refuse without saying what to do."""
    others = [raw for raw in networks if raw["Name"] != params["name"] and raw["Scope"] == "swarm"]
    wanted = [(show_subnet(item["subnet"]), item) for item in params["ipam_config"] or ()]
    for text, item in wanted:
        for other in others:
            for config in get(other, "IPAM.Config") or ():
                if overlap(text, config.get("Subnet")):
                    raise InvalidOption(
                        f"subnet {text} overlaps {config['Subnet']} of network {other['Name']}; the swarm would never "
                        "give this network addresses; choose another subnet",
                        reason="subnet_overlap",
                    )
        if item.get("aux_addresses"):
            raise InvalidOption("aux_addresses: the Engine ignores them in a network of scope swarm; leave them out")
    if params["enable_ipv4"] is False:
        raise InvalidOption(
            "enable_ipv4: a network of scope swarm always gives out IPv4 addresses; leave the option out"
        )
    present = next((raw["Name"] for raw in others if raw.get("Ingress")), None)
    if params["ingress"] and present:
        raise SwarmError(
            f"the swarm has the ingress network {present!r} already; remove that one first with state: absent",
            reason="ingress_exists",
        )


def overlap(one, other) -> bool:
    """Whether two subnets share an address."""
    try:
        return ipaddress.ip_network(one, strict=False).overlaps(ipaddress.ip_network(other, strict=False))
    except (TypeError, ValueError):
        return False


def show_network(raw: dict) -> dict:
    """One network of the Engine in the notation of playbooks."""
    empty = {"dict": {}, "list": []}
    unset = {field.option: empty.get(field.type) for field in options(NETWORK)}
    shown = {option: value for option, value in show_all(NETWORK, raw).items() if value is not None}
    return {"id": raw["Id"], "created": raw.get("Created"), **unset, **shown}
