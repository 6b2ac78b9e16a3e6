# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import Document
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import (
    ComposeError,
    Problem,
    Problems,
    path_text,
)

PORT = ("services", "web", "ports", 1)
FIRST = Document("first.yml", {}, {("services",): 1, ("services", "web"): 2, PORT: 12})
SECOND = Document("second.yml", {}, {("services",): 3})
INLINE = Document("definition", {})


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        pytest.param(Problem("a.yml", 12, PORT, "bad"), "a.yml:12: services.web.ports[1]: bad", id="all is known"),
        pytest.param(Problem("a.yml", None, PORT, "bad"), "a.yml: services.web.ports[1]: bad", id="no line"),
        pytest.param(Problem("a.yml", 12, (), "bad"), "a.yml:12: bad", id="no path"),
        pytest.param(Problem(None, None, PORT, "bad"), "services.web.ports[1]: bad", id="no file"),
    ],
)
def test_a_problem_names_its_place(problem, text):
    assert str(problem) == text


def test_a_path_is_written_as_people_write_it():
    assert path_text((0, "a", 1, 2, "b.c")) == "[0].a[1][2].b.c"


def test_the_place_is_the_line_of_the_nearest_thing_around():
    problems = Problems(FIRST)
    problems.add(PORT, "bad")
    problems.add(("services", "web", "image", "x"), "bad")
    problems.add(("volumes",), "bad")
    assert [problem.line for problem in problems.found] == [12, 2, None]


def test_the_error_lists_all_files_from_top_to_bottom():
    problems = Problems()
    problems.within(FIRST).add(PORT, "late")
    problems.within(SECOND).add(("services",), "other file")
    problems.within(FIRST).add(("services", "web"), "early")
    with pytest.raises(ComposeError) as caught:
        problems.raise_if_any()
    assert str(caught.value).splitlines() == [
        "first.yml:2: services.web: early",
        "first.yml:12: services.web.ports[1]: late",
        "second.yml:3: services: other file",
    ]


def test_what_is_found_twice_is_said_once():
    problems = Problems(INLINE)
    for text in ("bad", "bad", "worse"):
        problems.add(PORT, text)
        problems.warn(text)
    assert [problem.text for problem in problems.found] == ["bad", "worse"]
    assert problems.warnings == ["bad", "worse"]


def test_of_a_value_that_cannot_be_told_nothing_else_is_wrong():
    problems = Problems()
    problems.within(FIRST).add_unknown(PORT, "no value")
    problems.within(FIRST).add(PORT, "no port")
    problems.within(SECOND).add(PORT, "another port")
    assert [problem.text for problem in problems.found] == ["no value", "another port"]


def test_nothing_wrong_is_no_error():
    Problems().raise_if_any()
