# SPDX-License-Identifier: GPL-3.0-or-later
"""How the cases of options are written: what an option is set to in turn, and what the Engine then has."""

from __future__ import annotations

from dataclasses import dataclass

CONTAINER = "TaskTemplate.ContainerSpec"
SECOND = 10**9
# What a step leaves out.
UNSET = object()


@dataclass(frozen=True)
class Case:
    """Steps of parameters, the last of which clears, and what the Engine has at ``path`` after each of them."""

    option: str
    path: str
    steps: tuple


def nested(option, value):
    """Parameters with a value for an option or a suboption."""
    head, _dot, rest = option.partition(".")
    return {head: nested(rest, value) if rest else value}


def one(option, path, *steps):
    """An option, or a suboption of a dict."""
    return Case(option, path, tuple((nested(option, value), held) for value, held in steps))


def item(option, path, beside, *steps, of=None):
    """A suboption of the only dict of a list, which has others beside it. ``of`` is the list, unless it is on top."""
    top = of or option.partition(".")[0]
    part = option.removeprefix(f"{top}.")
    given = [({} if value is UNSET else nested(part, value), held) for value, held in steps]
    steps = [(nested(top, [{**beside, **value}]), held) for value, held in given]
    return Case(option, path, (*steps, (nested(top, []), None)))


def flag(option, path):
    """An option that is on or off, and off where it is not there."""
    return one(option, path, (True, True), (False, None))


def words(option, path):
    """A list whose order the Engine keeps."""
    return one(option, path, (["a", "b"], ["a", "b"]), (["b"], ["b"]), ([], None))


def labels(option, path):
    """A dict of strings, which may be typed as numbers."""
    return one(option, path, ({"a": "b"}, {"a": "b"}), ({"a": 1, "c": ""}, {"a": "1", "c": ""}), ({}, None))


def port(target, published=None, protocol="tcp", mode="ingress"):
    """A port as the Engine has it."""
    shown = {"Protocol": protocol, "TargetPort": target, "PublishedPort": published, "PublishMode": mode}
    return {key: value for key, value in shown.items() if value is not None}
