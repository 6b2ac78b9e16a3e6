# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a service, out of ``env`` and ``env_files``."""

from __future__ import annotations

from ..core.errors import InvalidOption
from ..core.fields import Field, Joint
from ..core.values import text
from .paths import CONTAINER


def environment(given, _raw):
    """The Engine's ``NAME=value`` list, sorted, as order has no meaning and would restart tasks."""
    found: dict = {}
    for path in given.get("env_files") or ():
        found.update(read_file(path))
    found.update(pairs(given.get("env") or {}))
    return sorted(name if content is None else f"{name}={content}" for name, content in found.items()) or None


def pairs(value) -> dict:
    """A dict, a list of ``NAME=value`` or such items with commas between them, as a dict of strings; None in a dict
    takes a variable out of the image's environment."""
    if isinstance(value, dict):
        return {check_name(name): None if content is None else text(content) for name, content in value.items()}
    if isinstance(value, str):
        value = [item for item in value.split(",") if item]
    if not isinstance(value, list):
        raise InvalidOption(f"env: {value!r} is neither a dict nor a list")
    for item in value:
        if not isinstance(item, str) or "=" not in item:
            raise InvalidOption(f"env: {item!r} has no value; write NAME=value")
    return {check_name(name): content for name, _sign, content in (item.partition("=") for item in value)}


def check_name(name) -> str:
    """The name of a variable."""
    if not str(name) or "=" in str(name):
        raise InvalidOption(f"env: {name!r} is not the name of a variable; it must not be empty or have a = in it")
    return str(name)


def read_file(path) -> dict:
    """The variables of a file: a ``NAME=value`` a line, taken as it is; empty lines and comments do not count."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not UTF-8 text"
        raise InvalidOption(f"env_files: {path} cannot be read on this host: {reason}") from exc
    found = {}
    for number, line in enumerate(lines, 1):
        name, sign, content = line.partition("=")
        if line and not line.startswith("#"):
            if not sign or name.split() != [name]:
                raise InvalidOption(f"env_files: line {number} of {path} is not NAME=value; correct it")
            found[name] = content
    return found


def show_environment(raw):
    """``env`` of the Engine's list. An entry without a value takes the variable out of the image's environment."""
    if not isinstance(raw, list):
        return {}
    split = [str(item).partition("=") for item in raw]
    return {"env": {name: content if sign else None for name, sign, content in split}} if split else {}


ENVIRONMENT = Joint(
    fields=(
        Field(
            "env",
            "",
            "raw",
            "Environment: a dict, or a list of C(NAME=value). Together with O(env_files) it is the whole environment. "
            "In a dict V(null) takes a variable out of the image's environment.",
        ),
        Field(
            "env_files",
            "",
            "list",
            "Files on the host that runs the module, with a C(NAME=value) a line. Of a name that is there twice the "
            "last counts, and O(env) before all files.",
            elements="path",
        ),
    ),
    path=f"{CONTAINER}.Env",
    encode=environment,
    show=show_environment,
)
