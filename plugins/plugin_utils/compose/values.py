# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of Compose files as docker's own command reads them, in the notation of this collection's modules.

Each function raises ValueError with a sentence for a value that it cannot read.
"""

from __future__ import annotations

import re
from fractions import Fraction

from ...module_utils.core.values import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND, show_duration, show_size
from .schema_parts import DURATION

UNITS = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": MILLISECOND, "us": MICROSECOND, "µs": MICROSECOND, "ns": 1}
UNITS["μs"] = MICROSECOND  # The Greek letter; the other is the sign of its own.
PART = re.compile(r"(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)")
SIZE = re.compile(r"(\d+\.?\d*|\.\d+) ?([kmgtp]?)(?:(?<=[kmgtp])i)?b?", re.IGNORECASE)
POWERS = {unit: 1024**power for power, unit in enumerate(("", "k", "m", "g", "t", "p"))}
NANO = 10**9

DOMAIN_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
IMAGE = re.compile(
    rf"(?:(?P<domain>(?:{DOMAIN_PART}(?:\.{DOMAIN_PART})*|\[[0-9A-Fa-f:]+\])(?::\d+)?)/)?"
    r"(?P<path>[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*)"
    r"(?P<rest>(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,})?)"
)
HUB = ("docker.io", "index.docker.io")

RESTART = ("always", "unless-stopped", "on-failure")


def nanoseconds(value) -> int:
    """The length of a duration such as ``1m30s``, with Go's units, fractions and rounding."""
    text = str(value)
    if not DURATION.pattern.fullmatch(text):
        raise ValueError(f"{value!r} is not a duration; write it as 90s, 1m30s or 2h (units: h m s ms us ns)")
    if text.startswith("-"):
        raise ValueError(f"{value} is less than nothing; give a duration of 0s or more")
    total = 0
    for whole, digits, unit in PART.findall(text):
        total += int(whole or 0) * UNITS[unit] + int(int(digits or 0) * (UNITS[unit] / 10 ** len(digits)))
    if total >= 2**63:
        raise ValueError(f"{value} is more than the Engine can count")
    return total


def duration(value) -> str:
    """A duration in the notation of the modules."""
    return show_duration(nanoseconds(value))


def octets(value) -> int:
    """The bytes of a size such as ``512M``; units are powers of 1024, and a number is bytes."""
    text = f"{value:d}" if isinstance(value, int) else str(value)
    match = SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"{value!r} is not a size; write it as 512M or 2G (powers of 1024)")
    return int(Fraction(match.group(1)) * POWERS[match.group(2).lower()])


def size(value) -> str:
    """A size in the notation of the modules."""
    return str(show_size(octets(value)))


def cpus(value) -> float:
    """A number of CPUs, which may be a fraction such as ``1/2``."""
    try:
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is not a number of CPUs; write it as '0.5'") from None
    if (number * NANO).denominator != 1:
        raise ValueError(f"{value} is too precise; CPUs have at most 9 decimal places")
    if number * NANO >= 2**63:
        raise ValueError(f"{value} is more than the Engine can count")
    return float(number)


def image(value) -> str:
    """An image by the short name under which docker's client sends it; the Engine knows both."""
    match = IMAGE.fullmatch(value)
    if not match:
        raise ValueError(f"{value!r} is not the name of an image; write it as registry.example.com/name:tag")
    domain, path, rest = match.group("domain", "path", "rest")
    if domain in HUB:
        domain, path = None, re.sub(r"^library/([^/]+)$", r"\1", path)
    elif domain and not re.search(r"[.:A-Z]", domain) and domain != "localhost":
        domain, path = None, f"{domain}/{path}"
        path = re.sub(r"^library/([^/]+)$", r"\1", path)
    return f"{domain}/{path}{rest}" if domain else f"{path}{rest}"


def restart(value) -> dict | None:
    """The restarts that the service key ``restart`` asks for; None if it asks for none of its own."""
    name, colon, count = value.partition(":")
    if name not in RESTART and name != "no" and (name or colon):
        raise ValueError(f"{value!r} is not a restart policy; give no, always, unless-stopped or on-failure[:times]")
    if not re.fullmatch(r"\+?\d*", count):
        raise ValueError(f"{value!r}: {count!r} is not a number of restarts; write it as on-failure:3")
    if name == "on-failure":
        return {"condition": name, "max_attempts": int(count or 0)}
    # A number of times counts for failures alone.
    return {"condition": "any"} if name in RESTART else None


def host(entry) -> tuple:
    """Name and address of an entry of ``extra_hosts`` in long form."""
    name, _colon, address = entry.partition(":")
    if not (name and address):
        raise ValueError(f"{entry!r} is not an entry of extra_hosts; write it as name:address")
    return name, address


def capabilities(add, drop) -> tuple:
    """What is added and what is dropped: ALL stands for any other, and what is added is not dropped."""
    added, dropped = _capabilities(add), _capabilities(drop)
    return sorted(added), sorted(dropped - added)


def _capabilities(names):
    upper = {str(name).strip().upper() for name in names or ()}
    if "ALL" in upper:
        return {"ALL"}
    # RESET is for changes that a person makes to a service that exists.
    return {name if name.startswith("CAP_") else f"CAP_{name}" for name in upper - {"RESET"}}


def compact(options: dict) -> dict:
    """Options without those that say nothing."""
    return {option: value for option, value in options.items() if value not in (None, "", [], {})}


def nonzero(options: dict) -> dict:
    """Options without those that say nothing, where zero says nothing either."""
    return {option: value for option, value in compact(options).items() if value not in (0, "0", "0s")}
