# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in Compose files and environment files, as ``docker stack`` reads them, with what Compose added since."""

from __future__ import annotations

import re
from collections.abc import Callable

from .casts import cast_for
from .document import Document
from .problems import Problems, path_text

NAME = "[A-Za-z_][A-Za-z0-9_]*"
VARIABLE = re.compile(rf"\$(?:(?P<dollar>\$)|(?P<name>{NAME})|\{{(?P<braced>{NAME})(?P<operator>:?[-?+])?)")
# Without braces, too, docker stack takes what follows as the default or the message of the variable.
UNBRACED = re.compile(r"(:?[-?])([^}]*)")
BRACES = re.compile(r"\$\$|\$\{|\}")
NESTED = re.compile(rf"\$(?:{NAME}|\{{)")


class Template:
    """Fills one text; afterwards it tells what was wrong with it.

    ``unset``: names without a value. ``wrong``: sentences. ``run_on``: names without braces whose default is all that
    follows them, which only ``docker stack`` reads so.
    """

    def __init__(self, lookup: Callable[[str], str | None], of_stack: bool = True):
        self.lookup = lookup
        self.of_stack = of_stack
        self.unset: list[str] = []
        self.wrong: list[str] = []
        self.run_on: list[str] = []

    def fill(self, text: str) -> str:
        """The text with its variables put in."""
        parts, at = [], 0
        while (start := text.find("$", at)) >= 0:
            value, end = self.variable(text, start)
            parts += text[at:start], value
            at = end
        return "".join(parts) + text[at:]

    def variable(self, text: str, start: int) -> tuple[str, int]:
        """What stands for the variable at this place, and the place after it."""
        match = VARIABLE.match(text, start)
        if not match:
            self.wrong.append(f"the $ at character {start + 1} begins no variable; write $$ if it is a $")
            return "", start + 1
        if match["dollar"]:
            return "$", match.end()
        if match["name"]:
            word = UNBRACED.match(text, match.end()) if self.of_stack else None
            if not word:
                return self.value(match["name"], "", ""), match.end()
            self.run_on.append(match["name"])
            return self.value(match["name"], *word.groups()), word.end()
        end = closing_brace(text, match.end())
        word = text[match.end() : end]
        if end < 0 or (word and not match["operator"]):
            remedy = "it has no closing brace" if end < 0 else "after the name may come }, or one of :- - :? ? :+ +"
            self.wrong.append(f"${{{match['braced']} at character {start + 1} is no variable: {remedy}")
            return "", end + 1 or len(text)
        return self.value(match["braced"], match["operator"] or "", word), end + 1

    def value(self, name: str, operator: str, word: str) -> str:
        """What the operator makes of the variable."""
        value = self.lookup(name)
        missing = value is None or (operator.startswith(":") and not value)
        if operator.endswith("+"):
            return "" if missing else self.fill(word)
        if not missing:
            return value
        if operator.endswith("-"):
            return self.default(word)
        if operator.endswith("?"):
            state = "not set" if value is None else "empty"
            self.wrong.append(f"the variable {name}, which is required, is {state}" + (f": {word}" if word else ""))
        else:
            self.unset.append(name)
        return ""

    def default(self, word: str) -> str:
        """A default. One that names no variable stays as it is, as with docker stack, even ``$$`` in it."""
        return self.fill(word) if NESTED.search(word.replace("$$", "")) else word


def closing_brace(text: str, start: int) -> int:
    """Where the brace that is open at the start is closed, -1 if it is not."""
    depth = 1
    for found in BRACES.finditer(text, start):
        depth += {"${": 1, "}": -1, "$$": 0}[found[0]]
        if not depth:
            return found.start()
    return -1


def interpolate(document: Document, lookup: Callable[[str], str | None], problems: Problems, allow_unset: bool) -> dict:
    """The tree with variables put into its values, though not into its keys.

    Where that changed a text, it becomes a number or boolean if Docker's CLI casts it there. A variable that has
    neither value nor default is a problem, or a warning and empty with ``allow_unset``.
    """
    return Interpolation(lookup, problems.within(document), allow_unset).of(document.tree, ())


class Interpolation:
    """Fills the values of one document."""

    def __init__(self, lookup, problems, allow_unset):
        self.lookup = lookup
        self.problems = problems
        self.allow_unset = allow_unset

    def of(self, value, path: tuple):
        """The value with its variables filled in."""
        if isinstance(value, dict):
            return {key: self.of(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, (*path, index)) for index, item in enumerate(value)]
        return self.text(value, path) if isinstance(value, str) and "$" in value else value

    def text(self, text: str, path: tuple):
        """The value that the text becomes; the text itself if that cannot be told."""
        template = Template(self.lookup)
        filled = template.fill(text)
        for name in template.run_on:
            self.problems.warn(
                f"{path_text(path)}: what follows ${name} is taken for its default or message, as docker stack does; "
                f"write ${{{name}}} if it is text"
            )
        wrong = template.wrong + self.unset(template.unset)
        if wrong:
            self.problems.add_unknown(path, "; ".join(wrong))
            return text
        cast = cast_for(path) if filled != text else None
        try:
            return cast(filled) if cast else filled
        except ValueError as exc:
            self.problems.add_unknown(path, f"with its variables put in, {text!r} is not {exc}; correct the variable")
            return text

    def unset(self, names: list) -> list:
        """What is to be said of variables without a value."""
        names = list(dict.fromkeys(names))
        if self.allow_unset:
            for name in names:
                self.problems.warn(f"the variable {name} is not set; it is taken for an empty text")
            return []
        return [unset_text(name) for name in names]


def unset_text(name: str) -> str:
    """What to do about a variable without a value."""
    return f"the variable {name} is not set; set it, give it a default as in ${{{name}:-default}}, or allow_unset: true"
