# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import (
    Field,
    Joint,
    argument_spec,
    check_since,
    documentation,
    get,
    put,
    version,
)

PARTS = (
    Field("subpath", "Subpath", "str", "Path.", since="1.45"),
    Field("target", "Target", "str", ".", required=True),
)
MOUNTS = Field("mounts", "Mounts", "list", "Mounts.", elements="dict", parts=PARTS)


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        pytest.param(Field("user", "User", "str", "."), {"type": "str", "no_log": False}, id="the least there is"),
        pytest.param(Field("key", "Key", "str", ".", secret=True), {"type": "str", "no_log": True}, id="a secret"),
        pytest.param(
            Field("wait", "", "bool", ".", default=False),
            {"type": "bool", "no_log": False, "default": False},
            id="false",
        ),
        pytest.param(
            Field("count", "", "int", ".", default=0), {"type": "int", "no_log": False, "default": 0}, id="zero"
        ),
        pytest.param(
            Field("mode", "", "str", ".", choices=("a", "b"), aliases=("m",), required=True),
            {"type": "str", "no_log": False, "choices": ["a", "b"], "aliases": ["m"], "required": True},
            id="choices, aliases and required",
        ),
        pytest.param(
            MOUNTS,
            {
                "type": "list",
                "elements": "dict",
                "no_log": False,
                "options": {
                    "subpath": {"type": "str", "no_log": False},
                    "target": {"type": "str", "no_log": False, "required": True},
                },
            },
            id="suboptions",
        ),
        pytest.param(
            Field("networks", "Networks", "list", ".", elements="raw", parts=PARTS),
            {"type": "list", "elements": "raw", "no_log": False},
            id="suboptions that have a short form are not checked by Ansible",
        ),
    ],
)
def test_the_argument_spec_has(field, entry):
    assert argument_spec((field,)) == {field.option: entry}


def test_the_argument_spec_has_the_options_of_a_joint():
    joint = Joint((Field("mode", "", "str", "."), Field("replicas", "", "int", ".")), "Mode", encode=None, show=None)
    assert list(argument_spec((joint, MOUNTS))) == ["mode", "replicas", "mounts"]


def test_the_documentation_has_the_argument_spec_without_no_log():
    assert documentation((MOUNTS,)) == {
        "mounts": {
            "type": "list",
            "elements": "dict",
            "description": ["Mounts."],
            "suboptions": {
                "subpath": {"type": "str", "description": ["Path.", "Needs API version 1.45 or newer."]},
                "target": {"type": "str", "description": ["."], "required": True},
            },
        }
    }


@pytest.mark.parametrize(
    ("params", "api", "message"),
    [
        pytest.param(
            {"init": True}, "1.36", "init needs Engine API 1.37 or newer, and this Engine speaks 1.36", id="new"
        ),
        pytest.param({"init": False}, "1.9", "init needs Engine API 1.37 or newer", id="versions are no decimals"),
        pytest.param(
            {"mounts": [{}, {"subpath": "a"}]}, "1.41", "mounts.subpath needs Engine API 1.45", id="in a list"
        ),
        pytest.param({"volume": {"subpath": "a"}}, "1.41", "volume.subpath needs Engine API 1.45", id="in a dict"),
        pytest.param({"init": True}, "1.37", None, id="new enough"),
        pytest.param({"init": None, "mounts": [{"subpath": None}]}, "1.0", None, id="not used"),
        pytest.param({"mounts": ["short:form"]}, "1.0", None, id="in a short form"),
    ],
)
def test_an_option_that_the_engine_is_too_old_for(params, api, message):
    table = (
        Field("init", "Init", "bool", ".", since="1.37"),
        MOUNTS,
        Field("volume", "Volume", "dict", ".", parts=PARTS),
    )
    if message is None:
        check_since(table, params, api)
        return
    with pytest.raises(InvalidOption) as caught:
        check_since(table, params, api)
    assert str(caught.value).startswith(message)
    assert caught.value.reason == "api_too_old"
    assert caught.value.details == {"option": message.split()[0], "needs": message.split()[4], "has": api}


def test_versions_compare_as_numbers():
    assert version("1.9") < version("1.10") < version("2.0")


@pytest.mark.parametrize(
    ("tree", "path", "value", "after"),
    [
        pytest.param({}, "A.B", 1, {"A": {"B": 1}}, id="makes the dicts on the way"),
        pytest.param({"A": None}, "A.B", 1, {"A": {"B": 1}}, id="makes a dict of null"),
        pytest.param({"A": {"B": 1, "C": 2}}, "A.B", None, {"A": {"C": 2}}, id="removes"),
        pytest.param({"A": {"B": 1}}, "A.B", None, {}, id="removes what is empty then"),
        pytest.param({}, "A.B", None, {}, id="makes nothing in order to remove"),
        pytest.param({"A": {}}, "A", {"B": {}}, {"A": {"B": {}}}, id="keeps empty dicts that are values"),
        pytest.param({"A": 1}, "A", 0, {"A": 0}, id="zero is a value"),
    ],
)
def test_put(tree, path, value, after):
    put(tree, path, value)
    assert tree == after


def test_get_goes_through_what_is_not_there():
    assert get({"A": {"B": 0}}, "A.B") == 0
    assert get({"A": None}, "A.B") is None
    assert get(None, "A") is None
