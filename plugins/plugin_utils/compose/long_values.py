# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists, maps and paths of a Compose file, whichever way they are written."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field

from .problems import Problems, path_text
from .yaml_types import as_go_prints


@dataclass(frozen=True)
class Reading:
    """What a file is read with; ``notes`` has the places of each kind of thing that Swarm leaves out."""

    directory: str
    env: dict
    read_file: Callable[[str], bytes]
    problems: Problems
    notes: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, path: tuple):
        self.notes.setdefault(kind, []).append(path_text(path))

    def warn(self):
        """One warning for each kind of note."""
        for kind, places in self.notes.items():
            self.problems.warn(f"{kind}: {', '.join(dict.fromkeys(places))}")

    def absolute(self, path: str) -> str:
        """The path, which is relative to the directory of the project."""
        return path if path.startswith("/") else posixpath.normpath(posixpath.join(self.directory, path))


def text_list(value) -> list[str]:
    """A single text or a list of texts and numbers."""
    return [as_go_prints(item) for item in (value if isinstance(value, list) else [value])]


def text_map(value) -> dict[str, str]:
    """A map, or a list of ``name=value``; what has no value is empty."""
    return {name: as_go_prints(entry) for name, entry in pairs(value).items()}


def pairs(value) -> dict:
    """A map, or a list of ``name=value``, as a map; what has no value is None."""
    if isinstance(value, dict):
        return value
    split = (as_go_prints(entry).partition("=") for entry in value)
    return {name: entry if equals else None for name, equals, entry in split}


def unreadable(file: str, exc: OSError) -> str:
    """What is said of a file that cannot be read."""
    return f"{file} cannot be read: {exc.strerror or exc}"
