# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tables of the Compose schema are written in. Each type checks a value and tells all that is wrong in it.

``accepts`` looks at the type of a value alone, which is enough to choose among alternatives.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from .problems import Problems
from .schema_hints import remedy, unknown

SHOWN = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
    "list": "a list",
    "mapping": "a mapping",
}


@dataclass(frozen=True)
class Place:
    """Where a value stands, and in a file of which version (the 8 of 3.8)."""

    path: tuple
    minor: int
    problems: Problems

    def inside(self, part) -> Place:
        """The place of one of its keys or items."""
        return Place((*self.path, part), self.minor, self.problems)

    def wrong(self, text: str):
        """Add a problem at this place."""
        self.problems.add(self.path, text)

    def mistyped(self, types: tuple, value):
        """Add the problem that the value is of none of these types."""
        wanted = [SHOWN[name] for name in types]
        text = f"{', '.join(wanted[:-1])} or {wanted[-1]}" if len(wanted) > 1 else wanted[0]
        self.wrong(f"must be {text}, but is {SHOWN[type_of(value)]}; {remedy(types, value)}")


def type_of(value) -> str:
    """The type of a value; a float without a fraction is a whole number, as to the docker CLI."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {float: "number", str: "string", list: "list", dict: "mapping"}
    return next(name for kind, name in names.items() if isinstance(value, kind))


@dataclass(frozen=True)
class Scalar:
    """A single value. ``choices`` are compared without regard to case; ``pattern`` has ``told``, what it stands for.

    ``lenient`` choices are the Engine's, which takes an empty value for none.
    """

    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    lenient: bool = False
    minimum: int | None = None
    pattern: re.Pattern | None = None
    told: str = ""

    def accepts(self, value) -> bool:
        """Whether the value is of one of its types."""
        name = type_of(value)
        return name in self.types or (name == "integer" and "number" in self.types)

    def check(self, value, place: Place):
        """Add what is wrong with the value."""
        if not self.accepts(value):
            place.mistyped(self.types, value)
        elif self.choices and not self._is_choice(value):
            place.wrong(f"must be one of {', '.join(self.choices)}, but is {value!r}")
        elif self.pattern and not self.pattern.fullmatch(value):
            place.wrong(f"must be {self.told}")
        elif self.minimum is not None and value < self.minimum:
            place.wrong(f"must be {self.minimum} or more, but is {value}")

    def _is_choice(self, value) -> bool:
        if self.lenient:
            return value.lower() in ("", *self.choices)
        return value in self.choices


@dataclass(frozen=True)
class ListOf:
    """A list of items of one kind."""

    item: object
    unique: bool = False
    types = ("list",)

    def accepts(self, value) -> bool:
        """Whether the value is a list."""
        return isinstance(value, list)

    def check(self, value, place: Place):
        """Add what is wrong with the value."""
        if not self.accepts(value):
            place.mistyped(self.types, value)
            return
        first = {}
        for index, item in enumerate(value):
            self.item.check(item, place.inside(index))
            former = first.setdefault(json.dumps(item, sort_keys=True, default=str), index) if self.unique else index
            if former != index:
                place.inside(index).wrong(f"is in the list already, as [{former}]; take it out")


@dataclass(frozen=True)
class Names:
    """A mapping whose keys the file's author chooses; ``told`` says what the pattern of the keys stands for."""

    value: object
    pattern: re.Pattern | None = None
    told: str = ""
    types = ("mapping",)

    def accepts(self, value) -> bool:
        """Whether the value is a mapping."""
        return isinstance(value, dict)

    def check(self, value, place: Place):
        """Add what is wrong with the value."""
        if not self.accepts(value):
            place.mistyped(self.types, value)
            return
        for name, item in value.items():
            if self.pattern and not self.pattern.fullmatch(name):
                place.inside(name).wrong(self.told)
            else:
                self.value.check(item, place.inside(name))


@dataclass(frozen=True)
class Keys:
    """A mapping whose keys Compose has chosen.

    ``extra_since`` and ``open_since`` are the minor versions from which it may have keys with x-, and any others.
    ``modern`` are keys of modern Compose, which only a file without a version may have.
    """

    keys: dict
    required: tuple[str, ...] = ()
    extra_since: int | None = None
    open_since: int | None = None
    modern: dict = field(default_factory=dict)
    types = ("mapping",)

    @property
    def known(self) -> dict:
        """All keys that Compose has here."""
        return {**self.keys, **self.modern} if self.modern else self.keys

    def accepts(self, value) -> bool:
        """Whether the value is a mapping."""
        return isinstance(value, dict)

    def check(self, value, place: Place):
        """Add what is wrong with the value."""
        if not self.accepts(value):
            place.mistyped(self.types, value)
            return
        known = self.known
        for name, item in value.items():
            if name in known:
                known[name].check(item, place.inside(name))
            else:
                self._check_other(name, item, place)
        for name in self.required:
            if name not in value:
                place.wrong(f"lacks {name}; add it")

    def _check_other(self, name: str, item, place: Place):
        since = self.extra_since if name.startswith("x-") else None
        reached = [minor for minor in (since, self.open_since) if minor is not None]
        if any(place.minor >= minor for minor in reached):
            return
        text = needs(since, place.minor) if since is not None else unknown(name, item, self)
        place.inside(name).wrong(text)


@dataclass(frozen=True)
class Either:
    """One of several, which differ in type."""

    alternatives: tuple

    @property
    def types(self) -> tuple[str, ...]:
        """The types of all alternatives."""
        return tuple(dict.fromkeys(name for one in self.alternatives for name in one.types))

    def accepts(self, value) -> bool:
        """Whether the value is of the type of an alternative."""
        return any(one.accepts(value) for one in self.alternatives)

    def check(self, value, place: Place):
        """Add what is wrong with the value."""
        for one in self.alternatives:
            if one.accepts(value):
                one.check(value, place)
                return
        place.mistyped(self.types, value)


@dataclass(frozen=True)
class Since:
    """What there is from a minor version on."""

    minor: int
    spec: object

    @property
    def types(self) -> tuple[str, ...]:
        """The types of what there is."""
        return self.spec.types

    def accepts(self, value) -> bool:
        """Whether the value is of its type."""
        return self.spec.accepts(value)

    def check(self, value, place: Place):
        """Add what is wrong with the value, which may be that it came later."""
        if place.minor < self.minor:
            place.wrong(needs(self.minor, place.minor))
        else:
            self.spec.check(value, place)


def needs(minor: int, present: int) -> str:
    """That something came later than the version of the file."""
    remedy_text = f'write version: "3.{minor}" or a later one, or leave version out'
    return f"exists since version 3.{minor} of Compose, and the file says 3.{present}; {remedy_text}"
