# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files, in the order in which they were given, as one project in long form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """A Compose file's text, or its data where it was written in place; paths in it are relative to the directory."""

    name: str
    text: str | None
    data: dict | None
    directory: str


@dataclass(frozen=True)
class Settings:
    """What a project is loaded with.

    ``env`` is all that interpolation, bare names in ``environment`` and ``~`` know; ``read_file`` gives the content
    of an absolute path and raises OSError.
    """

    env: dict
    allow_unset: bool
    read_file: Callable[[str], bytes]


@dataclass(frozen=True)
class Project:
    """Sections in long form. ``lines`` has the place ("file:line") of a path, a tuple such as ("services", "web")."""

    services: dict
    networks: dict
    volumes: dict
    secrets: dict
    configs: dict
    warnings: tuple[str, ...] = ()
    name: str | None = None
    lines: dict = field(default_factory=dict)


def load(sources: list[Source], settings: Settings) -> Project:
    """The project that the files make together; ComposeError with all that is wrong in any of them."""
    raise NotImplementedError
