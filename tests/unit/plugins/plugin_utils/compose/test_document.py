# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime
import re

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose import document
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data, read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

FILE = """\
x-common: &common
  image: nginx
  labels: &labels
    a: 1
services:
  web:
    <<: *common
    ports:
      - 80
      - target: 81
        mode: host
    labels:
      <<: *labels
      b: 2
"""
BOMB = "\n".join(["a: &a0 [x]", *(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)), "b: *a8"])


def errors(text):
    with pytest.raises(ComposeError) as caught:
        read(text, "f.yml")
    return str(caught.value).splitlines()


def test_a_file_is_plain_values():
    assert read(FILE, "f.yml").tree["services"] == {
        "web": {"ports": [80, {"target": 81, "mode": "host"}], "labels": {"b": 2, "a": 1}, "image": "nginx"}
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("services",), 5, id="a key"),
        pytest.param(("services", "web", "ports", 0), 9, id="an item"),
        pytest.param(("services", "web", "ports", 1, "mode"), 11, id="a key in an item"),
        pytest.param(("services", "web", "labels", "b"), 14, id="a key of a map that takes in another"),
        pytest.param(("services", "web", "labels", "a"), 4, id="a key that was taken in, where it is written"),
        pytest.param(("services", "web", "image"), 2, id="a key that an alias brought"),
        pytest.param(("services", "web", "deploy", "mode"), 6, id="what is not there: the nearest thing around it"),
        pytest.param(("volumes", "data"), None, id="nothing near it"),
    ],
)
def test_every_value_has_its_line(path, line):
    assert read(FILE, "f.yml").line(path) == line


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("a: &x 1\nb: *x", {"a": 1, "b": 1}, id="an alias"),
        pytest.param("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}, id="an anchor that is used again"),
        pytest.param("a: &x k\n*x : v", {"a": "k", "k": "v"}, id="an alias as a key"),
        pytest.param("<<: {a: 1, b: 2}\nb: 3", {"b": 3, "a": 1}, id="own keys win"),
        pytest.param("<<: {a: 1}\na:", {"a": None}, id="own keys win even if they are null"),
        pytest.param("<<: [{a: 1}, {a: 2, b: 3}]", {"a": 1, "b": 3}, id="of several maps the first wins"),
        pytest.param("<<: {<<: {a: 1}, b: 2}", {"b": 2, "a": 1}, id="maps that take in maps"),
        pytest.param("<<: []\na: 1", {"a": 1}, id="an empty list of maps"),
        pytest.param('"<<": a', {"<<": "a"}, id="in quotes it is a key"),
        pytest.param("a: <<", {"a": "<<"}, id="as a value it is text"),
        pytest.param("a: !override {b: 1}\nc: !x [2]", {"a": {"b": 1}, "c": [2]}, id="tags of maps and lists"),
        pytest.param("a: |\n  0644\nb: >-\n  x\n  y", {"a": "0644\n", "b": "x y"}, id="blocks are text"),
        pytest.param("a: \"0644\"\nb: 'yes'", {"a": "0644", "b": "yes"}, id="quoted is text"),
        pytest.param("a:\t1", {"a": 1}, id="a tab before a value"),
        pytest.param("---\na: 1\n...\n---\n", {"a": 1}, id="an empty second document"),
        pytest.param("\ufeffa: 1", {"a": 1}, id="a byte order mark"),
        pytest.param("a: ✓ ü 😀", {"a": "✓ ü 😀"}, id="any character"),
    ],
)
def test_yaml_is_read_as_the_cli_reads_it(text, tree):
    assert read(text, "f.yml").tree == tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "f.yml: there is no map here; write one with a key such as services", id="empty"),
        pytest.param("- a", "f.yml:1: there is no map here; write one with a key such as services", id="a list"),
        pytest.param(
            "a:\n  b: 1\n  c: 2\n  b: 3",
            "f.yml:4: a.b: the key is there already, at line 2; remove one of the two",
            id="a key twice",
        ),
        pytest.param('1: x\n"1": y', "f.yml:1: the key '1' is no text; put it in quotes", id="a number as a key"),
        pytest.param("a: {~: x}", "f.yml:1: a: the key '~' is no text; put it in quotes", id="null as a key"),
        pytest.param(
            "? [a]\n: b", "f.yml:1: the key that is a list or map is no text; put it in quotes", id="a list as a key"
        ),
        pytest.param(
            "a:\n- .inf",
            "f.yml:2: a[0]: '.inf' is no number that Compose can hold; put it in quotes if it is text",
            id="infinity",
        ),
        pytest.param(
            "a: !!int x",
            "f.yml:1: a: 'x' is no int, which its tag says it is; correct the value, or leave out the tag",
            id="a wrong tag",
        ),
        pytest.param(
            "<<: {a: 1}\n<<: {b: 1}",
            "f.yml:2: <<: the key is there already, at line 1; remove one of the two",
            id="<< twice",
        ),
        pytest.param(
            "a: {<<: 1}",
            "f.yml:1: a.<<: only a map or a list of maps can be taken in here; name one with an alias",
            id="<< of no map",
        ),
        pytest.param(
            "a: *x",
            "f.yml:1: this is no valid YAML: no anchor &x stands before *x; write one, or correct the name",
            id="an unknown alias",
        ),
        pytest.param(
            "a: &x\n  b: *x",
            "f.yml:2: this is no valid YAML: *x stands inside of what &x names; take it out",
            id="an alias within itself",
        ),
        pytest.param(
            "a: 1\n---\nb: 1",
            "f.yml:3: this is no valid YAML: a second document begins here; put it into a file of its own",
            id="two documents",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    assert errors(text) == [said]


def test_aliases_of_aliases_come_to_an_end(monkeypatch):
    monkeypatch.setattr(document, "MOST_VALUES", 1000)
    (said,) = errors(BOMB)
    assert "the aliases stand for more than 1000 values" in said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\nb: [1\nc: 2\n", id="a bracket that is not closed"),
        pytest.param("a: 1\n\nb: \x01", id="a control character"),
        pytest.param("a: 1\nb: 1\n c: 1", id="a wrong indentation"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(text):
    (said,) = errors(text)
    assert re.fullmatch(r"f\.yml:3: this is no valid YAML: .+", said)


def test_all_that_is_wrong_is_said_at_once():
    text = "1: x\na: .nan\nb: {c: 1, c: 2}\nd: !!bool yes\n"
    assert [line.split(":")[1] for line in errors(text)] == ["1", "2", "3", "4"]


def test_an_inline_definition_keeps_its_types():
    data = {"a": (1, 2.5, True, None), "b": {"c": "yes"}}
    read_back = from_data(data, "definition")
    assert read_back.tree == {"a": [1, 2.5, True, None], "b": {"c": "yes"}}
    assert read_back.line(("a", 0)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2020, 1, 2), "2020-01-02 00:00:00 +0000 UTC"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5, 500000), "2020-01-02 03:04:05.5 +0000 UTC"),
        (
            datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
            "2020-01-02 03:04:05 +0200 +0200",
        ),
    ],
)
def test_dates_of_an_inline_definition_are_those_of_a_file(value, text):
    assert from_data({"a": value}, "definition").tree == {"a": text}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([1], "definition: there is no map here; write one with a key such as services"),
        ({"a": {1: 2}}, "definition: a: the key 1 is no text; put it in quotes"),
        (
            {"a": [float("inf")]},
            "definition: a[0]: inf is nothing that Compose can hold; put it in quotes if it is text",
        ),
        ({"a": b"x"}, "definition: a: b'x' is nothing that Compose can hold; put it in quotes if it is text"),
    ],
)
def test_an_inline_definition_holds_what_a_file_can_hold(data, said):
    with pytest.raises(ComposeError) as caught:
        from_data(data, "definition")
    assert str(caught.value) == said
