# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that name secrets and configs by the name that all their versions share."""

from __future__ import annotations

KINDS = ("secret", "config")


def with_versions(services: list, made: list) -> list:
    """Services with the current versions of secrets and configs, as the modules that made them have returned them.

    A file keeps the name that it would have had. In check mode a version may be planned only; services that would get
    it are left out, as they cannot be planned.
    """
    current = {
        (kind, item[kind]["version_of"] or item[kind]["name"]): item[kind] for item in made for kind in named(item)
    }
    return [with_current(service, current) for service in services if not waits(service, current)]


def named(item: dict) -> list:
    """What a result is about: a secret or a config, or neither if it was skipped or removed."""
    return [kind for kind in KINDS if item.get(kind)]


def waits(service: dict, current: dict) -> bool:
    """Whether a service names an object that does not exist yet."""
    objects = [current.get((kind, one.get(f"{kind}_name"))) for kind in KINDS for one in service.get(f"{kind}s") or ()]
    return any(found and found["id"] is None for found in objects)


def with_current(service: dict, current: dict) -> dict:
    """One service with the names of current versions."""
    changed = dict(service)
    for kind in KINDS:
        if service.get(f"{kind}s"):
            changed[f"{kind}s"] = [reference(kind, one, current) for one in service[f"{kind}s"]]
    return changed


def reference(kind: str, one: dict, current: dict) -> dict:
    """One reference to a secret or config."""
    name = one.get(f"{kind}_name")
    found = current.get((kind, name))
    return {**one, "filename": one.get("filename") or name, f"{kind}_name": found["name"]} if found else one
