# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables in docs/versions.md: a row for each version, with what was run and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources import ROOT

DOCUMENT = ROOT / "docs" / "versions.md"
NAME = "docs/versions.md"
# Of a kind of versions: the heads of the columns, of which the first is the version and the last the date.
COLUMNS = {
    "ansible-core": ("ansible-core", "with Python", "unit tests", "sanity tests", "modules on nodes", "site", "run on"),
    "python": ("Python of a node", "unit tests, oldest ansible-core", "unit tests, newest ansible-core", "run on"),
    "docker": ("docker SDK", "with Python", "unit tests of the client", "run on"),
    "engine": ("Engine", "Debian", "scenarios"),
}


def markers(kind: str) -> tuple[str, str]:
    """Return the lines between which the table of this kind is."""
    return f"<!-- versions: {kind} -->", f"<!-- end of {kind} -->"


def rows(text: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of a table, by their versions."""
    begin, end = markers(kind)
    found = re.search(f"{re.escape(begin)}\n(.*?){re.escape(end)}", text, re.DOTALL)
    if not found:
        raise SystemExit(f"{NAME}: the lines {begin} and {end} are missing")
    cells = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in found[1].splitlines()[2:]
        if line.startswith("|")
    ]
    return {row[0]: row for row in cells}


def put(text: str, kind: str, table: list[tuple[str, ...]]) -> str:
    """Return the document with these rows in the table."""
    begin, end = markers(kind)
    head = COLUMNS[kind]
    shown = ["| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *table)]
    before, _begin, rest = text.partition(begin + "\n")
    return before + begin + "\n" + "\n".join(shown) + "\n" + end + rest.partition(end)[2]


def update(kind: str, versions: tuple[str, ...], new: dict[str, tuple[str, ...]]) -> None:
    """Write new rows into the document; the others of these versions stay as they are."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blank = {version: (version, *("not run",) * (len(COLUMNS[kind]) - 1)) for version in versions}
    known = {**blank, **rows(text, kind), **new}
    DOCUMENT.write_text(put(text, kind, [known[version] for version in versions]), encoding="utf-8")


def problems(expected: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield each table that is not of the expected versions."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for kind, versions in expected.items():
        found = rows(text, kind)
        if tuple(found) != versions:
            listed, wanted = ", ".join(found), ", ".join(versions)
            yield f"{NAME}: the table of {kind} has {listed}, and {wanted} are tried; run make versions"
        for version, row in found.items():
            if len(row) != len(COLUMNS[kind]):
                yield f"{NAME}: the row {version} has {len(row)} cells, not {len(COLUMNS[kind])}"
