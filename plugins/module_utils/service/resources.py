# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the containers of a service may use, and what a node must have free for them."""

from __future__ import annotations

import math

from ..core.errors import InvalidOption
from ..core.fields import Field
from ..core.values import show_size, size
from .paths import CONTAINER, TASK
from .values import count

NANO = 10**9
SMALLEST_MEMORY = 4 * 1024**2


def nano_cpus(value):
    """Billionths of a CPU."""
    if not math.isfinite(value) or (value != 0 and value < 0.001):
        raise InvalidOption(f"{value} is no number of CPUs; give 0 for no limit, or 0.001 or more")
    return round(value * NANO)


def show_cpus(value):
    """CPUs of their billionths."""
    return value / NANO if isinstance(value, int) and not isinstance(value, bool) else value


def memory(value):
    """Bytes of ``512M``, and as many as the Engine takes."""
    wanted = size(value)
    if 0 < wanted < SMALLEST_MEMORY:
        raise InvalidOption(f"{value!r} is less than the Engine takes; give 0 for no limit, or 4M or more")
    return wanted


def swap(value):
    """Bytes of swap, or -1."""
    return -1 if str(value).strip() == "-1" else size(value)


def show_swap(value):
    """What is no limit stays so."""
    return value if value == -1 else show_size(value)


def swappiness(value):
    """A percentage."""
    if not 0 <= value <= 100:
        raise InvalidOption(f"{value} is not between 0 and 100")
    return value


def full_ulimits(value):
    """Ulimits with their hard limit, which is the soft one where there is none, as in docker's own command."""
    return [{**item, "hard": item["soft"] if item.get("hard") is None else item["hard"]} for item in value]


CPUS = Field(
    "cpus",
    "NanoCPUs",
    "float",
    "CPUs, such as V(0.5); V(0) is no limit.",
    engine_default=0,
    encode=nano_cpus,
    canonical=show_cpus,
)
MEMORY = Field(
    "memory",
    "MemoryBytes",
    "str",
    "Memory, such as V(512M); V(0) is no limit.",
    engine_default=0,
    encode=memory,
    canonical=show_size,
)

# Paths are those within Resources, as swap is no part of Limits there.
LIMITS = (
    Field("cpus", "Limits.NanoCPUs", "float", CPUS.help, engine_default=0, encode=nano_cpus, canonical=show_cpus),
    Field("memory", "Limits.MemoryBytes", "str", MEMORY.help, engine_default=0, encode=memory, canonical=show_size),
    Field("pids", "Limits.Pids", "int", "Processes in a container; V(0) is no limit.", engine_default=0, encode=count),
    Field(
        "memory_swap",
        "SwapBytes",
        "str",
        "Swap beside O(limits.memory), such as V(1G); V(-1) is no limit. Without it as much again as the memory.",
        since="1.52",
        encode=swap,
        canonical=show_swap,
    ),
    Field(
        "memory_swappiness",
        "MemorySwappiness",
        "int",
        "How readily the kernel swaps, from V(0) to V(100).",
        since="1.52",
        encode=swappiness,
    ),
)

GENERIC_RESOURCE = (
    Field("kind", "DiscreteResourceSpec.Kind", "str", "Name of the resource, such as V(gpu).", required=True),
    Field("value", "DiscreteResourceSpec.Value", "int", "How many of it.", required=True, encode=count),
)

RESERVATIONS = (
    CPUS,
    MEMORY,
    Field(
        "generic_resources",
        "GenericResources",
        "list",
        "Resources that nodes are configured to have.",
        elements="dict",
        parts=GENERIC_RESOURCE,
        key="kind",
    ),
)

ULIMIT = (
    Field("name", "Name", "str", "Name of the limit, such as V(nofile).", required=True),
    Field("soft", "Soft", "int", "Limit that a process may raise up to the hard one.", required=True, engine_default=0),
    Field("hard", "Hard", "int", "The hard limit. Without it the soft one.", engine_default=0),
)

RESOURCES = (
    Field("limits", f"{TASK}.Resources", "dict", "What a container may use at the most.", parts=LIMITS),
    Field(
        "reservations",
        f"{TASK}.Resources.Reservations",
        "dict",
        "What a node must have free to get a task.",
        parts=RESERVATIONS,
    ),
    Field(
        "ulimits",
        f"{CONTAINER}.Ulimits",
        "list",
        "Limits of the processes in a container.",
        elements="dict",
        parts=ULIMIT,
        key="name",
        prepare=full_ulimits,
    ),
)
