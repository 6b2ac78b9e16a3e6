# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML text as nodes with their lines. PyYAML's own composer refuses anchors that are used again, which YAML allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

# libyaml is what Go's parser was made from; a PyYAML without it has a parser of its own.
Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Scalar:
    """A text, and what its type follows from."""

    line: int
    text: str
    tag: str | None
    quoted: bool

    @property
    def merges(self) -> bool:
        """Whether this is the key ``<<``, which takes in other maps."""
        return self.text == "<<" and not self.quoted and self.tag in (None, "!", "tag:yaml.org,2002:merge")


@dataclass
class Sequence:
    """Items, each with the line at which it is written."""

    line: int
    items: list = field(default_factory=list)


@dataclass
class Map:
    """Entries: the line, the key and the value of each."""

    line: int
    entries: list = field(default_factory=list)


def compose(text: str):
    """The node of the first document, None if there is none; yaml.YAMLError says what is wrong."""
    return Composer(text).document()


class Composer:
    """Makes nodes of the parser's events. An alias gives the very node that its anchor names."""

    def __init__(self, text):
        self.events = yaml.parse(text, Parser)
        self.anchors = {}
        self.open = set()

    def document(self):
        """The first document, and proof that it is the only one: Docker's CLI would ignore the others."""
        root = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                if root is None:
                    root = self.node(event)
                elif not is_nothing(event):
                    raise mistake(event, "a second document begins here; put it into a file of its own")
        return root

    def node(self, event):
        """The node that begins with this event."""
        if isinstance(event, yaml.AliasEvent):
            return self.named(event)
        self.open.add(event.anchor)
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            node = Scalar(line, event.value, event.tag, event.style not in (None, ""))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Sequence(line, [(self.line(item), self.node(item)) for item in self.until(yaml.SequenceEndEvent)])
        else:
            node = Map(line)
            for key in self.until(yaml.MappingEndEvent):
                node.entries.append((self.line(key), self.node(key), self.node(next(self.events))))
        self.open.discard(event.anchor)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def until(self, end):
        """The events up to the one that ends what is open."""
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def named(self, event):
        """What the alias stands for."""
        if event.anchor in self.open:
            raise mistake(event, f"*{event.anchor} stands inside of what &{event.anchor} names; take it out")
        if event.anchor not in self.anchors:
            raise mistake(
                event, f"no anchor &{event.anchor} stands before *{event.anchor}; write one, or correct the name"
            )
        return self.anchors[event.anchor]

    @staticmethod
    def line(event):
        """The line at which the event is written."""
        return event.start_mark.line + 1


def is_nothing(event) -> bool:
    """Whether this is the node of an empty document, as after a last ``---``."""
    return isinstance(event, yaml.ScalarEvent) and event.value == "" and event.style in (None, "")


def mistake(event, text):
    """An error at the place of the event."""
    return yaml.MarkedYAMLError(None, None, text, event.start_mark)
