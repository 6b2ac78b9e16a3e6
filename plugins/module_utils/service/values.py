# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that only services have, between playbooks and the Engine."""

from __future__ import annotations

import ipaddress
import re
import shlex
import struct

from ..core.errors import InvalidOption
from ..core.values import as_set, duration, text

CONSTRAINT = re.compile(r"\s*([A-Za-z_][\w.\-/]*)\s*(==|!=)\s*(\S(?:.*\S)?)\s*")


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


def health_test(value):
    """A test as a list that starts with its kind."""
    if isinstance(value, str):
        return ["CMD-SHELL", value] if value else []
    test = _texts(value)
    if test and test[0] not in ("NONE", "CMD", "CMD-SHELL"):
        raise InvalidOption(f"{test[0]!r} is no kind of test; begin the list with CMD, CMD-SHELL or NONE")
    return test


def watched(value):
    """The time for which a new task is watched; the Engine keeps no zero, and reads its absence as its default."""
    nanoseconds = duration(value)
    if not nanoseconds:
        raise InvalidOption("the Engine would make its default of 5s of zero; give a short time such as 1ms")
    return nanoseconds


def count(value):
    """A number of things."""
    if value < 0:
        raise InvalidOption(f"{value} is less than 0; give 0 or a positive number")
    return value


def ratio(value):
    """A part of a whole."""
    if not 0 <= value <= 1:
        raise InvalidOption(f"{value} is no part of a whole; give a number from 0 to 1, such as 0.1")
    return value


def show_ratio(value):
    """The shortest number that the Engine, which keeps 32 bits of it, cannot tell from this one."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        return value
    kept = _as_32_bits(value)
    return next(
        short for short in (float(f"{kept:.{digits}g}") for digits in range(1, 18)) if _as_32_bits(short) == kept
    )


def _as_32_bits(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def file_mode(value):
    """A file mode: a number, or its octal digits as a string."""
    digits = str(value).strip() if isinstance(value, str) else ""
    if re.fullmatch(r"(0o?)?[0-7]{1,4}", digits):
        value = int(digits.replace("o", ""), 8)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 0o7777:
        raise InvalidOption(f"{value!r} is not a file mode; write its octal digits in quotes, such as '0440'")
    return value


def show_file_mode(value):
    """Octal digits of a file mode."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return value
    return f"{value:04o}"


def address(value):
    """An IP address."""
    try:
        ipaddress.ip_address(value)
    except ValueError as exc:
        raise InvalidOption(f"{value!r} is not an IP address") from exc
    return value


def addresses(value):
    """IP addresses."""
    return [address(item) for item in value]


def hosts(value):
    """The Engine's C(address name) list, in the order that was given; a name may have several addresses."""
    found = []
    for name in value:
        if not re.fullmatch(r"\S+", str(name)):
            raise InvalidOption(f"{name!r} is not the name of a host")
        of_name = value[name] if isinstance(value[name], list) else [value[name]]
        for item in of_name:
            plain = text(item).strip("[]")
            found.append(f"{plain if plain == 'host-gateway' else address(plain)} {name}")
    return found


def show_hosts(value):
    """A dict of the Engine's list; an entry of it may have several names."""
    if not isinstance(value, list):
        return value
    found: dict = {}
    for entry in value:
        ip, *names = str(entry).split() or [""]
        for name in names:
            found.setdefault(name, []).append(ip)
    return {name: ips[0] if len(ips) == 1 else ips for name, ips in sorted(found.items())}


def capabilities(value):
    """Capabilities in docker's own spelling; order has no meaning."""
    if not isinstance(value, list):
        return value
    upper = (str(item).upper() for item in value)
    return sorted({item if item == "ALL" or item.startswith("CAP_") else f"CAP_{item}" for item in upper})


def constraints(value):
    """Constraints as they were written; the Engine compares them with those of tasks letter by letter."""
    for item in value:
        if not CONSTRAINT.fullmatch(item):
            raise InvalidOption(f"{item!r} is not a constraint; write it as node.labels.zone==a or node.role!=manager")
    return value


def show_constraints(value):
    """Constraints without spaces around the operator; order has no meaning."""
    return as_set([_constraint(item) for item in value]) if isinstance(value, list) else value


def _constraint(item):
    match = CONSTRAINT.fullmatch(item) if isinstance(item, str) else None
    return "".join(match.groups()) if match else item


def mode(given, raw):
    """The Engine's Mode of the options that were given and of what it is now."""
    present = show_mode(raw)
    wanted, replicas, concurrent = given.get("mode") or present["mode"], *_numbers(given)
    if wanted == "global":
        return {"Global": {}}
    if wanted == "global-job":
        return {"GlobalJob": {}}
    if replicas is None:
        replicas = present.get("replicas", 1)
    if wanted == "replicated":
        return {"Replicated": {"Replicas": replicas}}
    if concurrent is None:
        # Docker's own command runs all tasks of a new job at the same time.
        concurrent = present.get("max_concurrent", replicas)
    return {"ReplicatedJob": {"MaxConcurrent": concurrent, "TotalCompletions": replicas}}


def _numbers(given):
    """``replicas`` and ``max_concurrent``, None where what there is shall stay."""
    replicas, concurrent = given.get("replicas"), given.get("max_concurrent")
    if replicas is not None and replicas < -1:
        raise InvalidOption(f"replicas: {replicas} is less than 0; give 0 or more, or -1 to keep what the service has")
    if concurrent is not None and concurrent < 1:
        raise InvalidOption(f"max_concurrent: {concurrent} is less than 1; give the number of tasks to run at a time")
    return None if replicas == -1 else replicas, concurrent


def show_mode(raw):
    """The options of the Engine's Mode; one replica where it is absent."""
    raw = raw or {"Replicated": None}
    if "Global" in raw:
        return {"mode": "global"}
    if "GlobalJob" in raw:
        return {"mode": "global-job"}
    if "ReplicatedJob" in raw:
        job = raw["ReplicatedJob"] or {}
        concurrent = _or(job.get("MaxConcurrent"), 1)
        replicas = _or(job.get("TotalCompletions"), concurrent)
        return {"mode": "replicated-job", "replicas": replicas, "max_concurrent": concurrent}
    return {"mode": "replicated", "replicas": _or((raw.get("Replicated") or {}).get("Replicas"), 1)}


def _or(value, default):
    return default if value is None else value
