# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What services name of the other sections: whether it is declared, and what of these is used."""

from __future__ import annotations

from collections.abc import Iterator

from .problems import Problems, path_text

# The network of services that name none.
DEFAULT = "default"
OBJECTS = {"networks": "network", "volumes": "volume", "secrets": "secret", "configs": "config"}


def networks_of(service: dict) -> dict:
    """The networks that a service uses, with its options in them."""
    return service.get("networks") or {DEFAULT: None}


def volume_of(mount: dict) -> str | None:
    """The key of the volume that is mounted; None if that has no name, or is one of a group."""
    source, kind = mount.get("source"), mount.get("type")
    if not source or (kind == "cluster" and source.startswith("group:")):
        return None
    return source if kind in ("volume", "cluster") else None


def uses(services: dict) -> Iterator[tuple]:
    """Section and key of each network, volume, secret and config that services name, with the path of the name."""
    for name, service in services.items():
        path = ("services", name)
        for key in networks_of(service):
            yield "networks", key, (*path, "networks", key)
        for number, mount in enumerate(service.get("volumes", [])):
            if volume := volume_of(mount):
                yield "volumes", volume, (*path, "volumes", number)
        for section in ("secrets", "configs"):
            for number, entry in enumerate(service.get(section, [])):
                yield section, entry["source"], (*path, section, number)
        config = service.get("credential_spec", {}).get("config")
        if config:
            yield "configs", config, (*path, "credential_spec", "config")


def check_uses(long: dict, whole: dict, problems: Problems):
    """What services of this file name must be declared in one of the files, unless a later file has replaced it."""
    kept = {(section, key, path[1]) for section, key, path in uses(whole["services"])}
    unreadable_sections = {problem.path[0] for problem in problems.found if len(problem.path) == 1}
    for section, key, path in uses(long["services"]):
        declared = key in whole[section] or (section, key) == ("networks", DEFAULT) or section in unreadable_sections
        if not declared and (section, key, path[1]) in kept:
            problems.add(path, f"there is no {OBJECTS[section]} {key}; declare it under {section}")


def unused(whole: dict) -> list[str]:
    """A sentence for each kind of thing that is declared and not used."""
    used = {(section, key) for section, key, path in uses(whole["services"])}
    found = {section: [(section, key) for key in whole[section] if (section, key) not in used] for section in OBJECTS}
    return [f"no service uses {', '.join(map(path_text, paths))}" for paths in found.values() if paths]
