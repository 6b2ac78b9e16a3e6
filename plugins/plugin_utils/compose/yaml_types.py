# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The type of a YAML scalar as Docker's CLI 28 and later sees it: YAML 1.2, with octals and dates of YAML 1.1."""

from __future__ import annotations

import base64
import binascii
import calendar
import math
import re
from datetime import date, datetime
from decimal import Decimal

TAG = "tag:yaml.org,2002:"
CONSTANTS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))", re.ASCII)
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# Here, unlike in other numbers, an underscore must stand between digits.
DOT_FIRST = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII)
# What a tag asks for; any other tag, except those for text, leaves the text as it is.
WANTED = {"null": type(None), "bool": bool, "int": int, "float": float, "timestamp": str}
TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+))?(Z|[-+][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)


def typed(tag: str | None, text: str, quoted: bool):
    """The value of a scalar; ValueError says what is wrong with it."""
    if tag in (None, "!"):
        return text if quoted else plain(text)
    name = tag.removeprefix(TAG)
    if name == "binary":
        return binary(text)
    if tag == name or name not in WANTED:
        return text
    value = timestamp(text) if name == "timestamp" else plain(text, dates=False)
    # To Python a bool is an int.
    kind = value.__class__
    if name == "float" and kind is int:
        value, kind = float(value), float
    if kind is not WANTED[name]:
        raise ValueError(f"{text!r} is no {name}, which its tag says it is; correct the value, or leave out the tag")
    return value


def plain(text: str, dates: bool = True):
    """What a scalar without quotes and tag is."""
    if text in CONSTANTS:
        value = CONSTANTS[text]
        if isinstance(value, float):
            raise ValueError(f"{text!r} is no number that Compose can hold; put it in quotes if it is text")
        return value
    if text[0] == ".":
        return floating(text.replace("_", ""), text) if DOT_FIRST.fullmatch(text) else text
    if text[0] not in "+-0123456789":
        return text
    told = timestamp(text) if dates else None
    if told is not None:
        return told
    bare = text.replace("_", "")
    value = integer(bare)
    return floating(bare, text) if value is None else value


def integer(text: str):
    """The integer, if it is one that 64 bits hold; ``0644`` and ``0o644`` are octal."""
    match = INTEGER.fullmatch(text)
    if not match:
        return None
    sign, *digits = match.groups()
    value = next(int(found, base) for found, base in zip(digits, (16, 8, 2, 10), strict=True) if found)
    if sign == "-":
        value = -value
    limit = 1 << (63 if sign else 64)
    return value if -(1 << 63) <= value < limit else None


def floating(bare: str, text: str):
    """The number, or the text if it is none."""
    value = float(bare) if FLOAT.fullmatch(bare) else math.inf
    return text if math.isinf(value) else value


def binary(text: str) -> str:
    """What base64 stands for; Compose has no place for what is not text."""
    try:
        return base64.b64decode("".join(text.splitlines()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as exc:
        raise ValueError("the value is no base64 of text, which its tag says it is; correct it") from exc


def timestamp(text: str):
    """A date or a time as the CLI prints it, or None."""
    match = TIMESTAMP.fullmatch(text)
    if not match:
        return None
    year, month, day, between, hour, minute, second, fraction, zone = match.groups()
    numbers = [int(number or 0) for number in (year, month, day, hour, minute, second)]
    if bool(zone) != (between in ("T", "t")) or not in_calendar(*numbers):
        return None
    fraction = (fraction or "")[:9].rstrip("0")
    offset = "+0000" if zone in (None, "Z", "+00:00", "-00:00") else zone.replace(":", "")
    if int(offset[1:3]) > 24 or int(offset[3:]) > 60:
        return None
    written = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*numbers) + (f".{fraction}" if fraction else "")
    return f"{written} {offset} {'UTC' if offset == '+0000' else offset}"


def in_calendar(year, month, day, hour, minute, second) -> bool:
    """Whether there is such a moment."""
    known = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2000, month)[1]
    return known and hour < 24 and minute < 60 and second < 60


def as_go_prints(value) -> str:
    """The text that the CLI makes of a value where it wants text: nothing for null, ``1e+06`` for 1000000.0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    return str(value)


def float_text(value: float) -> str:
    """As few digits as tell the number apart, with an exponent where it is below -4 or above 5."""
    number = Decimal(repr(value)).normalize()
    if not number:
        return "-0" if number.is_signed() else "0"
    if -5 < number.adjusted() < 6:
        return f"{number:f}"
    mantissa, exponent = f"{number:e}".split("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:]:0>2}"


def date_text(moment: date) -> str:
    """A date of an inline definition as the CLI prints one of a file."""
    zoned = isinstance(moment, datetime) and moment.tzinfo
    return timestamp(moment.isoformat("T" if zoned else " ") if isinstance(moment, datetime) else moment.isoformat())
