# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a network. The Engine takes all of them at creation only."""

from __future__ import annotations

import ipaddress

from ..core.errors import InvalidOption
from ..core.fields import Field, Joint
from ..core.values import strings, text

# The Engine notes here which VXLANs a network was given; it is no setting.
VXLANS = "com.docker.network.driver.overlay.vxlanid_list"
ENCRYPTED = "encrypted"
KEPT_LABELS = ("com.docker.", "flotilla.swarm.")


def change_options(given: dict, present: dict | None) -> dict:
    """Driver options after those that were given; encryption is an option of its own."""
    wanted = {name: value for name, value in (present or {}).items() if name != VXLANS}
    if given.get("driver_options") is not None:
        wanted = {name: value for name, value in wanted.items() if name == ENCRYPTED}
        wanted.update(strings(given["driver_options"]))
    if given.get(ENCRYPTED) is not None:
        wanted.pop(ENCRYPTED, None)
    return {**wanted, ENCRYPTED: ""} if given.get(ENCRYPTED) else wanted


def show_options(raw: dict | None) -> dict:
    """Driver options without what the Engine notes in them."""
    plain = {name: text(value) for name, value in (raw or {}).items() if name not in (VXLANS, ENCRYPTED)}
    return {"driver_options": plain or None, ENCRYPTED: is_encrypted(raw or {})}


def is_encrypted(raw: dict) -> bool:
    """The option counts by being there, as in ``docker network create --opt encrypted``."""
    return raw.get(ENCRYPTED, "false") != "false"


def change_labels(given: dict, present: dict | None) -> dict:
    """The labels that were given, and those by which stacks and roles know their networks."""
    kept = {name: value for name, value in (present or {}).items() if name.startswith(KEPT_LABELS)}
    return {**kept, **strings(given["labels"])}


def subnet(value):
    """A subnet as the Engine writes it."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as exc:
        raise InvalidOption(f"{value!r} is not a subnet; write it as 10.1.0.0/24 or fd00:1::/64") from exc


def show_subnet(value):
    """One spelling for each subnet."""
    try:
        return subnet(value)
    except InvalidOption:
        return value


def address(value):
    """An address as the Engine writes it."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as exc:
        raise InvalidOption(f"{value!r} is not an IP address") from exc


IPAM_CONFIG = (
    Field(
        "subnet",
        "Subnet",
        "str",
        "Subnet, such as V(10.1.0.0/24).",
        encode=subnet,
        canonical=show_subnet,
        required=True,
    ),
    Field(
        "gateway", "Gateway", "str", "Address of the gateway. Without it the Engine takes the first.", encode=address
    ),
    Field(
        "iprange",
        "IPRange",
        "str",
        "Part of the subnet that addresses are taken from.",
        encode=subnet,
        canonical=show_subnet,
    ),
    Field(
        "aux_addresses",
        "AuxiliaryAddresses",
        "dict",
        "Addresses that are not given to containers, by name. "
        "Refused in a network of scope V(swarm), where the Engine would ignore them.",
        encode=strings,
    ),
)

NETWORK = (
    Field("name", "Name", "str", "Name of the network.", required=True, aliases=("network_name",)),
    Field(
        "driver",
        "Driver",
        "str",
        "Driver of the network: V(overlay), unless another is named or O(config_only=true).",
        fixed=True,
    ),
    Field(
        "scope",
        "Scope",
        "str",
        "Where the network is known. An V(overlay) network has scope V(swarm).",
        choices=("local", "global", "swarm"),
        fixed=True,
    ),
    Joint(
        (
            Field(
                "driver_options",
                "",
                "dict",
                "Options of the driver, such as C(com.docker.network.driver.mtu). Others must not be there.",
                fixed=True,
            ),
            Field(ENCRYPTED, "", "bool", "Encrypt what containers send each other between nodes.", fixed=True),
        ),
        path="Options",
        encode=change_options,
        show=show_options,
    ),
    Field(
        "attachable",
        "Attachable",
        "bool",
        "Let containers that belong to no service use an V(overlay) network.",
        engine_default=False,
        fixed=True,
    ),
    Field(
        "internal",
        "Internal",
        "bool",
        "Leave the network without a way to the outside.",
        engine_default=False,
        fixed=True,
    ),
    Field(
        "ingress",
        "Ingress",
        "bool",
        "Make this the network of the routing mesh, of which a swarm has one. Another one must be removed before.",
        engine_default=False,
        fixed=True,
    ),
    Joint(
        (
            Field(
                "labels",
                "",
                "dict",
                "Labels of the network. Others must not be there, but those of stacks and of this collection may.",
                fixed=True,
            ),
        ),
        path="Labels",
        encode=change_labels,
        show=lambda raw: {"labels": raw or None},
    ),
    Field(
        "ipam_driver", "IPAM.Driver", "str", "Driver that gives out addresses.", engine_default="default", fixed=True
    ),
    Field("ipam_driver_options", "IPAM.Options", "dict", "Options of O(ipam_driver).", encode=strings, fixed=True),
    Field(
        "ipam_config",
        "IPAM.Config",
        "list",
        "Subnets of the network. Without it, or with an empty list, the swarm chooses one from its address pools.",
        elements="dict",
        parts=IPAM_CONFIG,
        key="subnet",
        fixed=True,
    ),
    Field(
        "enable_ipv4", "EnableIPv4", "bool", "Give out IPv4 addresses.", engine_default=True, since="1.48", fixed=True
    ),
    Field("enable_ipv6", "EnableIPv6", "bool", "Give out IPv6 addresses.", engine_default=False, fixed=True),
    Field(
        "config_only",
        "ConfigOnly",
        "bool",
        "Make no network, but a configuration that networks on this Engine take with O(config_from).",
        engine_default=False,
        fixed=True,
    ),
    Field(
        "config_from",
        "ConfigFrom.Network",
        "str",
        "Name of the O(config_only) network on each node whose configuration this one takes.",
        fixed=True,
    ),
)

STEERING = (
    Field(
        "state",
        "",
        "str",
        "With V(absent) the network is removed. A service or container that uses it is an error that names it.",
        choices=("present", "absent"),
        default="present",
    ),
    Field(
        "recreate",
        "",
        "bool",
        (
            "The Engine cannot change a network, only create it anew. While services are on it, that is refused with "
            "their names, unless this is V(true): then they are taken off, all their tasks at once, and put on again. "
            "A job or a container that uses it is an error all the same.",
            "What is not named keeps its value, addresses included.",
        ),
        default=False,
        aliases=("force",),
    ),
)

NETWORK_OPTIONS = (*NETWORK, *STEERING)
