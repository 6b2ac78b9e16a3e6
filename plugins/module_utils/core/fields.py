# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The field table: every option of a resource is one entry, in one place.

From a table come the argument spec, the documentation, the Engine JSON, the comparison, the diff and the
check of API versions. A table is a tuple of ``Field`` and ``Joint``; docs/field-table.md has an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from .errors import InvalidOption
from .values import same

EMPTY = ("", [], {})


@dataclass(frozen=True)
class Field:
    """One option and where it lives in the Engine JSON.

    ``path`` is dotted (``TaskTemplate.ContainerSpec.User``), relative to the parent's for ``parts``, and empty
    for an option that steers the module and is not part of the resource.
    ``encode`` turns a playbook value into an Engine value and raises InvalidOption; ``canonical`` turns an Engine
    value into the notation of playbooks, in which values are compared and shown. It must be idempotent and pass
    through any type that it does not know.
    ``engine_default`` is what the Engine means where the path is absent, as an Engine value.
    ``parts`` are the suboptions of a dict or of the dicts of a list; ``key`` names the part by which such a list is
    ordered, so that order makes no difference. ``prepare`` gets the whole value before its parts are built: it writes
    out what is meant, and raises InvalidOption for parts that do not go together.
    ``atomic``: a dict that is one value, so that a part that is left out does not keep what it was.
    ``explicit``: a part that the Engine reads as zero and not as its default where it is absent from a dict that is
    there, so that the default is written with any other part.
    ``fixed``: the Engine takes the value at creation only. ``since`` is the API version that brought the option.
    """

    option: str
    path: str
    type: str
    help: str | tuple
    elements: str | None = None
    choices: tuple = ()
    required: bool = False
    default: Any = None
    aliases: tuple = ()
    secret: bool = False
    since: str | None = None
    engine_default: Any = None
    encode: Callable = same
    canonical: Callable = same
    parts: tuple = ()
    key: str | None = None
    prepare: Callable = same
    atomic: bool = False
    explicit: bool = False
    fixed: bool = False

    def argument(self) -> dict:
        """This option's entry in an argument spec."""
        entry: dict = {"type": self.type, "no_log": self.secret}
        for name in ("elements", "default", "choices", "aliases", "required"):
            value = getattr(self, name)
            if value not in (None, ()) and (name != "required" or value):
                entry[name] = list(value) if isinstance(value, tuple) else value
        if self.parts and "dict" in (self.type, self.elements):
            entry["options"] = argument_spec(self.parts)
        return entry

    def documentation(self) -> dict:
        """This option's entry in a module's documentation."""
        entry = self.argument()
        del entry["no_log"]
        entry["description"] = [self.help] if isinstance(self.help, str) else list(self.help)
        if self.since:
            entry["description"].append(f"Needs API version {self.since} or newer.")
        if self.parts:
            entry["suboptions"] = documentation(self.parts)
            entry.pop("options", None)
        return entry

    @property
    def grouped(self) -> bool:
        """Whether this is a dict of options that are planned one by one."""
        return bool(self.parts) and self.type == "dict" and not self.atomic

    def to_engine(self, value: Any, prefix: str = "") -> Any:
        """The Engine value of a playbook value, None for an empty one; InvalidOption names this option."""
        if is_empty(value) if self.parts else value in EMPTY:
            return None
        try:
            if self.parts:
                value = self.prepare(value)
            if self.parts and self.type == "list":
                return [build(self.parts, item) for item in value]
            if self.parts and self.type == "dict":
                return build(self.parts, value)
            return self.encode(value)
        except InvalidOption as exc:
            raise InvalidOption(f"{prefix}{self.option}: {exc}") from exc

    def meaning(self, raw: Any) -> Any:
        """What an Engine value (or None, where the path is absent) means, comparable and readable."""
        if raw is None or raw in EMPTY:
            raw = self.engine_default
        if self.parts and self.type == "dict" and isinstance(raw, dict):
            shown = show(self.parts, raw)
            # Zeros and defaults alone say no more than an absent dict.
            raw = None if shown == show(self.parts, {}) else shown
        if self.parts and self.type == "list" and isinstance(raw, list):
            items = [show(self.parts, item) for item in raw]
            raw = sorted(items, key=self._place) if self.key else items
        shown = self.canonical(raw)
        return None if shown in EMPTY else shown

    def is_default(self, value: Any) -> bool:
        """Whether a playbook value is what the Engine means anyway."""
        return self.meaning(self.to_engine(value)) == self.meaning(None)

    def _place(self, item):
        """Where a dict stands in a list without order; the other parts decide between equal keys."""
        return str(item.get(self.key)), str(sorted(item.items()))


@dataclass(frozen=True)
class Joint:
    """Options that make one Engine value together, such as ``mode`` and ``replicas``.

    ``encode(given, raw)`` gets the options that were given and the present Engine value and returns the new one;
    ``show(raw)`` returns a dict with the playbook value of each option; None is what is absent, as the Engine means it.
    """

    fields: tuple
    path: str
    encode: Callable
    show: Callable


def is_empty(value: Any) -> bool:
    """Whether a value clears an option with suboptions: Ansible fills up a dict, with None for each of them."""
    return value in EMPTY or (isinstance(value, dict) and all(part is None for part in value.values()))


def options(table) -> list:
    """Every Field of a table, those of its Joints included."""
    found: list = []
    for entry in table:
        found.extend(entry.fields if isinstance(entry, Joint) else [entry])
    return found


def argument_spec(table) -> dict:
    """The argument spec of a table, for AnsibleModule."""
    return {field.option: field.argument() for field in options(table)}


def documentation(table) -> dict:
    """The ``options`` of a table, for a module's documentation."""
    return {field.option: field.documentation() for field in options(table)}


def build(parts, item: dict) -> dict:
    """The Engine JSON of one dict of a list."""
    built: dict = {}
    for part in parts:
        value = item.get(part.option)
        if value is not None:
            put(built, part.path, part.to_engine(value))
    return built


def show(parts, item: dict) -> dict:
    """One dict of the Engine in the notation of playbooks, without what is unset."""
    shown = {part.option: part.meaning(get(item, part.path)) for part in parts}
    return {option: value for option, value in shown.items() if value is not None}


def show_all(table, spec: dict) -> dict:
    """A whole resource in the notation of playbooks: what an inventory would have to say to get it."""
    shown: dict = {}
    for entry in table:
        if isinstance(entry, Joint):
            shown.update(entry.show(get(spec, entry.path)))
        elif entry.parts and entry.type == "dict":
            shown[entry.option] = show(entry.parts, get(spec, entry.path) or {}) or None
        elif entry.path:
            shown[entry.option] = entry.meaning(get(spec, entry.path))
    return {option: value for option, value in shown.items() if value is not None}


def get(tree: dict | None, path: str) -> Any:
    """The value at a dotted path, or None."""
    for name in path.split("."):
        tree = (tree or {}).get(name)
    return tree


def put(tree: dict, path: str, value: Any) -> None:
    """Set the value at a dotted path; None removes it, and the dicts that are empty then."""
    head, _dot, rest = path.partition(".")
    if rest:
        branch = tree.get(head)
        if branch is None:
            if value is None:
                return
            branch = tree[head] = {}
        put(branch, rest, value)
        if not branch and value is None:
            del tree[head]
    elif value is None:
        tree.pop(head, None)
    else:
        tree[head] = value


def version(text: str) -> tuple:
    """An API version such as ``1.41`` as a tuple that compares."""
    return tuple(int(part) for part in text.split("."))


def check_since(table, params: dict, api_version: str, prefix: str = "") -> None:
    """Refuse options that this Engine's API does not know, by name and with both versions."""
    for field in options(table):
        value = params.get(field.option)
        if value is None:
            continue
        name = prefix + field.option
        # An Engine that does not know an option does what is its default.
        if field.since and version(field.since) > version(api_version) and not field.is_default(value):
            raise InvalidOption(
                f"{name} needs Engine API {field.since} or newer, and this Engine speaks {api_version}; "
                "leave the option out or upgrade the Engine",
                reason="api_too_old",
                option=name,
                needs=field.since,
                has=api_version,
            )
        if field.parts:
            # An option of type raw may have short forms beside dicts.
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    check_since(field.parts, item, api_version, f"{name}.")


def fill(table, item: dict) -> dict:
    """One dict with every option of the table, as an argument spec would complete it."""
    filled = {}
    for field in options(table):
        value = item.get(field.option, field.default)
        if field.parts and isinstance(value, dict):
            value = fill(field.parts, value)
        elif field.parts and isinstance(value, list):
            value = [fill(field.parts, part) if isinstance(part, dict) else part for part in value]
        filled[field.option] = value
    return filled
