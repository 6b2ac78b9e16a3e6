# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of a service, written short: ``[source:]target[:options]``."""

from __future__ import annotations

import re

from .schema_service import PROPAGATION

# A drive or a share of Windows, which a controller on Linux has to recognise by its form.
WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]|[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]")
NAMELESS = "a volume without a source has no options, they are ignored"
OPTION = "Swarm has no such option of a volume, it is ignored"


def long_volumes(entries: list, path: tuple, reading) -> list[dict]:
    """All volumes in long form, binds with an absolute source; one that cannot be read is a problem."""
    volumes = []
    for number, entry in enumerate(entries):
        place = (*path, number)
        try:
            volume = long_volume(entry) if isinstance(entry, dict) else short_volume(entry, place, reading)
            if volume["type"] == "bind":
                volume["source"] = bind_source(volume.get("source"), reading)
            if volume["type"] == "volume" and volume.get("volume") and not volume.get("source"):
                reading.note(NAMELESS, (*place, "volume"))
        except ValueError as exc:
            reading.problems.add(place, str(exc))
            # So that the others keep their places.
            volume = {}
        volumes.append(volume)
    return volumes


def long_volume(entry: dict) -> dict:
    """The volume, whose type is one that there is."""
    return {**entry, "type": entry["type"].lower() or "volume"}


def short_volume(text: str, path: tuple, reading) -> dict:
    """The volume that the text means."""
    parts = [text] if len(text) < 3 else split(text)
    if "" in parts:
        raise ValueError(f"{text!r} has an empty part; write it as source:target:options")
    if len(parts) > 3:
        raise ValueError(f"{text!r} has more than three parts; write it as source:target:options")
    if len(parts) == 1:
        return {"type": "volume", "target": text}
    volume = {"type": "bind" if is_path(parts[0]) else "volume", "source": parts[0], "target": parts[1]}
    for option in parts[2].split(",") if len(parts) == 3 else []:
        if option in ("ro", "rw"):
            volume["read_only"] = option == "ro"
        elif option == "nocopy":
            volume["volume"] = {"nocopy": True}
        elif option in PROPAGATION.choices:
            volume["bind"] = {"propagation": option}
        else:
            reading.note(f"{OPTION} ({option})", path)
    return volume


def split(text: str) -> list[str]:
    """The parts between colons; the colon behind a single letter belongs to a drive of Windows."""
    parts = [""]
    for char in text:
        if char == ":" and not (len(parts[-1]) == 1 and parts[-1].isalpha()):
            parts.append("")
        else:
            parts[-1] += char
    return parts


def is_path(source: str) -> bool:
    """Whether the source is a path of a node and not the name of a volume."""
    drive = len(source) > 1 and source[0].isalpha() and source[1] == ":"
    return source[0] in "./~" or source.startswith("\\\\") or drive


def bind_source(source: str | None, reading) -> str:
    """The absolute path on the node."""
    if not source:
        raise ValueError("a bind needs a source, the path on the node")
    if source.startswith("~"):
        if "HOME" not in reading.env:
            raise ValueError("'~' stands for HOME, which is not set; give HOME in env, or write the whole path")
        source = source.replace("~", reading.env["HOME"], 1)
    return source if WINDOWS_PATH.match(source) else reading.absolute(source)
