# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys of Compose there are, by the tables of the schema, and which of them occur in a file."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema_top import TOP
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema_types import (
    Either,
    Keys,
    ListOf,
    Names,
    Since,
)

# Keys of modern Compose, which ``docker stack deploy`` refuses: there is nothing to compare.
MODERN = {
    ("configs", "*", "content"),
    ("configs", "*", "environment"),
    ("secrets", "*", "content"),
    ("secrets", "*", "environment"),
    ("services", "*", "env_file", "path"),
    ("services", "*", "env_file", "required"),
    ("services", "*", "volumes", "image"),
    ("services", "*", "volumes", "image", "subpath"),
}


def keys(spec, path: tuple = ()) -> Iterator[tuple]:
    """Every path of keys below a type; names that an author chooses are ``*``."""
    if isinstance(spec, Since):
        yield from keys(spec.spec, path)
    elif isinstance(spec, Either):
        for one in spec.alternatives:
            yield from keys(one, path)
    elif isinstance(spec, ListOf):
        yield from keys(spec.item, path)
    elif isinstance(spec, Names):
        yield from keys(spec.value, (*path, "*"))
    elif isinstance(spec, Keys):
        for name, part in spec.keys.items():
            yield (*path, name)
            yield from keys(part, (*path, name))


def occurring(spec, value, path: tuple = ()) -> Iterator[tuple]:
    """The paths of ``keys`` that a value has."""
    if isinstance(spec, Since):
        yield from occurring(spec.spec, value, path)
    elif isinstance(spec, Either):
        for one in spec.alternatives:
            if one.accepts(value):
                yield from occurring(one, value, path)
    elif isinstance(spec, ListOf):
        for item in value:
            yield from occurring(spec.item, item, path)
    elif isinstance(spec, Names):
        for item in value.values():
            yield from occurring(spec.value, item, (*path, "*"))
    elif isinstance(spec, Keys):
        for name, item in value.items():
            if name in spec.keys:
                yield (*path, name)
                yield from occurring(spec.keys[name], item, (*path, name))


def missing(trees: list[dict]) -> set[tuple]:
    """The keys of the schema that no file has."""
    return set(keys(TOP)) - MODERN - {path for tree in trees for path in occurring(TOP, tree)}
