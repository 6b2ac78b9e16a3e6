# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong in Compose files: all of it together, each with its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. ``file``, ``line`` and ``path`` are None or empty where they cannot be told."""

    file: str | None
    line: int | None
    path: tuple
    text: str

    def __str__(self):
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, path_text(self.path), self.text) if part)


class ComposeError(Exception):
    """Files from which no stack can be made; the message has a line for each problem: files in the order in which
    they were read, each from top to bottom.

    ``project`` is what is sound of them, if they could be read at all.
    """

    reason = "invalid_compose"

    def __init__(self, problems):
        files = list(dict.fromkeys(problem.file for problem in problems))
        self.problems = tuple(sorted(problems, key=lambda found: (files.index(found.file), found.line or 0)))
        self.project = None
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Collects the problems and warnings of one run; ``document`` tells the places of those that are added."""

    def __init__(self, document=None):
        self.document = document
        self.found: list[Problem] = []
        self.warnings: list[str] = []
        self.unknown: set[tuple] = set()

    def within(self, document) -> Problems:
        """The same collection for another document."""
        view = Problems(document)
        view.found, view.warnings, view.unknown = self.found, self.warnings, self.unknown
        return view

    def add(self, path: tuple, text: str):
        """Something is wrong at this path of the document."""
        path = tuple(path)
        file, line = (self.document.name, self.document.line(path)) if self.document else (None, None)
        if (file, path) not in self.unknown:
            self.extend([Problem(file, line, path, text)])

    def add_unknown(self, path: tuple, text: str):
        """The value at this path cannot be told for this reason; what is found wrong with it later says nothing."""
        self.add(path, text)
        self.unknown.add((self.document.name if self.document else None, tuple(path)))

    def extend(self, problems):
        """Add what was found elsewhere, such as ``ComposeError.problems``."""
        self.found += [problem for problem in dict.fromkeys(problems) if problem not in self.found]

    def take(self, other: Problems):
        """Add what another collection holds."""
        self.extend(other.found)
        for text in other.warnings:
            self.warn(text)

    def warn(self, text: str):
        """Something that a person should know; once each."""
        if text not in self.warnings:
            self.warnings.append(text)

    def raise_if_any(self):
        """End with all problems, if there are any."""
        if self.found:
            raise ComposeError(self.found)


def path_text(path: tuple) -> str:
    """The path as people write it: ``services.web.ports[1]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
