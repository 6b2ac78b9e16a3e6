# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where modern Compose is more lenient than v3 all over the file: quoted numbers, keys with x-, keys of its own.

The schema of v3 leads the way, so that nothing is done to what v3 takes as it is.
"""

from __future__ import annotations

from contextlib import suppress

from .casts import BOOLEANS, integer, number
from .ignored import MODERN
from .modern_notes import QUOTED, UNQUOTED, VERSIONED, Notes
from .schema_parts import PAIR_VALUE
from .schema_service import BUILD
from .schema_types import Either, Keys, ListOf, Names, Scalar, Since
from .yaml_types import as_go_prints

SWITCHES = {**BOOLEANS, "t": True, "1": True, "f": False, "0": False}
NUMBERS = {"integer": (integer,), "number": (integer, number)}

# Keys of modern Compose alone that Swarm has no use for, by the path of their mapping.
IGNORED = {
    (): {"models"},
    ("services", "*"): MODERN.keys(),
    ("services", "*", "networks", "*"): {"gw_priority", "interface_name", "link_local_ips", "mac_address", "priority"},
    ("services", "*", "ports", "*"): {"app_protocol", "host_ip", "name"},
    ("services", "*", "volumes", "*", "bind"): {"create_host_path", "recursive", "selinux"},
    ("services", "*", "volumes", "*", "volume"): {"labels"},
    ("services", "*", "volumes", "*", "image"): {"subpath"},
    ("services", "*", "deploy", "resources", "reservations"): {"devices"},
    ("networks", "*"): {"enable_ipv4"},
    ("networks", "*", "ipam", "config", "*"): {"aux_addresses"},
}


def walk(spec, value, path: tuple, kind: tuple, notes: Notes):
    """The value as v3 has it; what v3 cannot have stays for the schema to tell. ``kind`` is the path with wildcards."""
    if isinstance(spec, Since):
        return walk(spec.spec, value, path, kind, notes)
    if isinstance(spec, Either):
        return walk(alternative(spec, value), value, path, kind, notes)
    if isinstance(spec, Scalar):
        return single(spec, value, path, notes)
    if not spec.accepts(value):
        return value
    if isinstance(spec, ListOf):
        return [walk(spec.item, item, (*path, n), (*kind, "*"), notes) for n, item in enumerate(value)]
    if isinstance(spec, Names):
        return {key: walk(spec.value, item, (*path, key), (*kind, "*"), notes) for key, item in value.items()}
    return mapping(spec, value, path, kind, notes)


def alternative(spec: Either, value):
    """The alternative that is of the value's type, else a single value, to which a string may be turned."""
    scalars = [one for one in spec.alternatives if isinstance(one, Scalar) and one.types != ("null",)]
    return next((one for one in spec.alternatives if one.accepts(value)), (scalars or spec.alternatives)[0])


def mapping(spec: Keys, value: dict, path: tuple, kind: tuple, notes: Notes) -> dict:
    """The mapping without keys that only modern Compose has, but for those that Swarm does something with."""
    kept, known = {}, spec.keys if notes.versioned else spec.known
    for key, item in value.items():
        if key in known:
            kept[key] = walk(known[key], item, (*path, key), (*kind, key), notes)
        elif key in spec.modern:
            notes.change(VERSIONED, (*path, key))
        elif key in IGNORED.get(kind, ()):
            notes.ignored(key, path)
        elif spec is not BUILD and not is_extra(key, spec):
            kept[key] = item
    return kept


def is_extra(key: str, spec: Keys) -> bool:
    """Whether a key is for its author's own use, and v3 has no such keys here."""
    return key.startswith("x-") and spec.extra_since is None and spec.open_since is None


def single(spec: Scalar, value, path: tuple, notes: Notes):
    """The value of the type that v3 wants, where modern Compose takes another, and in small letters if it is a choice.

    The Engine does not mind capitals in what it chooses by.
    """
    if spec.accepts(value):
        return value.lower() if spec.lenient and value.lower() in spec.choices else value
    if spec is PAIR_VALUE and isinstance(value, bool):
        notes.change(UNQUOTED, path)
        return as_go_prints(value)
    if isinstance(value, str) and (unquoted := as_typed(spec, value)) is not None:
        notes.change(QUOTED, path)
        return unquoted
    return value


def as_typed(spec: Scalar, text: str):
    """The number or switch that the text is, None if it is none that fits."""
    if "boolean" in spec.types:
        return SWITCHES.get(text.lower())
    for read in (read for kind in spec.types for read in NUMBERS.get(kind, ())):
        with suppress(ValueError):
            return read(text)
    return None
