# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person could do about a value of the wrong type, or a key that Compose does not have."""

from __future__ import annotations

import difflib

# More keys than these are not worth reading.
FEW = 12


def remedy(types: tuple, value) -> str:
    """What to do about a value that is of none of the types."""
    if value is None:
        return "give it a value or take it out"
    if isinstance(value, (bool, int, float)) and "string" in types:
        return "put it in quotes"
    if isinstance(value, str) and {"integer", "number", "boolean"} & set(types):
        return "take away what is not part of the value, such as quotes or a unit"
    if "list" in types and not isinstance(value, dict):
        return "write it as a list: a line for each item, with a dash before it"
    if "mapping" in types:
        return "write it as a mapping: a line for each key, indented, 'key: value'"
    return "write a single value"


def unknown(name: str, value, keys) -> str:
    """What to say of a key that is none of these keys."""
    said = "is no key that Compose has here"
    known = sorted(keys.known)
    squeezed = {squeeze(key): key for key in known}
    if near := difflib.get_close_matches(squeeze(name), squeezed, n=1, cutoff=0.75):
        return f"{said}; did you mean {squeezed[near[0]]}?"
    if lower := below(keys, name):
        return f"{said}; did you mean {'.'.join(lower)}?"
    if "services" in keys.keys and isinstance(value, dict) and {"image", "build"} & set(value):
        return f"{said}; a service belongs under services: indent it, below the line 'services:'"
    return f"{said}; take it out" + (f", or write one of {', '.join(known)}" if 0 < len(known) <= FEW else "")


def squeeze(name: str) -> str:
    """A key as it sounds: ``stopGracePeriod`` and ``stop-grace-period`` are ``stop_grace_period``."""
    return name.lower().replace("_", "").replace("-", "")


def below(keys, name: str) -> tuple:
    """Where Compose has the key instead, one or more mappings further down; empty if nowhere."""
    found = []
    for key, spec in keys.known.items():
        for inner in mappings(spec):
            if there := [known for known in inner.known if squeeze(known) == squeeze(name)]:
                found.append((key, there[0]))
            elif lower := below(inner, name):
                found.append((key, *lower))
    return min(found, key=len, default=())


def mappings(spec) -> list:
    """The mappings with fixed keys that a value of this kind may be."""
    if hasattr(spec, "spec"):
        return mappings(spec.spec)
    if hasattr(spec, "alternatives"):
        return [inner for one in spec.alternatives for inner in mappings(one)]
    return [spec] if hasattr(spec, "keys") else []
