# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that is written as one text, split into words as docker splits it."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words; ``#`` before a word begins a comment. ValueError if the text ends within quotes or after a backslash.

    Where a shell would keep the backslash of ``"\\n"``, docker drops it.
    """
    found, word, quote, chars = [], None, "", iter(text)
    for char in chars:
        if char == "\\" and quote != "'":
            word = (word or "") + escaped(chars, text)
        elif char == quote:
            quote = ""
        elif quote:
            word += char
        elif char in "'\"":
            quote, word = char, word or ""
        elif char in " \t\r\n":
            found, word = found if word is None else [*found, word], None
        elif char == "#" and word is None:
            skip_line(chars)
        else:
            word = (word or "") + char
    if quote:
        raise ValueError(f"{text!r} has no closing {quote}")
    return found if word is None else [*found, word]


def escaped(chars, text: str) -> str:
    """The character behind a backslash."""
    char = next(chars, None)
    if char is None:
        raise ValueError(f"{text!r} ends with a backslash")
    return char


def skip_line(chars):
    """Leave out what is left of the line."""
    for char in chars:
        if char == "\n":
            return
