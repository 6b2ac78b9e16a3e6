# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that only services have, between playbooks and the Engine."""

from __future__ import annotations

import shlex

from ..core.errors import InvalidOption
from ..core.values import text


def image_name(value):
    """An image with its tag; the Engine reads a name without one as C(:latest)."""
    last = value.rpartition("/")[2]
    return value if ":" in last or "@" in last else f"{value}:latest"


def argv(value):
    """A command as a list."""
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as exc:
            raise InvalidOption(f"{value!r} cannot be split as a shell does: {exc}") from exc
    return _texts(value)


def _texts(value):
    if not isinstance(value, list):
        raise InvalidOption(f"{value!r} is neither a string nor a list")
    return [text(item) for item in value]


def environment(value):
    """The Engine's ``NAME=value`` list, sorted, as order has no meaning and would restart tasks."""
    if isinstance(value, dict):
        return sorted(f"{name}={text(content)}" for name, content in value.items())
    if isinstance(value, str):
        value = [item for item in value.split(",") if item]
    if not isinstance(value, list):
        raise InvalidOption(f"{value!r} is neither a dict nor a list")
    for item in value:
        if "=" not in str(item) or not isinstance(item, str):
            raise InvalidOption(f"{item!r} has no value; write NAME=value")
    return sorted(value)


def show_environment(value):
    """A dict of the Engine's list."""
    if not isinstance(value, list):
        return value
    return dict(item.partition("=")[::2] for item in value)


def health_test(value):
    """A test as a list that starts with its kind."""
    if isinstance(value, str):
        return ["CMD-SHELL", value] if value else []
    return _texts(value)


def mode(given, raw):
    """The Engine's Mode of the options ``mode`` and ``replicas`` and of what it is now."""
    present = show_mode(raw)
    wanted = given.get("mode") or present["mode"]
    if wanted == "global":
        return {"Global": {}}
    replicas = given.get("replicas", -1)
    return {"Replicated": {"Replicas": present.get("replicas", 1) if replicas < 0 else replicas}}


def show_mode(raw):
    """The options ``mode`` and ``replicas`` of the Engine's Mode; one replica where it is absent."""
    if not raw:
        return {"mode": "replicated", "replicas": 1}
    if "Global" in raw:
        return {"mode": "global"}
    if "Replicated" in raw:
        replicas = (raw["Replicated"] or {}).get("Replicas")
        return {"mode": "replicated", "replicas": 1 if replicas is None else replicas}
    return {"mode": "replicated-job" if "ReplicatedJob" in raw else "global-job"}
