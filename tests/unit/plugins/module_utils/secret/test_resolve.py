# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.config.resolve import CONFIG, show_data
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.fingerprint import fingerprint
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.resolve import (
    SECRET,
    Found,
    read_data,
    same_data,
    show,
    telling,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.write import creation_labels, with_data

NOTHING = {"data": None, "data_is_b64": False, "data_src": None}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, None),
        ({"data": "ü"}, "ü".encode()),
        ({"data": ""}, b""),
        ({"data": "aGVs\nbG8=\n", "data_is_b64": True}, b"hello"),
        ({"data": "/wA=", "data_is_b64": True}, b"\xff\x00"),
    ],
)
def test_data(options, expected):
    assert read_data({**NOTHING, **options}) == expected


def test_data_of_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\n")
    assert read_data({**NOTHING, "data_src": str(tmp_path / "file"), "data_is_b64": True}) == b"\xff\n"


@pytest.mark.parametrize("options", [{"data": "h*llo===", "data_is_b64": True}, {"data_src": "/no/such/file"}])
def test_data_that_cannot_be_read_is_told_without_it(options):
    with pytest.raises(InvalidOption) as caught:
        read_data({**NOTHING, **options})
    assert "h*llo" not in str(caught.value)
    assert str(caught.value).startswith(tuple(f"{name}: " for name in options))
    # What Python itself says of it may repeat the value.
    assert options.get("data") is None or caught.value.__suppress_context__


def test_whether_data_is_the_same():
    raw = {
        "Spec": {"Data": base64.b64encode(b"x").decode(), "Labels": {"flotilla.swarm.fingerprint": fingerprint(b"y")}}
    }
    assert [same_data(SECRET, raw, data) for data in (b"x", b"y")] == [False, True]
    assert [same_data(CONFIG, raw, data) for data in (b"x", b"y")] == [True, False]
    assert same_data(SECRET, {"Spec": {"Labels": None}}, b"x") is None
    assert same_data(CONFIG, {"Spec": {}}, b"") is True


def test_a_secret_as_the_engine_has_it_is_shown_without_labels_of_ours():
    raw = {
        "ID": "abc",
        "CreatedAt": "then",
        "UpdatedAt": "now",
        "Spec": {
            "Name": "db_v3",
            "Labels": {
                "flotilla.swarm.version_of": "db",
                "flotilla.swarm.version": "3",
                "a": "",
                "flotilla.swarm.f": "x",
            },
            "Templating": {"Name": "golang"},
        },
    }
    shown = {
        "id": "abc",
        "name": "db_v3",
        "labels": {"a": ""},
        "version": 3,
        "version_of": "db",
        "template_driver": "golang",
        "created": "then",
        "updated": "now",
    }
    assert show(SECRET, raw) == {**shown, "driver": None, "driver_options": {}}
    assert show(CONFIG, raw) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [(b"a\n", ("a\n", False)), (b"", ("", False)), (b"\xff", ("/w==", True)), (b"a\0", ("YQA=", True))],
)
def test_data_of_a_config(data, shown):
    assert tuple(show_data({"Spec": {"Data": base64.b64encode(data).decode()}}).values()) == shown


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (None, set()),
        (b"", set()),
        (b"word", {"word", "d29yZA=="}),
        (b"word\n", {"word\n", "word", "d29yZAo="}),
        (
            b"a long line\nshort\n",
            {"a long line\nshort\n", "a long line\nshort", "a long line", "YSBsb25nIGxpbmUKc2hvcnQK"},
        ),
        (b"\xffab", {"\ufffdab", "/2Fi"}),
    ],
)
def test_what_tells_the_data(data, texts):
    assert telling(data) == texts


def test_a_bare_hash_of_the_data_is_not_taken_along():
    spec = {"Name": "db", "Labels": {"a": "1", "ansible_key": "d63dc919", "flotilla.swarm.fingerprint": "old"}}
    found = Found(None, (), None, "db")
    assert creation_labels({"rolling_versions": False}, spec, found) == {"a": "1"}


def test_only_a_secret_gets_a_fingerprint():
    assert with_data(CONFIG, {"Name": "x"}, {}, b"x") == {"Name": "x", "Labels": {}, "Data": "eA=="}
    assert with_data(SECRET, {"Name": "x"}, {"a": ""}, None) == {"Name": "x", "Labels": {"a": ""}}
    assert list(with_data(SECRET, {"Name": "x"}, {}, b"x")["Labels"]) == ["flotilla.swarm.fingerprint"]
