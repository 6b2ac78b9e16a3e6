# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of modern Compose, which ``docker stack`` refuses, in the words of Compose v3."""

from __future__ import annotations

from .modern_notes import CONTENT, NAME, PROFILES, Notes
from .modern_service import modern_service
from .modern_walk import walk
from .problems import Problems
from .schema_top import TOP

INCLUDE = "is not followed here; give the files one after the other, in the option compose"


def from_modern(tree: dict, problems: Problems) -> dict:
    """The tree as v3 has it, with one warning for each kind of change; strings with ``$`` are left to interpolation.

    What v3 has no words for stays: ``depends_on`` as {service: condition}, secrets and configs with ``content`` or
    ``environment``, an entry of ``env_file`` that may be missing as {path: ..., required: false}, ``image`` of a
    mount, and the keys that the schema has as ``modern`` if the file says no version. Keys that neither has stay too,
    for the schema to tell.
    """
    notes = Notes(problems, versioned="version" in tree)
    tree = dict(tree)
    if "name" in tree:
        del tree["name"]
        notes.change(NAME, ("name",))
    if "include" in tree:
        del tree["include"]
        problems.add(("include",), INCLUDE)
    if isinstance(tree.get("services"), dict):
        tree["services"] = modern_services(tree["services"], notes)
    for section in ("secrets", "configs"):
        entries = tree.get(section)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            for key in ("content", "environment"):
                if isinstance(entry, dict) and key in entry:
                    notes.change(CONTENT, (section, name, key))
    tree = walk(TOP, tree, (), (), notes)
    notes.tell()
    return tree


def modern_services(services: dict, notes: Notes) -> dict:
    """The services that are deployed."""
    kept = {}
    for name, service in services.items():
        if isinstance(service, dict) and service.get("profiles"):
            notes.change(PROFILES, ("services", name))
        else:
            kept[name] = service
    left_out = [name for name in services if name not in kept]
    return {
        name: modern_service(without_absent(service, kept, left_out), ("services", name), notes)
        for name, service in kept.items()
    }


def without_absent(service, kept: dict, left_out: list):
    """The service without profiles, and without dependencies on services that are left out or need not be there."""
    if not isinstance(service, dict):
        return service
    service = {key: value for key, value in service.items() if key != "profiles"}
    wanted = service.get("depends_on")
    if isinstance(wanted, dict):
        service["depends_on"] = {
            name: told for name, told in wanted.items() if name in kept or not (name in left_out or optional(told))
        }
    elif isinstance(wanted, list):
        service["depends_on"] = [name for name in wanted if name not in left_out]
    return service


def optional(dependency) -> bool:
    """Whether a service does without another."""
    return isinstance(dependency, dict) and dependency.get("required") is False
