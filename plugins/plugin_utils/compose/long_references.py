# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What services name, and what files hold: whether it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .long_values import unreadable
from .problems import Problems, path_text

# The network of services that name none.
DEFAULT = "default"
OBJECTS = {"networks": "network", "volumes": "volume", "secrets": "secret", "configs": "config"}
# Of those that are kept by the Engine under a name; a cluster volume may be one of a group instead.
NAMED_VOLUMES = ("volume", "cluster")


def uses(services: dict) -> Iterator[tuple]:
    """Section and key of each network, volume, secret and config that services name, with the path of the name."""
    for name, service in services.items():
        path = ("services", name)
        for key in service.get("networks") or [DEFAULT]:
            yield "networks", key, (*path, "networks", key)
        for number, volume in enumerate(service.get("volumes", [])):
            source = volume.get("source")
            if source and volume.get("type") in NAMED_VOLUMES and not source.startswith("group:"):
                yield "volumes", source, (*path, "volumes", number)
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


def check_files(long: dict, whole: dict, read_file: Callable[[str], bytes], problems: Problems):
    """Files of secrets and configs must be there to be read, unless a later file has replaced them."""
    for section in ("secrets", "configs"):
        for name, entry in long[section].items():
            file = entry.get("file")
            if not file or entry.get("external") or whole[section][name].get("file") != file:
                continue
            try:
                read_file(file)
            except OSError as exc:
                problems.add((section, name, "file"), unreadable(file, exc))


def unused(whole: dict) -> list[str]:
    """A sentence for each kind of thing that is declared and not used."""
    used = {(section, key) for section, key, path in uses(whole["services"])}
    found = {section: [(section, key) for key in whole[section] if (section, key) not in used] for section in OBJECTS}
    return [f"no service uses {', '.join(map(path_text, paths))}" for paths in found.values() if paths]
