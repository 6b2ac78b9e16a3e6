# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with environment variables. Those for interpolation and those of services have different rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .interpolate import Template, unset_text
from .problems import ComposeError, Problem

BOM = "\ufeff"
BLANKS = " \t\v\f\r"
NAME = re.compile(r"(?:export[ \t]+)?([A-Za-z0-9_.\-\[\]]+)[ \t]*(?:([=:])([ \t]*))?")
QUOTED = re.compile(r"""(?s)"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'""")
ESCAPE = re.compile(r'\\([abfnrtv"$\\])')
ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def parse_service_env_file(text: str, name: str, env: Mapping) -> dict:
    """What a service's ``env_file`` holds. Everything after ``=`` is the value, quotes and ``#`` too.

    A name alone has its value from ``env``, and is left out if it has none there.
    """
    values, found = {}, []
    for number, line in enumerate(text.removeprefix(BOM).split("\n"), 1):
        variable, equals, value = line.removesuffix("\r").lstrip().partition("=")
        if variable.startswith("#") or not (variable or equals):
            continue
        wrong = wrong_name(variable)
        if wrong:
            found.append(Problem(name, number, (), wrong))
        elif equals:
            values[variable] = value
        elif variable in env:
            values[variable] = env[variable]
    if found:
        raise ComposeError(found)
    return values


def wrong_name(variable: str) -> str | None:
    """What is wrong with a name of a service's ``env_file``; the rest of its line may be a secret."""
    if not variable:
        return "there is no name before the =; write one"
    if " " in variable or "\t" in variable:
        return "the name before the = holds a blank; write NAME=value without blanks around the =, and without export"
    return None


def parse_env_file(text: str, name: str, env: Mapping, allow_unset: bool = False) -> dict:
    """What a file for interpolation holds, read as Docker Compose reads ``.env``.

    Values may be in quotes; variables are put into those that are not in single quotes: those of ``env`` and, where it
    has none, those that stand before them in the file. A name alone has its value from ``env``.
    """
    return EnvFile(text.removeprefix(BOM).replace("\r\n", "\n"), name, env, allow_unset).read()


class EnvFile:
    """Reads one file for interpolation."""

    def __init__(self, text, name, env, allow_unset):
        self.rest = text
        self.name = name
        self.env = env
        self.allow_unset = allow_unset
        self.line = 1
        self.values = {}
        self.found = []

    def read(self) -> dict:
        """All values; ComposeError lists all that is wrong."""
        while self.rest:
            self.statement()
            self.take(self.rest.find("\n") + 1 or len(self.rest))
        if self.found:
            raise ComposeError(self.found)
        return self.values

    def take(self, length) -> str:
        """The next characters of the file."""
        taken, self.rest = self.rest[:length], self.rest[length:]
        self.line += taken.count("\n")
        return taken

    def wrong(self, text):
        """Something is wrong in this line, whose value may be a secret."""
        self.found.append(Problem(self.name, self.line, (), text))

    def statement(self):
        """One variable, if the line has one; at the end nothing of the line is left but blanks or a comment."""
        self.take(len(self.rest) - len(self.rest.lstrip(BLANKS)))
        if self.rest[:1] in ("", "\n", "#"):
            return
        match = NAME.match(self.rest)
        if not match or not (match[2] or self.rest[match.end() :][:1] in ("", "\n")):
            self.wrong("this is no NAME=value; write one, or # before a comment")
            return
        self.take(match.end())
        if match[2]:
            self.values[match[1]] = self.value(match[3])
        elif match[1] in self.env:
            self.values[match[1]] = self.env[match[1]]

    def value(self, blanks) -> str:
        """The value that begins here, after these blanks; a ``#`` after a blank begins a comment."""
        if self.rest[:1] not in ('"', "'"):
            line = blanks + self.take((self.rest + "\n").find("\n"))
            return self.filled(line.partition(" #")[0].strip())
        match = QUOTED.match(self.rest)
        if not match:
            self.wrong("the quote that begins the value is not closed; close it")
            self.take(len(self.rest))
            return ""
        value = self.filled(unescape(match[1])) if match[2] is None else match[2].replace("\\'", "'")
        self.take(match.end())
        after = self.rest.partition("\n")[0].lstrip(BLANKS)
        if after and not after.startswith("#"):
            self.wrong("something follows the closing quote; take it out, or put # before it")
        return value

    def filled(self, text) -> str:
        """The text with variables put in."""
        template = Template(lambda name: self.env.get(name, self.values.get(name)), of_stack=False)
        filled = template.fill(text)
        for told in template.wrong + ([] if self.allow_unset else [unset_text(name) for name in template.unset]):
            self.wrong(told)
        return filled


def unescape(text: str) -> str:
    """What a value in double quotes says; ``\\$`` is a dollar sign."""
    return ESCAPE.sub(lambda match: "$$" if match[1] == "$" else ESCAPES.get(match[1], match[1]), text)
