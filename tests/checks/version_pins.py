# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions the collection is tried with: the newest release of each series, and the oldest docker SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sources import ROOT

CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
OLDER = ROOT / "requirements" / "versions.txt"


class Pin(NamedTuple):
    """One release, the Pythons that it is tried with, the preferred one first, and what it needs of other packages."""

    version: str
    pythons: tuple[str, ...]
    needs: tuple[str, ...] = ()


CORES = (
    Pin("2.18.19", ("3.11", "3.12", "3.13"), ("resolvelib==1.0.1",)),
    Pin("2.19.14", ("3.11", "3.12", "3.13")),
    Pin("2.20.10", ("3.12", "3.13", "3.14")),
    Pin("2.21.5", ("3.14", "3.13", "3.12")),
)
# Of managed nodes.
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
# What Debian 12 has, the last releases before the SDK coped with requests 2.32, and the newest.
BOOKWORM = ("requests==2.28.1", "urllib3==1.26.12", "charset-normalizer==2.1.1", "websocket-client==1.2.3")
BEFORE_2_32 = ("requests==2.31.0", "websocket-client==1.9.0")
SDKS = (
    Pin("5.0.3", ("3.11", "3.10", "3.9"), BOOKWORM),
    Pin("6.1.3", ("3.11", "3.12", "3.13"), BEFORE_2_32),
    Pin("7.0.0", ("3.11", "3.12", "3.13"), BEFORE_2_32),
    Pin("7.1.0", ("3.11", "3.12", "3.13")),
    Pin("7.2.0", ("3.13", "3.12", "3.11")),
)


def constraints(python: str, pins: tuple[str, ...]) -> list[str]:
    """Return a version for every package on this Python: of these pins, or else requirements/versions.txt, or else
    requirements/constraints.txt."""
    chosen: dict[str, Requirement] = {}
    for wanted in (map(Requirement, pins), lines(OLDER), lines(CONSTRAINTS)):
        fitting = [one for one in wanted if not one.marker or one.marker.evaluate({"python_version": python})]
        chosen = {**{canonicalize_name(one.name): one for one in fitting}, **chosen}
    return sorted(f"{one.name}{one.specifier}" for one in chosen.values())


def lines(path) -> Iterator[Requirement]:
    """Yield the requirements in a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z]", line):
            yield Requirement(line)


def problems() -> Iterator[str]:
    """Yield each version of requirements/constraints.txt that is none of those here."""
    for name, pins in (("ansible-core", CORES), ("docker", SDKS)):
        known = {f"=={pin.version}" for pin in pins}
        for one in lines(CONSTRAINTS):
            if one.name == name and str(one.specifier) not in known:
                yield f"tests/checks/version_pins.py: {name}{one.specifier} of requirements/constraints.txt is missing"
