# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of values that several sections of the Compose schema have."""

from __future__ import annotations

import re

from .schema_types import Either, ListOf, Names, Scalar

TEXT = Scalar(("string",))
SWITCH = Scalar(("boolean",))
WHOLE = Scalar(("integer",))
COUNT = Scalar(("integer",), minimum=0)
NUMBER = Scalar(("number",))
NOTHING = Scalar(("null",))

# Go's own notation of durations.
DURATION = Scalar(
    ("string",),
    pattern=re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII),
    told="a duration such as 30s, 1m30s or 2h",
)

TEXTS = ListOf(TEXT, unique=True)
TEXT_OR_LIST = Either((TEXT, TEXTS))
COMMAND = Either((TEXT, ListOf(TEXT)))

NAME = re.compile(r"[a-zA-Z0-9._-]+")
NAME_TOLD = "is no name that Compose allows; use letters, digits and the characters . _ -"

# Labels, variables and the like: a mapping, or a list of "name=value".
PAIR_VALUE = Scalar(("string", "number", "null"))
PAIRS = Either((Names(PAIR_VALUE, re.compile(r"(?s).+"), "has no name; write one"), TEXTS))
OPTIONS = Names(Scalar(("string", "number")))


def engine_choice(*choices: str) -> Scalar:
    """A string that the docker CLI hands on as it is, and of which the Engine knows these."""
    return Scalar(("string",), choices=choices, lenient=True)
