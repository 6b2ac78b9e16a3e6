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
    # What only the later file has stays as it is written there.
    for key in RULES.keys() & first.keys():
        merged[key] = RULES[key](first[key], second.get(key))
    return merged


def merge_maps(first: dict, second: dict) -> dict:
    # An empty list that is not yet there adds nothing, not even that it is there.
    added = {key: value for key, value in second.items() if key not in first and value != []}
    both = {key: merge_values(key, first[key], value) for key, value in second.items() if key in first}
    return {**first, **both, **added}


def merge_values(key: str, first, second):
    """The value of a key that both have."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **second} if key in TEXT_MAPS else merge_maps(first, second)
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    if key in COUNTS and second is not None:
        return second
    nothing = not second or (key in QUANTITIES and not re.search("[1-9]", str(second)))
    return first if nothing and first else second


def later(first, second):
    """The later one if it says anything."""
    return second or first


def ports(first: list, second: list | None) -> list[dict]:
    """Those of both, in the order of the published port.

    docker stack takes two ports for one where the published port is the same, or missing, and loses all but the last.
    Here a later port takes the place of an earlier one only if they cannot both be published.
    """
    second = second or []
    taken = {published(port) for port in second} - {None}
    kept = [port for port in first if published(port) not in taken and port not in second]
    return sorted(kept + second, key=published_number)


def published(port: dict):
    """What only one port of a service can have; None if it is not published under a certain number."""
    number = published_number(port)
    return (number, port.get("protocol") or "tcp") if number else None


def published_number(port: dict) -> int:
    return port.get("published") or 0


def keyed(key: str):
    """A rule for lists whose entries are known by one of their values: the later entry replaces the earlier one."""

    def rule(first: list, second: list | None) -> list[dict]:
        found = {entry.get(key, ""): entry for entry in first + (second or [])}
        return [found[name] for name in sorted(found)]

    return rule


def networks(first: dict, second: dict | None) -> dict:
    """Aliases are those of the later file; driver_opts stay those of the earlier one."""
    second = second or {}
    return {name: merge_network(first.get(name), second.get(name)) for name in {**first, **second}}


def merge_network(first: dict | None, second: dict | None) -> dict | None:
    if first is None or second is None:
        return second if first is None else first
    wanted = {key: second[key] for key in ("aliases", "ipv4_address", "ipv6_address") if second.get(key)}
    return {**{key: value for key, value in first.items() if key != "aliases"}, **wanted}


def ulimits(first: dict, second: dict | None) -> dict:
    return {**first, **(second or {})}


def logging(first: dict, second: dict | None) -> dict:
    """Options are merged if the driver is the same; those of the later file are lost if the earlier one has none."""
    second = second or {}
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
