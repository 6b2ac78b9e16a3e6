# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of a conversion share: the names that a stack gives, and what is wrong in the project."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...module_utils.core.errors import InvalidOption
from ...module_utils.core.fields import options
from ...module_utils.core.plan import make_plan
from .load import Project
from .problems import Problem, Problems

NAMESPACE = "com.docker.stack.namespace"
IMAGE = "com.docker.stack.image"


@dataclass(frozen=True)
class Stack:
    """The stack that a project becomes. ``problems`` collects what is wrong, with the places that the project tells."""

    name: str
    project: Project
    problems: Problems = field(default_factory=Problems)

    def scoped(self, key: str) -> str:
        """The name in the swarm of what the stack has to itself."""
        return f"{self.name}_{key}"

    def declared(self, section: str, key: str) -> dict:
        """What the project says of a network, volume, secret or config; nothing need be said of the default network."""
        return getattr(self.project, section).get(key, {})

    def is_external(self, section: str, key: str) -> bool:
        """Whether it is made elsewhere."""
        return bool(self.declared(section, key).get("external"))

    def full_name(self, section: str, key: str) -> str:
        """The name that a declared network, volume, secret or config has in the swarm."""
        given = self.declared(section, key)
        return given.get("name") or (key if given.get("external") else self.scoped(key))

    def labels(self, given: dict | None) -> dict:
        """Labels with the one by which the stack knows what it owns."""
        return {**(given or {}), NAMESPACE: self.name}

    def read(self, path: tuple, encode, value):
        """A value as ``encode`` reads it; a problem and None if it cannot."""
        if value is None:
            return None
        try:
            return encode(value)
        except ValueError as exc:
            self.wrong(path, str(exc))
            return None

    def read_each(self, path: tuple, given: dict, encoders: dict) -> dict:
        """Those keys of a dict that have an encoder, read."""
        return {key: self.read((*path, key), encode, given.get(key)) for key, encode in encoders.items()}

    def check(self, path: tuple, table, given: dict) -> None:
        """What a module would refuse of these options is a problem of the file."""
        for entry in table:
            if any(given.get(field.option) is not None for field in options([entry])):
                try:
                    make_plan([entry], given, None)
                except InvalidOption as exc:
                    self.wrong(path, str(exc))

    def wrong(self, path: tuple, text: str) -> None:
        """Something is wrong at this path of the project."""
        places = self.project.places
        known = (places[path[:end]] for end in range(len(path), 0, -1) if path[:end] in places)
        file, line = next(known, (None, None))
        self.problems.extend([Problem(file, line, path, text)])
