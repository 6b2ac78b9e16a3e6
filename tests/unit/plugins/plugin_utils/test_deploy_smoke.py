# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_smoke import (
    failures,
    problems_of,
    smoke_tests,
    without_password,
)

URL = "http://shop.example.com/"


def completed(**test):
    return smoke_tests([{"url": URL, "retries": 0, **test}])[0]


def test_what_a_test_does_not_say_is_usual():
    assert smoke_tests([{"url": URL}]) == [
        {
            "url": URL,
            "status": [200],
            "body": None,
            "headers": {},
            "retries": 10,
            "delay": 3,
            "timeout": 10,
            "from": "controller",
            "stack": None,
            "validate_certs": True,
            "redirects": "safe",
            "label": f"{URL} from controller",
            "secret": False,
        }
    ]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        pytest.param({"status": "204"}, {"status": [204]}, id="a number as text"),
        pytest.param({"status": [200, "401"]}, {"status": [200, 401]}, id="several"),
        pytest.param({"validate_certs": "false"}, {"validate_certs": False}, id="a boolean as text"),
        pytest.param({"retries": "3", "delay": "1"}, {"retries": 3, "delay": 1}, id="tries as text"),
        pytest.param({"status": 301}, {"redirects": "none"}, id="a redirection that is wanted is not followed"),
        pytest.param({"headers": {"Authorization": "Basic eA=="}}, {"secret": True}, id="headers are secret"),
        pytest.param(
            {"url": "https://me:word@shop.example.com/a@b"},
            {"secret": True, "label": "https://shop.example.com/a@b from controller"},
            id="a password in an address is not shown",
        ),
    ],
)
def test_what_a_test_says(test, expected):
    assert {key: completed(**test)[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"url": URL, "from": "node1"}, None),
        ({"url": URL, "from": "localhost"}, None),
        ({}, "tests[0]: missing required arguments: url"),
        ({"url": URL, "from": "node9"}, "tests[0]: from is node9; say controller, manager or a host of the inventory"),
        ({"url": URL, "body": "("}, "tests[0]: body is not a regular expression: missing ), unterminated subpattern"),
        ({"url": URL, "boddy": "x"}, "tests[0]: boddy. Supported parameters include"),
        ({"url": URL, "status": "good"}, "tests[0]: Elements value for option 'status'"),
    ],
)
def test_what_cannot_be_asked(test, expected):
    told = problems_of("tests", [test], ["node1"])
    assert len(told) == (expected is not None)
    assert not told or told[0].startswith(expected)


@pytest.mark.parametrize(
    ("test", "result", "expected"),
    [
        ({}, {"status": 200, "content": "hello"}, []),
        ({"body": "^v2$"}, {"status": 200, "content": "version\nv2\n"}, []),
        ({"status": [200, 401]}, {"status": 401, "failed": False}, []),
        (
            {},
            {"status": 503, "content": "no\n server"},
            [f"{URL} from controller got status 503 with 'no server', expected 200"],
        ),
        ({}, {"status": 404}, [f"{URL} from controller got status 404, expected 200"]),
        (
            {"status": [200, 204]},
            {"status": -1, "msg": "Status code was -1 and not [200, 204]: Request failed: <urlopen error refused>"},
            [f"{URL} from controller got no answer (urlopen error refused), expected status 200 or 204"],
        ),
        ({}, {"msg": "no python"}, [f"{URL} from controller got no answer (no python), expected status 200"]),
        (
            {"from": "node9"},
            {"unreachable": True, "msg": "x"},
            [f"{URL} from node9 could not be asked, as node9 is unreachable"],
        ),
        (
            {"body": "v3"},
            {"status": 200, "content": "v2"},
            [f"{URL} from controller got status 200 with 'v2', expected a body with 'v3'"],
        ),
        (
            {"body": "v3"},
            {"status": 200, "content": None},
            [f"{URL} from controller got status 200 with an empty body, expected a body with 'v3'"],
        ),
        (
            {"retries": 2},
            {"status": 500, "content": "x" * 200, "attempts": 2},
            [f"{URL} from controller got status 500 with '{'x' * 120}'..., expected 200, tried 3 times"],
        ),
    ],
)
def test_answers(test, result, expected):
    assert failures([result], [completed(**test)]) == expected


def test_each_answer_belongs_to_its_test():
    tests = [completed(status=200), completed(status=404)]
    assert failures([{"status": 200}, {"status": 404}], tests) == []
    assert len(failures([{"status": 404}, {"status": 200}], tests)) == 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, URL),
        ("http://u:p@h:1/x", "http://h:1/x"),
        ("http://u:p%40@h/", "http://h/"),
        ("http://h/a@b", "http://h/a@b"),
    ],
)
def test_an_address_without_its_password(url, expected):
    assert without_password(url) == expected
