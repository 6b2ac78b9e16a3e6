# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What secrets and configs differ in, which object is meant by a name, and what one looks like in a playbook."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Callable

from ..core.errors import InvalidOption
from ..core.fields import get, options, show_all
from . import fields
from .fingerprint import matches

CONTAINER = "TaskTemplate.ContainerSpec"
VERSION_OF = f"{fields.OWN_PREFIX}version_of"
VERSION = f"{fields.OWN_PREFIX}version"
FINGERPRINT = f"{fields.OWN_PREFIX}fingerprint"

# A shorter line of a longer text is part of other words too often to be searched for.
SHORTEST_LINE = 8


@dataclass(frozen=True)
class Kind:
    """``read(raw)`` is the data of an object, and None for a kind whose data the Engine does not tell.

    ``references`` is where a service names the objects that it uses, each with ``reference_id`` and
    ``reference_name``.
    """

    name: str
    table: tuple
    read: Callable | None = None

    @property
    def path(self) -> str:
        return f"/{self.name}s"

    @property
    def references(self) -> str:
        return f"{CONTAINER}.{self.name.capitalize()}s"

    @property
    def reference_id(self) -> str:
        return f"{self.name.capitalize()}ID"

    @property
    def reference_name(self) -> str:
        return f"{self.name.capitalize()}Name"


SECRET = Kind("secret", fields.SPEC)


@dataclass(frozen=True)
class Found:
    """``current`` is the object that is meant, ``versions`` are all its versions, newest first, if it has such.
    ``plain`` is the object that has just this name and is no version. ``new_name`` is what another object would be
    called, and ``number`` that of its version, None if it would be none.
    """

    current: dict | None
    versions: tuple
    plain: dict | None
    new_name: str
    number: int | None = None


def list_objects(client, kind: Kind, names=None, labels=None) -> list:
    """The objects whose names begin with one of these; one request."""
    filters = {key: values for key, values in (("name", names), ("label", labels)) if values}
    return client.get(kind.path, filters=filters or None)


def find(params: dict, objects: list) -> Found:
    """What is there of the object that is asked for."""
    name = params["name"]
    plain = named(name, objects)
    if not params["rolling_versions"]:
        return Found(plain, (), plain, name)
    versions = versions_of(name, objects)
    number = next_version(name, versions, objects)
    return Found(next(iter(versions), None), versions, plain, f"{name}_v{number}", number)


def named(name: str, objects: list) -> dict | None:
    """The object of exactly this name."""
    return next((raw for raw in objects if raw["Spec"]["Name"] == name), None)


def versions_of(name: str, objects: list) -> tuple:
    """The versions of an object, newest first. What merely has a name like theirs belongs to someone else."""
    own = [raw for raw in objects if labels_of(raw).get(VERSION_OF) == name]
    return tuple(sorted(own, key=version_of, reverse=True))


def version_of(raw: dict) -> int | None:
    """The number of a version; None for an object that is none."""
    number = labels_of(raw).get(VERSION)
    if VERSION_OF not in labels_of(raw):
        return None
    return int(number) if number and number.isdecimal() else 0


def next_version(name: str, versions, objects: list) -> int:
    """The number of a version that is newer than all and whose name is free."""
    number = 1 + max((version_of(raw) for raw in versions), default=0)
    while named(f"{name}_v{number}", objects):
        number += 1
    return number


def labels_of(raw: dict) -> dict:
    return get(raw, "Spec.Labels") or {}


def same_data(kind: Kind, raw: dict, data: bytes) -> bool | None:
    """Whether an object has this data; None where that cannot be known without writing."""
    if kind.read:
        return kind.read(raw) == data
    return matches(data, labels_of(raw).get(FINGERPRINT))


def read_data(params: dict) -> bytes | None:
    """The data that a playbook gives, None if it gives none."""
    if params["data_src"] is not None:
        try:
            with open(params["data_src"], "rb") as file:
                return file.read()
        except OSError as exc:
            raise InvalidOption(f"data_src: {params['data_src']} cannot be read on this host: {exc.strerror}") from exc
    if params["data"] is None:
        return None
    if not params["data_is_b64"]:
        return params["data"].encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode("".join(params["data"].split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidOption("data: it is not base64; correct it, or leave data_is_b64 out") from None


def telling(data: bytes | None) -> set:
    """The texts that tell the data: itself, its lines and its base64."""
    if not data:
        return set()
    text = data.decode("utf-8", "replace")
    lines = {line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST_LINE}
    return {text, text.strip(), base64.b64encode(data).decode(), *lines} - {""}


def text_of(data: bytes) -> str | None:
    """The data as text, None if it is binary."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def show(kind: Kind, raw: dict) -> dict:
    """One object in the notation of playbooks, without its data."""
    unset = {field.option: {} if field.type == "dict" else None for field in options(kind.table)}
    return {
        "id": raw["ID"],
        **unset,
        **show_all(kind.table, raw["Spec"]),
        "version": version_of(raw),
        "version_of": labels_of(raw).get(VERSION_OF),
        "created": raw["CreatedAt"],
        "updated": raw["UpdatedAt"],
    }
