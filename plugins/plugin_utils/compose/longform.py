# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of a Compose file in long form: one way to write each thing."""

from __future__ import annotations

from .long_service import long_service
from .long_values import Reading, text_map

EXTERNAL = "what is external is made elsewhere; all but its name is ignored"
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
    told = long.pop("external", False)
    return long if told is False else external(long, told, path, reading)


def external(long: dict, told, path: tuple, reading) -> dict:
    """What is made elsewhere, of which the name is all that counts."""
    name, old_name = long.pop("name", None), told.get("name") if isinstance(told, dict) else None
    if name and old_name:
        reading.problems.add((*path, "external"), "there is a name beside it already; write external: true")
    for key in (key for key, value in long.items() if value):
        if path[0] == "volumes":
            reading.problems.add((*path, key), "an external volume is made elsewhere; leave this out")
        else:
            reading.note(EXTERNAL, (*path, key))
    return {"external": True, "name": name or old_name or path[-1]}


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
