# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files, in the order in which they were given, as one project in long form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce

from .bundle import from_bundle
from .document import Document, from_data, read
from .ignored import ignored, mappings
from .interpolate import interpolate
from .long_values import Reading
from .longform import SECTIONS, to_long
from .merge import merge
from .modern import from_modern
from .problems import ComposeError, Problems
from .references import check_uses, unused
from .schema import validate, version_of


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
    """Sections in long form. ``places`` has the file and line of a path, a tuple such as ("services", "web")."""

    services: dict
    networks: dict
    volumes: dict
    secrets: dict
    configs: dict
    warnings: tuple[str, ...] = ()
    name: str | None = None
    places: dict = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A file on its way: ``document`` is as Compose v3 has it, ``long`` what of it is sound, in long form."""

    document: Document
    version: str
    long: dict


def load(sources: list[Source], settings: Settings) -> Project:
    """The project that the files make together; ComposeError with all that is wrong in any of them."""
    problems = Problems()
    documents = [document for source in sources if (document := parse(source, problems))]
    # As with docker stack, paths in all files are relative to the first.
    files = [prepare(document, sources[0].directory, settings, problems) for document in documents]
    whole = reduce(merge, [file.long for file in files], {section: {} for section in SECTIONS})
    check_versions(files, problems)
    if len(files) == len(sources):
        for file in files:
            check_uses(file.long, whole, problems.within(file.document))
    told = [*problems.warnings, *ignored([file.document.tree for file in files]), *unused(whole)]
    name = next((document.tree["name"] for document in reversed(documents) if "name" in document.tree), None)
    project = Project(**whole, warnings=tuple(dict.fromkeys(told)), name=name, places=places(files))
    try:
        problems.raise_if_any()
    except ComposeError as exc:
        exc.project = project if len(files) == len(sources) else None
        raise
    return project


def parse(source: Source, problems: Problems) -> Document | None:
    """The document that a source is; None, and problems, if it is none."""
    try:
        if source.data is not None:
            return from_data(source.data, source.name)
        if source.name.endswith(".dab"):
            return from_data(from_bundle(source.text, source.name), source.name)
        return read(source.text, source.name)
    except ComposeError as exc:
        problems.extend(exc.problems)
        return None


def prepare(document: Document, directory: str, settings: Settings, problems: Problems) -> File:
    """The file as Compose v3 and in long form; what is wrong is a problem and left out of the long form."""
    own = Problems(document)
    version = version_of(document.tree, own)
    document = replace(document, tree=from_modern(document.tree, own))
    document = replace(document, tree=interpolate(document, settings.env.get, own, settings.allow_unset))
    validate(document.tree, version, own)
    reading = Reading(directory, settings.env, settings.read_file, own)
    long = to_long(sound(document.tree, [problem.path for problem in own.found]), reading)
    problems.take(own)
    return File(document, version, long)


def sound(tree: dict, wrong: list[tuple]) -> dict:
    """The sections without what is wrong in them: a key of a service or an object, or all its keys, or a section."""
    if () in wrong:
        return {}
    cut = {path[:3] for path in wrong}
    return {
        section: {name: keys_left(entry, (section, name), cut) for name, entry in tree[section].items()}
        for section in SECTIONS
        if section in tree and (section,) not in cut
    }


def keys_left(entry: dict | None, path: tuple, cut: set) -> dict:
    """What is left of a service or an object."""
    left = {} if path in cut or entry is None else entry
    return {key: value for key, value in left.items() if (*path, key) not in cut}


def check_versions(files: list[File], problems: Problems):
    """All files must say the same version, and none is the latest."""
    for file in files:
        if file.version != files[0].version:
            text = f"the version is {file.version}, and that of {files[0].document.name} is {files[0].version}"
            problems.within(file.document).add(("version",), f"{text}; write the same in all files of a stack")


def places(files: list[File]) -> dict:
    """The place of each path. Where there are several files, items of lists have none: they change their numbers."""
    return {
        path: (file.document.name, line)
        for file in files
        for path, line in (file.document.lines or without_lines(file.document.tree)).items()
        if len(files) == 1 or not any(isinstance(part, int) for part in path)
    }


def without_lines(tree: dict) -> dict:
    """The paths of a definition that has no lines: its sections, what is in them, and the keys of that."""
    found = {(section,): None for section in tree}
    for section in SECTIONS:
        for name, entry in mappings(tree, section):
            found.update(dict.fromkeys([(section, name), *((section, name, key) for key in entry)]))
    return found
