# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the notation of playbooks and the numbers of the Engine.

``*`` to the Engine: a function named after the unit, which raises InvalidOption by name.
From the Engine: ``show_*``, idempotent, and any type that it does not know passes through.
"""

from __future__ import annotations

import ipaddress
import re

from .errors import InvalidOption

MICROSECOND = 1000
MILLISECOND = 1000 * MICROSECOND
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_DURATION_UNITS = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": MILLISECOND, "us": MICROSECOND, "ns": 1}
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_SIZE_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def same(value):
    """The value as it is."""
    return value


def duration(value):
    """Nanoseconds of ``1m30s``; a bare whole number is nanoseconds already, as the Engine has them."""
    text = str(value).strip()
    if re.fullmatch(r"\d+", text):
        return _within_64_bits(int(text), value)
    if not text or _DURATION_PART.sub("", text):
        raise InvalidOption(f"{value!r} is not a duration; write it as 90s, 1m30s or 2h (units: h m s ms us ns)")
    return _within_64_bits(sum(float(n) * _DURATION_UNITS[u] for n, u in _DURATION_PART.findall(text)), value)


def _within_64_bits(number, value):
    if number >= 2**63:
        raise InvalidOption(f"{value!r} is more than the Engine can count")
    return round(number)


def show_duration(value):
    """``1m30s`` of nanoseconds."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value == 0:
        return "0s"
    shown, rest = "", value
    for unit, size in _DURATION_UNITS.items():
        count, rest = divmod(rest, size)
        shown += f"{count}{unit}" if count else ""
    return shown


def size(value):
    """Bytes of ``512M``; units are powers of 1024, as in the docker CLI."""
    match = _SIZE.fullmatch(str(value).strip())
    if not match:
        raise InvalidOption(f"{value!r} is not a size; write it as 512M or 2G (powers of 1024)")
    number, power = match.group(1), 1024 ** _SIZE_POWERS[match.group(2).lower()]
    # Whole numbers stay exact.
    return _within_64_bits((int(number) if number.isdigit() else float(number)) * power // 1, value)


def show_size(value):
    """``512M`` of bytes, in the largest unit that divides them."""
    if not isinstance(value, int) or isinstance(value, bool) or value == 0:
        return value
    for unit in "PTGMK":
        unit_size = 1024 ** _SIZE_POWERS[unit.lower()]
        if value % unit_size == 0:
            return f"{value // unit_size}{unit}"
    return f"{value}B"


def strings(mapping):
    """A map of strings; YAML's numbers and booleans become what docker would be typed."""
    return {str(key): text(value) for key, value in (mapping or {}).items()}


def text(value):
    """The string that a person would type for a YAML scalar."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_set(items):
    """A list whose order has no meaning to the Engine, so that order never causes a change."""
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return items
    return sorted(set(items))


def port(value):
    """A port number."""
    if not 1 <= value <= 65535:
        raise InvalidOption(f"port {value} is not between 1 and 65535")
    return value


def is_address(text: str) -> bool:
    """Whether this is an IP address, with or without a port, and not the name of an interface."""
    try:
        ipaddress.ip_address(host(text))
    except ValueError:
        return False
    return True


def host(address: str) -> str:
    """The host of ``host``, ``host:port`` or ``[host]:port``."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address if address.count(":") > 1 else address.partition(":")[0]
