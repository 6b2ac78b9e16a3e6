# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of a Compose file in long form: one way to write each thing."""

from __future__ import annotations

from .long_service import long_service
from .long_values import Reading, text_map

SECTIONS = ("services", "networks", "volumes", "secrets", "configs")


def to_long(tree: dict, reading: Reading) -> dict:
    """The five sections of a file that is valid; what cannot be read in a short form is a problem."""
    forms = {
        "services": long_service,
        "networks": long_object,
        "volumes": long_object,
        "secrets": long_file,
        "configs": long_file,
    }
    long = {
        section: {name: form(entry or {}, (section, name), reading) for name, entry in tree.get(section, {}).items()}
        for section, form in forms.items()
    }
    reading.warn()
    return long


def long_object(entry: dict, path: tuple, reading) -> dict:
    """A network or a volume, or what they have in common with secrets and configs."""
    long = {key: value for key, value in entry.items() if value is not None and not key.startswith("x-")}
    for key in ("labels", "driver_opts"):
        if key in long:
            long[key] = text_map(long[key])
    external = long.pop("external", False)
    if external is False:
        return long
    old_name = external.get("name") if isinstance(external, dict) else None
    return {**long, "external": True, "name": long.get("name") or old_name or path[-1]}


def long_file(entry: dict, path: tuple, reading) -> dict:
    """A secret or a config."""
    long = long_object(entry, path, reading)
    if long.get("external"):
        return long
    if "file" in long:
        long["file"] = reading.absolute(long["file"])
    if "environment" in long:
        variable = long.pop("environment")
        if variable not in reading.env:
            reading.problems.add((*path, "environment"), f"variable {variable} is not set; give it in env")
        long["content"] = reading.env.get(variable, "")
    return long
