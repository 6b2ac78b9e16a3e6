# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands as words. What is expected is what docker stack config 28.2 made of them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a\nb\tc  d\r\n", ["a", "b", "c", "d"]),
        ('a \'b c\' "d \\" e" f\\ g # no', ["a", "b c", 'd " e', "f g"]),
        ("a \"\" ''b c", ["a", "", "b", "c"]),
        ('a \\n "x\\ny" é&;()$x', ["a", "n", "xny", "é&;()$x"]),
        ("'a\\n' \"it's\" 'say \"x\"'", ["a\\n", "it's", 'say "x"']),
        ("--a='b c'd", ["--a=b cd"]),
        ("a # c\n b", ["a", "b"]),
        ("# only", []),
        ("a#b c", ["a#b", "c"]),
        ("a \\#b '#c'", ["a", "#b", "#c"]),
    ],
)
def test_words_of_a_command(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize("text", ["a 'b", 'a "b', "a\\", '"a\\'])
def test_a_text_that_does_not_end(text):
    with pytest.raises(ValueError, match="closing|backslash"):
        words(text)
