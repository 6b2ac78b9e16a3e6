# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Compose files of files/, with what is needed to deploy each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

FILES = Path(__file__).resolve().parent / "files"
SETTINGS = "case.yml"
BEFORE = "0.yml"
NEWEST_FORMAT = (3, 13)


@dataclass(frozen=True)
class Case:
    """Files that are deployed together.

    ``env`` is the deployer's environment and ``options`` are the module's. ``before`` is deployed first, and ``live``
    is then merged into what the Engine has. ``ours`` is merged into what the CLI posts: where we differ on purpose.
    """

    name: str
    files: tuple[Path, ...]
    before: Path | None = None
    env: dict[str, str] = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    live: dict = field(default_factory=dict)
    ours: dict = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        return self.files[0].parent

    @property
    def version(self) -> tuple[int, int]:
        """The version of the Compose format; without a minor number the newest."""
        found = re.search(r'^version: "3\.(\d+)"$', self.files[0].read_text(), re.MULTILINE)
        return (3, int(found[1])) if found else NEWEST_FORMAT

    def __str__(self) -> str:
        return self.name


def read(path: Path) -> Case:
    """The case that is a file, or a directory with numbered files."""
    if path.is_file():
        return Case(path.stem, (path,))
    settings = yaml.safe_load((path / SETTINGS).read_text()) if (path / SETTINGS).exists() else {}
    files = sorted(set(path.glob("[1-9].yml")))
    before = path / BEFORE
    return Case(path.name, tuple(files), before if before.exists() else None, **settings)


def all_cases(top: Path = FILES) -> list[Case]:
    """Every case, by name."""
    paths = [path for path in top.iterdir() if path.suffix == ".yml" or list(path.glob("1.yml"))]
    return sorted((read(path) for path in paths), key=str)


def merged(base, more):
    """``base`` with ``more`` in it: maps are merged, everything else is replaced."""
    if not (isinstance(base, dict) and isinstance(more, dict)):
        return more
    return {**base, **{key: merged(base.get(key), value) for key, value in more.items()}}
