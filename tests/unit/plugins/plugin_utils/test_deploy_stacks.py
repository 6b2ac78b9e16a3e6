# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_stacks import (
    chosen,
    expected,
    names_of,
    problems,
    rollback_problems,
    rollbacks,
    run_tests,
    tag_of,
)

SHOP, BLOG = {"name": "shop", "compose": "shop.yml"}, {"name": "blog", "compose": [{"services": {}}, "/blog.yml"]}
DEFAULTS = {"history": "5", "pre_checks": ["images"], "wait_timeout": 300}
TEST = {"url": "http://shop/"}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("shop", ["shop"]),
        ("shop,blog", ["shop", "blog"]),
        ("shop, blog", ["shop", "blog"]),
        (["shop"], ["shop"]),
        ("shop\nblog\n", ["shop", "blog"]),
        ("", []),
        (" \n", []),
        (None, []),
        ([], []),
    ],
)
def test_names(wanted, names):
    assert names_of(wanted) == names


@pytest.mark.parametrize(
    ("stacks", "wanted", "tests", "told"),
    [
        ([SHOP, BLOG], "", [TEST, {**TEST, "stack": "blog"}], []),
        ([SHOP, BLOG], "news", [], ["swarm_stack names news, which is not in swarm_stacks; there is shop, blog"]),
        ([], ["shop"], [], ["swarm_stack names shop, which is not in swarm_stacks; swarm_stacks is empty"]),
        ([SHOP, SHOP], "", [], ["swarm_stacks has stack shop twice; rename one of the two"]),
        ([{"compose": "x"}], "", [], ["swarm_stacks[0] has no name; give it one"]),
        (
            [SHOP],
            "",
            [TEST, {**TEST, "stack": "blog"}],
            ["swarm_smoke_tests[1] judges stack blog, which is not in swarm_stacks; there is shop"],
        ),
        (
            [{**SHOP, "smoke_tests": [{**TEST, "from": "node9"}]}],
            "",
            [],
            ["smoke_tests of stack shop[0]: from is node9; say controller, manager or a host of the inventory"],
        ),
        (
            [{"name": "shop", "state": "rolled_back"}],
            "",
            [],
            [
                "stack shop has state rolled_back, with which each run would go back one more; use playbook "
                "flotilla.swarm.rollback"
            ],
        ),
    ],
)
def test_what_cannot_be(stacks, wanted, tests, told):
    assert problems(stacks, wanted, tests, ["node1"]) == told


def test_a_tag_needs_stacks():
    assert problems([SHOP], "shop", [], [], "2") == []
    assert problems([SHOP], "", [], [], "2") == [
        "swarm_image_tag is 2, but not for which stacks; name them in swarm_stack"
    ]


@pytest.mark.parametrize(
    ("answer", "tag"),
    [(None, ""), ("", ""), (" 2.5 ", "2.5"), ('"1.10"', "1.10"), ("'1.10'", "1.10"), (1042, "1042"), ('"', '"')],
)
def test_a_tag_that_was_typed(answer, tag):
    assert tag_of(answer) == tag
    assert problems([SHOP], "shop", [], [], answer) == []


@pytest.mark.parametrize("answer", [1.1, True, datetime.date(2026, 1, 2)])
def test_a_tag_that_came_as_something_else(answer):
    assert problems([SHOP], "shop", [], [], answer) == [
        f"swarm_image_tag came as {answer}, which may have been typed otherwise; put quotes around the tag"
    ]


def test_a_tag_wins_over_the_inventory():
    stack = {**SHOP, "env": {"TAG": "1", "WORD": "x"}}
    assert chosen([stack], "shop", [], DEFAULTS, [], "2")[0]["options"]["env"] == {"TAG": "2", "WORD": "x"}
    assert chosen([SHOP], "shop", [], DEFAULTS, [], "2")[0]["options"]["env"] == {"TAG": "2"}
    assert chosen([stack], "shop", [], DEFAULTS, [], "")[0]["options"]["env"] == {"TAG": "1", "WORD": "x"}


def test_the_order_is_that_of_the_inventory():
    assert [one["name"] for one in chosen([SHOP, BLOG], "blog,shop", [], DEFAULTS, [])] == ["shop", "blog"]
    assert [one["name"] for one in chosen([SHOP, BLOG], ["blog"], [], DEFAULTS, [])] == ["blog"]


def test_a_stack_has_its_own_options_first():
    stack = {**SHOP, "wait_timeout": 5, "prune": True, "smoke_tests": [TEST]}
    one = chosen([stack], "", [], DEFAULTS, [])[0]
    assert one["options"] == {
        "name": "shop",
        "compose": ["shop.yml"],
        "prune": True,
        "wait_timeout": 5,
        "pre_checks": ["images"],
        "history": 5,
    }
    assert one["state"] == "present"


@pytest.mark.parametrize(
    ("own", "tests", "history"),
    [
        ({"history": 0}, [], 0),
        ({"history": "1"}, [TEST], 2),
        ({"history": 0}, [{**TEST, "stack": "shop"}], 2),
        ({"history": 0, "smoke_tests": [TEST]}, [], 2),
        ({"history": 0}, [{**TEST, "stack": "blog"}], 0),
        ({"history": 9}, [TEST], 9),
        ({}, [TEST], 5),
    ],
)
def test_a_stack_that_is_tested_can_go_back(own, tests, history):
    assert chosen([{**SHOP, **own}], "", tests, DEFAULTS, [])[0]["options"]["history"] == history


def test_each_stack_has_its_tests():
    tests = [TEST, {**TEST, "stack": "blog", "status": 204}]
    shop, blog = chosen([{**SHOP, "smoke_tests": [{**TEST, "status": 201}]}, BLOG], "", tests, DEFAULTS, [])
    assert [test["status"] for test in shop["tests"]] == [[201]]
    assert [test["status"] for test in blog["tests"]] == [[204]]
    assert [test["status"] for test in run_tests(tests)] == [[200]]


def test_a_stack_that_is_removed_is_not_tested():
    assert chosen([{"name": "old", "state": "absent", "smoke_tests": [TEST]}], "", [], DEFAULTS, [])[0]["tests"] == []


def test_files_are_looked_for_where_they_may_be(tmp_path, monkeypatch):
    first, second, here = tmp_path / "first", tmp_path / "second", tmp_path / "here"
    for directory, names in ((first, ["a.yml"]), (second, ["a.yml", "b.yml"]), (here, ["c.yml", "v.env"])):
        directory.mkdir()
        for name in names:
            (directory / name).write_text("")
    monkeypatch.chdir(here)
    files = ["a.yml", "b.yml", "c.yml", "d.yml", "/e.yml", {"services": {}}]
    stack = {"name": "shop", "compose": files, "env_files": "v.env"}
    options = chosen([stack], "", [], DEFAULTS, [str(first), "", str(second)])[0]["options"]
    found = [str(first / "a.yml"), str(second / "b.yml"), str(here / "c.yml"), "d.yml", "/e.yml", {"services": {}}]
    assert options["compose"] == found
    assert options["env_files"] == [str(here / "v.env")]
    remote = chosen([{**stack, "remote_src": "yes"}], "", [], DEFAULTS, [str(first)])[0]["options"]
    assert remote["compose"] == files


def test_what_will_be_there():
    networks = [{"name": "front"}, {"name": "gone", "state": "absent"}]
    secrets = [{"name": "key"}, {"name": "rolling", "rolling_versions": "true"}]
    plans = {"shop": {"stack": {"networks": ["shop_default"], "configs": ["shop_page"]}}, "failed": {"stack": {}}}
    assert expected(networks, secrets, [{"name": "page", "rolling_versions": False}], plans) == {
        "networks": ["front", "shop_default"],
        "secrets": ["key", "rolling"],
        "configs": ["page", "shop_page"],
    }


def test_going_back_takes_what_has_to_do_with_connections():
    stack = {**SHOP, "env_files": ["x"], "prune": True, "history": 3, "with_registry_auth": True, "smoke_tests": [TEST]}
    assert rollbacks([stack, BLOG], {"shop": 7, "other": None}, {"wait_timeout": 9}) == [
        {"name": "shop", "history": 3, "with_registry_auth": True, "wait_timeout": 9, "deploy": 7},
        {"name": "other", "wait_timeout": 9},
    ]


@pytest.mark.parametrize(
    ("wanted", "number", "told"),
    [
        ("shop", "", []),
        ("shop", "3", []),
        (["shop", "blog"], None, []),
        ("", "", ["say which stack goes back, for example with -e swarm_stack=NAME"]),
        ("", 3, ["swarm_deploy is 3, but not of which stack; name it in swarm_stack"]),
        ("shop", "last", ["swarm_deploy is last; it must be the number of a deploy"]),
        ("shop,blog", 3, ["swarm_deploy is the number of a deploy of one stack; name only that one in swarm_stack"]),
    ],
)
def test_where_to_go_back_to(wanted, number, told):
    assert rollback_problems(wanted, number, {}) == told


def test_a_deploy_before_tells_where_to_go_back_to():
    assert rollback_problems("", "", {"shop": {}}) == []
