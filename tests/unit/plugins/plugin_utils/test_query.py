# SPDX-License-Identifier: GPL-3.0-or-later
"""What a query makes of a result, and what is said of one that is wrong."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils import query
from ansible_collections.flotilla.swarm.plugins.plugin_utils.query import QueryError, evaluate, read_query


class Text(str):
    """Ansible's own strings are of a class that jmespath does not know by name."""


RESULT = {
    "changed": False,
    "invocation": {"module_args": {"query": "@"}},
    "_ansible_parsed": True,
    "warnings": [object()],
    "nodes": [{"hostname": Text("a1"), "cpus": 2}, {"hostname": Text("b1"), "cpus": 4}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("nodes[?cpus > `2`].hostname", ["b1"], id="a filter with a number"),
        pytest.param("nodes[?starts_with(hostname, 'a')].cpus | [0]", 2, id="a function of strings"),
        pytest.param("keys(@)", ["changed", "nodes"], id="only what the module found is there"),
        pytest.param("nothing", None, id="what is not there is nothing"),
    ],
)
def test_what_a_query_finds(text, expected):
    assert evaluate(read_query(text), RESULT) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("nodes[", "'nodes[' ends too early; something is missing after character 6", id="too short"),
        pytest.param("a..b", "'a..b' is wrong at character 3, at '.'", id="a word too much"),
        pytest.param("a[?b=='c", 'is wrong at character 7, at "\'c"', id="a quote that does not end"),
        pytest.param("", "the expression is empty", id="nothing"),
        pytest.param(
            "a[].{x: upper(b)}", "calls upper at character 9, which is no function", id="a function of others"
        ),
        pytest.param(["a"], "['a'] is no text", id="a list"),
    ],
)
def test_a_query_that_is_wrong_says_where(text, told):
    with pytest.raises(QueryError) as caught:
        read_query(text)
    assert told in str(caught.value)
    assert caught.value.reason == "invalid_option"


def test_a_query_that_does_not_fit_the_result():
    with pytest.raises(QueryError, match=r"'length\(changed\)' does not fit what was found: .*length\(\)"):
        evaluate(read_query("length(changed)"), RESULT)


def test_no_query():
    assert read_query(None, in_background=True) is None


def test_a_task_in_the_background_has_no_result():
    with pytest.raises(QueryError, match="leave out async or query"):
        read_query("a", in_background=True)


def test_the_library_is_missing(monkeypatch):
    monkeypatch.setattr(query, "jmespath", None)
    with pytest.raises(QueryError, match="'jmespath' is not installed .* on the controller") as caught:
        read_query("a")
    assert caught.value.reason == "missing_library"
