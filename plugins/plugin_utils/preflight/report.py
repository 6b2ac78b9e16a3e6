# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings, and how they are shown."""

from __future__ import annotations

import textwrap

WIDTH = 80
FEW = 8


def error(check: str, hosts: list, finding: str, remedy: str) -> dict:
    """A finding that stops the swarm from being built or working."""
    return {"severity": "error", "hosts": hosts, "check": check, "finding": finding, "remedy": remedy}


def warning(check: str, hosts: list, finding: str, remedy: str) -> dict:
    """A finding that a person should know."""
    return {**error(check, hosts, finding, remedy), "severity": "warning"}


def few(names) -> str:
    """Names as words, and not all of them where they are many."""
    names = list(names)
    if len(names) <= FEW:
        return ", ".join(names)
    return f"{', '.join(names[: FEW - 1])} and {len(names) - FEW + 1} more"


def report(findings: list) -> list:
    """The findings as the lines of a table, with what to do below each."""
    if not findings:
        return ["nothing found"]
    rows = [("SEVERITY", "CHECK", "HOSTS", "FINDING")]
    for finding in findings:
        rows.append((finding["severity"], finding["check"], few(finding["hosts"]) or "-", finding["finding"]))
        rows.append(("", "", "", f"-> {finding['remedy']}"))
    widths = [min(max(len(row[column]) for row in rows), 24) for column in range(3)]
    return [line for row in rows for line in lines(row, widths)]


def lines(row: tuple, widths: list) -> list:
    """One row, on as many lines as its longest cell takes."""
    cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, [*widths, WIDTH])]
    height = max(map(len, cells))
    columns = [cell + [""] * (height - len(cell)) for cell in cells]
    shown = zip(*columns)
    return ["  ".join(text.ljust(width) for text, width in zip(line, [*widths, 0])).rstrip() for line in shown]
