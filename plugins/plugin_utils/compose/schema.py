# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a tree is Compose v3: every problem of a file at once, each with its path and a remedy."""

from __future__ import annotations

from .problems import Problems
from .schema_top import TOP
from .schema_types import Place

LATEST = 13
SUPPORTED = {f"3.{minor}": minor for minor in range(LATEST + 1)}


def version_of(tree: dict, problems: Problems) -> str:
    """The Compose version of a file, "3.0" to "3.13"; the latest where the file says none, or none that there is."""
    latest = f"3.{LATEST}"
    version = tree.get("version", latest)
    if version in ("", "3"):
        return latest
    if isinstance(version, str) and version in SUPPORTED:
        return version
    remedy = f'leave it out, or write it in quotes: version: "{latest}"'
    known = f"the versions of Compose files for Swarm are 3.0 to {latest}"
    problems.add(("version",), f"{known}; {remedy}" if isinstance(version, str) else f"must be a string; {remedy}")
    return latest


def validate(tree, version: str, problems: Problems):
    """Add to the problems all that is not as Compose of this version has it."""
    TOP.check(tree, Place((), SUPPORTED[version], problems))
