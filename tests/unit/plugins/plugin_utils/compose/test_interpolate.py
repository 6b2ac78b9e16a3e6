# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""fixtures/templates.json is what docker stack config 28.2.2 made of texts, with ENV as its environment.

A line has the text and what became of it. Where there is only the text, the CLI refuses it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data, read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.interpolate import interpolate
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems

ENV = {"A": "one", "B": "", "C_1": "x y", "a": "low", "_U": "$A", "NUM": "7"}
TEMPLATES = json.loads((Path(__file__).parent / "fixtures/templates.json").read_text())


def filled(text, allow_unset=False):
    """What becomes of a text, the problems and the warnings."""
    problems = Problems()
    tree = interpolate(from_data({"x": text}, "f"), ENV.get, problems, allow_unset)
    return tree["x"], [problem.text for problem in problems.found], problems.warnings


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row, id=row[0]) for row in TEMPLATES if len(row) > 1])
def test_a_text_becomes_what_it_becomes_with_docker_stack(text, expected):
    assert filled(text, allow_unset=True)[:2] == (expected, [])


@pytest.mark.parametrize("text", [row[0] for row in TEMPLATES if len(row) == 1])
def test_what_docker_stack_refuses_is_refused(text):
    assert filled(text, allow_unset=True)[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("${A:+set}", "set", id=":+ of what is set"),
        pytest.param("${B:+set}", "", id=":+ of what is empty"),
        pytest.param("${GONE:+set}", "", id=":+ of what is not set"),
        pytest.param("${B+set}", "set", id="+ of what is empty"),
        pytest.param("${GONE+set}", "", id="+ of what is not set"),
        pytest.param("${A:+<$NUM>}", "<7>", id="a variable in an alternative"),
        pytest.param("${GONE:-$A}", "one", id="a default of another variable"),
        pytest.param("${GONE:-${A}}!", "one!", id="a default in braces"),
        pytest.param("${GONE:-${GONE:-${NUM}}}", "7", id="a default of a default"),
        pytest.param("${GONE-a${B:-b}c}", "abc", id="a default among text"),
        pytest.param("${GONE:-$$A${A}}", "$Aone", id="a dollar sign beside a variable in a default"),
        pytest.param("${A:-${GONE}}", "one", id="a default that is not needed may be without a value"),
        pytest.param("${A:?must-be-set}", "one", id="a hyphen in a message is no default"),
        pytest.param("${A?x:-y}", "one", id="the first operator counts"),
    ],
)
def test_what_compose_has_and_docker_stack_has_not(text, expected):
    assert filled(text) == (expected, [], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "${GONE}",
            "the variable GONE is not set; set it, give it a default as in ${GONE:-default}, or allow_unset: true",
            id="without a value",
        ),
        pytest.param("${GONE:?why}", "the variable GONE, which is required, is not set: why", id="required"),
        pytest.param("${B:?}", "the variable B, which is required, is empty", id="required and empty"),
        pytest.param("${B:?a-b}", "the variable B, which is required, is empty: a-b", id="a hyphen in a message"),
        pytest.param(
            "$1 $A", "the $ at character 1 begins no variable; write $$ if it is a $", id="even if a variable follows"
        ),
        pytest.param("x ${A", "${A at character 3 is no variable: it has no closing brace", id="no closing brace"),
        pytest.param("${A:-${B}", "${A at character 1 is no variable: it has no closing brace", id="one brace of two"),
        pytest.param(
            "${A.b}",
            "${A at character 1 is no variable: after the name may come }, or one of :- - :? ? :+ +",
            id="no operator",
        ),
    ],
)
def test_what_is_wrong_is_said(text, said):
    assert filled(text) == (text, [said], [])


def test_all_problems_are_listed_with_their_places():
    text = "services:\n  web:\n    image: $GONE/${LOST}\n    command:\n    - a\n    - $(x)\n    user: $GONE\n"
    problems = Problems()
    interpolate(read(text, "f.yml"), ENV.get, problems, False)
    assert [str(problem).partition(";")[0] for problem in problems.found] == [
        "f.yml:3: services.web.image: the variable GONE is not set",
        "f.yml:6: services.web.command[1]: the $ at character 1 begins no variable",
        "f.yml:7: services.web.user: the variable GONE is not set",
    ]
    assert "LOST" in problems.found[0].text


def test_with_allow_unset_a_variable_is_empty_and_told_of_once():
    assert filled(["$GONE-", "a${GONE}b", "${LOST}"], allow_unset=True)[::2] == (
        ["", "ab", ""],
        [
            "x[0]: what follows $GONE is taken for its default or message, as docker stack does; "
            "write ${GONE} if it is text",
            "the variable GONE is not set; it is taken for an empty text",
            "the variable LOST is not set; it is taken for an empty text",
        ],
    )


def test_a_required_variable_is_required_with_allow_unset_too():
    assert filled("${GONE?}", allow_unset=True)[1] == ["the variable GONE, which is required, is not set"]


def test_values_are_filled_everywhere_and_keys_nowhere():
    tree = interpolate(from_data({"$A": [{"$A": "$A"}, "$A"], "n": 1, "z": None}, "f"), ENV.get, Problems(), False)
    assert tree == {"$A": [{"$A": "one"}, "one"], "n": 1, "z": None}


def test_what_a_variable_holds_is_not_filled_again():
    assert filled("$_U ${GONE:-x}$_U")[0] == "$A x$A"
