# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of values into which variables were put, as docker stack config 28.2.2 was measured to make them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.casts import CASTS, boolean, integer, number
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.interpolate import interpolate
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems

WEB = ("services", "web")
MODE = (*WEB, "secrets", 0, "mode")
RATIO = (*WEB, "deploy", "update_config", "max_failure_ratio")
FLAG = (*WEB, "read_only")


def tree_of(path, value):
    """A tree in which the value is at the path."""
    for part in reversed(path):
        value = {part: value} if isinstance(part, str) else [value]
    return value


def at(tree, path):
    for part in path:
        tree = tree[part]
    return tree


def cast(path, value, **env):
    problems = Problems()
    tree = interpolate(from_data(tree_of(path, value), "f"), env.get, problems, False)
    return at(tree, path), [problem.text for problem in problems.found]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        pytest.param(MODE, "0440", 440, id="a number is decimal even if it begins with 0"),
        pytest.param(MODE, "-5", -5, id="a negative number"),
        pytest.param(MODE, "+5", 5, id="a number with a sign"),
        pytest.param(RATIO, "0.25", 0.25, id="a ratio"),
        pytest.param(RATIO, "1", 1.0, id="a ratio without decimals"),
        pytest.param(RATIO, "1e-1", 0.1, id="a ratio with an exponent"),
        pytest.param(FLAG, "Yes", True, id="yes"),
        pytest.param(FLAG, "ON", True, id="on"),
        pytest.param(FLAG, "n", False, id="n"),
        pytest.param((*WEB, "ports", 0, "published"), "8080", 8080, id="a published port"),
        pytest.param((*WEB, "ulimits", "nofile"), "10", 10, id="one number for a limit"),
        pytest.param((*WEB, "ulimits", "nofile", "hard"), "10", 10, id="a limit's hard number"),
        pytest.param(("networks", "n", "external"), "true", True, id="an external network"),
        pytest.param(("volumes", "v", "external"), "off", False, id="an external volume"),
        pytest.param((*WEB, "ports", 0), "80", "80", id="a port in its short form stays text"),
        pytest.param((*WEB, "environment", "N"), "7", "7", id="the environment stays text"),
        pytest.param((*WEB, "deploy", "resources", "limits", "cpus"), "1", "1", id="cpus stay text"),
        pytest.param((*WEB, "init"), "true", "true", id="init stays text"),
        pytest.param(("x-services", "web", "read_only"), "true", "true", id="an extension stays text"),
    ],
)
def test_a_value_that_a_variable_changed_is_of_the_type_that_belongs_there(path, value, expected):
    found, problems = cast(path, "${V}", V=value)
    assert (found, type(found), problems) == (expected, type(expected), [])


@pytest.mark.parametrize("value", ["0440", 288, None])
def test_a_value_that_no_variable_changed_keeps_its_type(value):
    assert cast(MODE, value) == (value, [])


@pytest.mark.parametrize("path", sorted(CASTS, key=str))
def test_every_place_of_the_cli_is_known(path):
    path = tuple({"*": "any", "[]": 0}.get(part, part) for part in path)
    assert {type(cast(path, "${V}", V=value)[0]) for value in ("1", "on", "x")} in (
        {int, str},
        {float, str},
        {bool, str},
    )


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (integer, ["", " 1", "1_0", "0x1", "1.0", "9223372036854775808", "\u0661"]),
        (number, ["", ".", "1e", "1_0", "inf", "1e999", " 1"]),
        (boolean, ["", "1", "tru", " yes"]),
    ],
)
def test_what_is_of_another_type_is_refused(function, values):
    for value in values:
        with pytest.raises(ValueError, match="a whole number|a number|true or false"):
            function(value)


def test_the_problem_names_the_place_and_not_the_value():
    assert cast(MODE, "${V}", V="sesame") == (
        "${V}",
        ["with its variables put in, '${V}' is not a whole number; correct the variable"],
    )
