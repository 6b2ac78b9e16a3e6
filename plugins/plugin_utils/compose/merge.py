# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several Compose files as one, by the rules of docker stack deploy.

A network, volume, secret or config of a later file replaces that of an earlier one. Services are merged key by key:
maps are merged, lists are appended, and what is empty, zero or false replaces nothing. The exceptions are below.
"""

from __future__ import annotations

import re

from .longform import SECTIONS

# Numbers of which zero says something.
COUNTS = ("replicas", "retries", "parallelism", "max_attempts")
# Texts that stand for numbers, of which zero says nothing.
QUANTITIES = (
    *("stop_grace_period", "interval", "timeout", "start_period", "start_interval"),
    *("delay", "monitor", "window", "memory"),
)
# Maps in which an empty value is a value.
TEXT_MAPS = ("labels", "sysctls")


def merge(first: dict, second: dict) -> dict:
    """Two projects in long form as one; the second is the later file."""
    merged = {section: {**first.get(section, {}), **second.get(section, {})} for section in SECTIONS}
    for name in first.get("services", {}).keys() & second.get("services", {}).keys():
        merged["services"][name] = merge_services(first["services"][name], second["services"][name])
    return merged


def merge_services(first: dict, second: dict) -> dict:
    merged = merge_maps(first, second)
    for key, rule in RULES.items():
        entries = rule(first.get(key), second.get(key))
        if entries:
            merged[key] = entries
    return merged


def merge_maps(first: dict, second: dict) -> dict:
    merged = dict(first)
    for key, value in second.items():
        merged[key] = merge_values(key, first[key], value) if key in first else value
    return merged


def merge_values(key: str, first, second):
    """The value of a key that both have."""
    if key in TEXT_MAPS:
        return {**first, **second}
    if isinstance(first, dict) and isinstance(second, dict):
        return merge_maps(first, second)
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    if key in COUNTS and second is not None:
        return second
    nothing = not second or (key in QUANTITIES and not re.search("[1-9]", str(second)))
    return first if nothing else second


def later(first, second):
    """The later one if it says anything."""
    return second or first


def ports(first, second) -> list[dict]:
    """Those of both, in the order of the published port.

    docker stack takes two ports for one where the published port is the same, or missing, and loses all but the last.
    Here a later port takes the place of an earlier one only if they cannot both be published.
    """
    second = second or []
    taken = {published(port) for port in second} - {None}
    kept = [port for port in first or [] if published(port) not in taken and port not in second]
    return sorted(kept + second, key=published_number)


def published(port: dict):
    """What only one port of a service can have; None if it is not published under a certain number."""
    number = published_number(port)
    return (number, port.get("protocol") or "tcp") if number else None


def published_number(port: dict) -> int:
    return port.get("published") or 0


def keyed(key: str):
    """A rule for lists whose entries are known by one of their values: the later entry replaces the earlier one."""

    def rule(first, second) -> list[dict]:
        found = {entry.get(key, ""): entry for entry in [*(first or []), *(second or [])]}
        return [found[name] for name in sorted(found)]

    return rule


def networks(first, second) -> dict:
    """Aliases are those of the later file; driver_opts stay those of the earlier one."""
    first, merged = first or {}, {**(first or {}), **(second or {})}
    for name in merged:
        if first.get(name) is not None:
            merged[name] = merge_network(first[name], (second or {}).get(name))
    return merged


def merge_network(first: dict, second: dict | None) -> dict:
    if second is None:
        return first
    merged = {key: value for key, value in first.items() if key != "aliases"}
    wanted = {key: second[key] for key in ("aliases", "ipv4_address", "ipv6_address") if second.get(key)}
    return {**merged, **wanted}


def ulimits(first, second) -> dict:
    return {**(first or {}), **(second or {})}


def logging(first, second) -> dict | None:
    """Options are merged if the driver is the same; those of the later file are lost if the earlier one has none."""
    if first is None or second is None:
        return second if first is None else first
    drivers = {config["driver"] for config in (first, second) if config.get("driver")}
    if len(drivers) == 2:
        return second
    merged = {**first, **({"driver": drivers.pop()} if drivers else {})}
    if first.get("options") is not None:
        merged["options"] = {**first["options"], **second.get("options", {})}
    return merged


RULES = {
    "command": later,
    "entrypoint": later,
    "ports": ports,
    "secrets": keyed("source"),
    "configs": keyed("source"),
    "volumes": keyed("target"),
    "networks": networks,
    "ulimits": ulimits,
    "logging": logging,
}
