# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits, reservations and scale, which modern Compose has beside ``deploy`` and v3 within."""

from __future__ import annotations

from .modern_notes import LIMITS, UNQUOTED, Notes
from .problems import path_text
from .yaml_types import as_go_prints

PLACES = {
    "scale": ("deploy", "replicas"),
    "cpus": ("deploy", "resources", "limits", "cpus"),
    "mem_limit": ("deploy", "resources", "limits", "memory"),
    "mem_reservation": ("deploy", "resources", "reservations", "memory"),
    "pids_limit": ("deploy", "resources", "limits", "pids"),
}
TEXTS = ("cpus", "mem_limit", "mem_reservation")
UNLIMITED = (-1, "-1")


def move_limits(service: dict, path: tuple, notes: Notes):
    """Put each where v3 has it; one that is there too must be the same."""
    for key, place in PLACES.items():
        if key not in service:
            continue
        old, new = (*path, key), (*path, *place)
        value = service.pop(key)
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            notes.problems.add(old, f"must be a number or a string; write it as {path_text(place)}")
            continue
        notes.change(LIMITS, old)
        if key == "pids_limit" and value in UNLIMITED:
            continue
        value = as_text(value) if key in TEXTS else value
        present = put(service, place, value)
        if str(present) != str(value):
            notes.problems.add(old, f"is not the same as {path_text(place)}; take one of them out")
        notes.moved(old, new)


def put(service: dict, place: tuple, value):
    """Put a value where there is none yet, and return what is there now."""
    *outer, last = place
    at = service
    for key in outer:
        inner = at.get(key)
        if inner is not None and not isinstance(inner, dict):
            # The schema tells of it.
            return value
        at[key] = at = dict(inner or {})
    return at.setdefault(last, value)


def as_text(value) -> str:
    """A number of processors or bytes as v3 has it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else as_go_prints(value)


def write_cpus(service: dict, path: tuple, notes: Notes):
    """Processors in ``deploy`` as text."""
    for kind in ("limits", "reservations"):
        at = service
        for key in ("deploy", "resources", kind):
            at = at.get(key) if isinstance(at, dict) else None
        cpus = at.get("cpus") if isinstance(at, dict) else None
        if isinstance(cpus, (int, float)) and not isinstance(cpus, bool):
            notes.change(UNQUOTED, (*path, "deploy", "resources", kind, "cpus"))
            resources = dict(service["deploy"]["resources"])
            resources[kind] = {**at, "cpus": as_text(cpus)}
            service["deploy"] = {**service["deploy"], "resources": resources}
