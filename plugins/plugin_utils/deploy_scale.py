# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and how many tasks they shall have."""

from __future__ import annotations

import re

from .deploy_report import NAMESPACE, row


def wanted_replicas(wanted) -> dict:
    """Numbers by service, from a dict or from text such as ``web=3 api=2``; what is no number stays as it is.

    A person who types may put blanks around ``=``, or write ``:`` as YAML has it.
    """
    if isinstance(wanted, str):
        items = re.findall(r"[^\s,]+", re.sub(r"\s*[=:][^\S\n]*", "=", wanted))
        wanted = dict(item.partition("=")[::2] for item in items)
    return {str(name): int(number) if str(number).isdigit() else number for name, number in (wanted or {}).items()}


def problems(wanted, services: list) -> list:
    """Why services cannot be scaled, each as a sentence; ``services`` are all of the swarm."""
    numbers, modes = wanted_replicas(wanted), {one["name"]: one["mode"] for one in services}
    if not numbers:
        return ["say what is to be scaled, for example with -e swarm_scale=web=3"]
    told = [
        f"service {name}: {number!r} is not a number of replicas"
        for name, number in numbers.items()
        if not str(number).isdigit()
    ]
    there = f"there is {', '.join(sorted(modes))}" if modes else "there is none"
    told += [f"there is no service {name} in this swarm; {there}" for name in numbers if name not in modes]
    return told + [
        f"service {name} is {modes[name]}, and only a replicated service has a number of replicas"
        for name in numbers
        if modes.get(name, "replicated") != "replicated"
    ]


def options(wanted) -> list:
    """The services as module service takes them."""
    return [{"name": name, "replicas": number} for name, number in wanted_replicas(wanted).items()]


def rows(done: list, services: list) -> list:
    """A row for each service that was to be scaled."""
    seen = {one["name"]: one for one in services}
    return [row(stack_of(seen.get(one["name"])), one["name"], one, seen.get(one["name"]), False) for one in done]


def stack_of(service: dict | None) -> str:
    """The stack that a service belongs to."""
    return ((service or {}).get("spec", {}).get("labels") or {}).get(NAMESPACE) or "-"
