# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose file as plain values, and the line of each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import yaml

from .problems import ComposeError, Problem, Problems
from .yaml_nodes import Map, Scalar, Sequence, compose
from .yaml_types import date_text, typed

# Aliases of aliases can stand for more than any machine holds.
MOST_VALUES = 1_000_000
NO_MAP = "there is no map here; write one with a key such as services"
PLAIN = (str, int, float, type(None))
NO_TEXT = "the key {} is no text; put it in quotes"


@dataclass(frozen=True)
class Document:
    """One file, or one inline definition, whose values have no lines."""

    name: str
    tree: dict
    lines: dict = field(default_factory=dict, repr=False)

    def line(self, path: tuple) -> int | None:
        """The line of the key or item, or of the nearest one around it."""
        return next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)


def read(text: str, name: str) -> Document:
    """The file, typed as Docker's CLI types it; ComposeError lists all that is wrong with its YAML."""
    try:
        root = compose(text)
    except yaml.YAMLError as exc:
        problem = Problem(name, *syntax_error(exc, text))
        raise ComposeError([problem]) from exc
    if not isinstance(root, Map):
        raise ComposeError([Problem(name, root.line if root else None, (), NO_MAP)])
    return Builder(name).document(root)


def syntax_error(exc: yaml.YAMLError, text: str) -> tuple:
    """Line, path and words of what the parser says."""
    if isinstance(exc, yaml.MarkedYAMLError):
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        return line, (), f"this is no valid YAML: {', '.join(filter(None, (exc.context, exc.problem)))}"
    return text.count("\n", 0, exc.position) + 1, (), f"this is no valid YAML: {exc.reason}"


def from_data(data: dict, name: str) -> Document:
    """An inline definition, whose types are those that its writer gave it."""
    problems = Problems(Document(name, {}))
    if not isinstance(data, Mapping):
        problems.add((), NO_MAP)
    tree = plain(data, (), problems)
    problems.raise_if_any()
    return Document(name, tree)


class Builder:
    """Makes values of nodes, with a line for each path."""

    def __init__(self, name):
        self.name = name
        self.lines = {}
        self.problems = Problems()

    def document(self, root) -> Document:
        """All of the file."""
        tree = self.value(root, ())
        self.problems.raise_if_any()
        return Document(self.name, tree, self.lines)

    def add(self, line, path, text):
        """Something is wrong at this line."""
        self.problems.extend([Problem(self.name, line, path, text)])

    def value(self, node, path):
        """What the node says; aliases are written out."""
        if isinstance(node, Scalar):
            return self.scalar(node, path)
        if isinstance(node, Sequence):
            return [self.child(item, line, (*path, index)) for index, (line, item) in enumerate(node.items)]
        return {name: self.child(item, line, (*path, name)) for name, (line, item) in self.entries(node, path).items()}

    def child(self, node, line, path):
        """The value of a key or item that is written at this line."""
        self.lines[path] = line
        if len(self.lines) > MOST_VALUES:
            text = f"the aliases stand for more than {MOST_VALUES} values; use fewer aliases of aliases"
            raise ComposeError([Problem(self.name, line, path, text)])
        return self.value(node, path)

    def scalar(self, node, path):
        """The typed value."""
        try:
            return typed(node.tag, node.text, node.quoted)
        except ValueError as exc:
            self.add(node.line, path, str(exc))
            return None

    def entries(self, node, path) -> dict:
        """Line and value of each key of a map; a map's own keys come before those that it takes in with ``<<``."""
        own, taken_in, seen = {}, [], {}
        for line, key, value in node.entries:
            merges = isinstance(key, Scalar) and key.merges
            name = "<<" if merges else self.key(key, line, path)
            if name in seen:
                text = f"the key is there already, at line {seen[name]}; remove one of the two"
                self.add(line, (*path, name), text)
            elif merges:
                taken_in = self.maps_of(value, line, path)
            elif name is not None:
                own[name] = (line, value)
            if name is not None:
                seen.setdefault(name, line)
        for taken in taken_in:
            for name, entry in self.entries(taken, path).items():
                own.setdefault(name, entry)
        return own

    def key(self, node, line, path) -> str | None:
        """The name that the key is, None if it is none."""
        name = self.scalar(node, path) if isinstance(node, Scalar) else None
        if isinstance(name, str):
            return name
        written = repr(node.text) if isinstance(node, Scalar) else "that is a list or map"
        self.add(line, path, NO_TEXT.format(written))
        return None

    def maps_of(self, node, line, path) -> list:
        """The maps that ``<<`` takes in."""
        maps = [item for item_line, item in node.items] if isinstance(node, Sequence) else [node]
        if all(isinstance(item, Map) for item in maps):
            return maps
        self.add(line, (*path, "<<"), "only a map or a list of maps can be taken in here; name one with an alias")
        return []


def plain(value, path, problems):
    """Values of Ansible as plain ones; dates become what the CLI makes of them."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                problems.add(path, NO_TEXT.format(repr(key)))
        return {str(key): plain(item, (*path, str(key)), problems) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, (*path, index), problems) for index, item in enumerate(value)]
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, float) and not math.isfinite(value) or not isinstance(value, PLAIN):
        problems.add(path, f"{value!r} is nothing that Compose can hold; put it in quotes if it is text")
    return value
