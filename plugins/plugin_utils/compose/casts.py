# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values become numbers or booleans when variables were put into them: those that Docker's CLI casts, only."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

EACH = "*"
ITEM = "[]"
INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
BOOLEANS = {**dict.fromkeys(("y", "yes", "true", "on"), True), **dict.fromkeys(("n", "no", "false", "off"), False)}


def integer(text: str) -> int:
    """A decimal number, even if it begins with 0."""
    if INTEGER.fullmatch(text) and -(1 << 63) <= int(text) < 1 << 63:
        return int(text)
    raise ValueError("a whole number")


def number(text: str) -> float:
    """A number with or without decimals."""
    if NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    raise ValueError("a number")


def boolean(text: str) -> bool:
    """What YAML 1.1 takes for true and false, in any case."""
    if text.lower() in BOOLEANS:
        return BOOLEANS[text.lower()]
    raise ValueError("true or false")


SERVICE = {
    integer: (
        ("configs", ITEM, "mode"),
        ("secrets", ITEM, "mode"),
        ("healthcheck", "retries"),
        ("deploy", "replicas"),
        ("deploy", "update_config", "parallelism"),
        ("deploy", "rollback_config", "parallelism"),
        ("deploy", "restart_policy", "max_attempts"),
        ("deploy", "placement", "max_replicas_per_node"),
        ("ports", ITEM, "target"),
        ("ports", ITEM, "published"),
        ("ulimits", EACH),
        ("ulimits", EACH, "hard"),
        ("ulimits", EACH, "soft"),
    ),
    number: (("deploy", "update_config", "max_failure_ratio"), ("deploy", "rollback_config", "max_failure_ratio")),
    boolean: (
        ("healthcheck", "disable"),
        ("privileged",),
        ("read_only",),
        ("stdin_open",),
        ("tty",),
        ("volumes", ITEM, "read_only"),
        ("volumes", ITEM, "volume", "nocopy"),
    ),
}
OTHERS = (
    ("networks", EACH, "external"),
    ("networks", EACH, "internal"),
    ("networks", EACH, "attachable"),
    ("volumes", EACH, "external"),
    ("secrets", EACH, "external"),
    ("configs", EACH, "external"),
)
CASTS = {
    **{("services", EACH, *path): cast for cast, paths in SERVICE.items() for path in paths},
    **dict.fromkeys(OTHERS, boolean),
}
# The CLI has no such key.
MODERN = {("networks", EACH, "enable_ipv6"): boolean}


def cast_for(path: tuple) -> Callable | None:
    """What makes the value at this path of its type; ValueError of it names the type. None if a text stays one."""
    return next((cast for pattern, cast in (*CASTS.items(), *MODERN.items()) if matches(path, pattern)), None)


def matches(path: tuple, pattern: tuple) -> bool:
    """Whether the path is of this form."""
    return len(path) == len(pattern) and all(
        wanted == ITEM if isinstance(part, int) else wanted in (EACH, part)
        for part, wanted in zip(path, pattern, strict=True)
    )
