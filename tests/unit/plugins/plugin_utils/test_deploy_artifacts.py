# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_artifacts import (
    artifacts,
    overtaken,
    stuck,
    targets,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_report import outcome

KEPT, MADE, NEW = (
    {"name": "shop_web", "action": action, "image": "nginx:1"} for action in ("keep", "update", "create")
)


def done(*services, changed=True, **more):
    """What is noted of a deploy."""
    return {**outcome({"changed": changed, "stack": {"name": "shop", "services": list(services)}}), **more}


def seen(numbers=(2, 1), name="shop"):
    """What module stack_info says afterwards."""
    counts = {"running": 2, "desired": 2, "completed": 0, "mode": "replicated"}
    endpoints = [{"published_port": 80, "protocol": "tcp", "addresses": ["10.0.0.1"]}]
    web = {"name": f"{name}_web", "spec": {"image": "nginx:1"}, "endpoints": endpoints, **counts}
    return {"name": name, "services": [web], "deploys": [{"number": number} for number in numbers]}


@pytest.mark.parametrize(
    ("result", "there", "unfinished", "expected"),
    [
        pytest.param(done(MADE), [seen()], [], ("deployed", 2, 1), id="an update goes back to what was before"),
        pytest.param(done(NEW), [seen([1])], [], ("deployed", 1, None), id="nothing was before the first deploy"),
        pytest.param(done(KEPT, changed=False), [seen()], [], ("unchanged", 2, None), id="nothing was changed"),
        pytest.param(done(KEPT), [seen()], [], ("deployed", 2, None), id="only a network was made"),
        pytest.param(done(MADE, back=True), [seen()], [], ("put_back", 2, None), id="it went back already"),
        pytest.param(done(MADE), [], [], ("removed", None, None), id="state absent"),
        pytest.param(None, [seen()], ["shop"], ("failed", 2, None), id="the deploy has failed on the way"),
        pytest.param(None, [], ["shop"], ("failed", None, None), id="and nothing is left of it"),
        pytest.param(done(MADE), [seen([])], [], ("deployed", None, None), id="no deploys are kept"),
    ],
)
def test_what_became_of_a_stack(result, there, unfinished, expected):
    one = artifacts({"shop": result} if result else {}, there, unfinished)["shop"]
    assert (one["result"], one["deploy"], one["rollback_to"]) == expected


def test_what_is_told_of_services():
    one = artifacts({"shop": done({**MADE, "seconds": 4.5})}, [seen()])["shop"]
    assert {key: one[key] for key in ("changed", "put_back")} == {"changed": True, "put_back": False}
    web = {"image": "nginx:1", "action": "update", "running": 2, "desired": 2, "seconds": 4.5}
    assert one["services"] == {"shop_web": {**web, "endpoints": ["10.0.0.1:80"]}}


LEFT = {
    **artifacts({"shop": done(MADE)}, [seen([8, 7])]),
    **artifacts({"same": done(KEPT, changed=False)}, [seen([3, 2], "same")]),
    **artifacts({"first": {**done(NEW), "stack": {"name": "first", "services": [NEW]}}}, [seen([1], "first")]),
    **artifacts({}, [seen([4], "broken")], ["broken"]),
}


@pytest.mark.parametrize(
    ("wanted", "number", "deployed", "expected"),
    [
        ("shop", "", {}, {"shop": None}),
        (["shop", "blog"], None, {}, {"shop": None, "blog": None}),
        ("shop", "3", {}, {"shop": "3"}),
        pytest.param("", "", LEFT, {"shop": 7}, id="what a deploy has changed goes back"),
        pytest.param("shop,same", "", LEFT, {"shop": 7}, id="what it has not changed stays"),
        pytest.param("other", "", LEFT, {}, id="what it had nothing to do with stays"),
        pytest.param("shop", "3", LEFT, {"shop": "3"}, id="a number that is given counts"),
        pytest.param("first,broken", "", LEFT, {}, id="what has nothing to go back to stays"),
    ],
)
def test_where_stacks_go_back_to(wanted, number, deployed, expected):
    assert targets(wanted, number, deployed, [seen([8, 7])]) == expected


@pytest.mark.parametrize(
    ("numbers", "there", "stays"),
    [
        pytest.param([8, 7], {"shop": 7}, [], id="as the deploy has left it"),
        pytest.param([7, 6], {"shop": 7}, [], id="it went back already"),
        pytest.param([9, 8, 7], {}, ["shop"], id="somebody has deployed since"),
        pytest.param([6], {}, ["shop"], id="somebody has brought it back further"),
        pytest.param([], {}, ["shop"], id="nothing is kept any more"),
    ],
)
def test_what_somebody_else_has_deployed_stays(numbers, there, stays):
    assert targets("", "", LEFT, [seen(numbers)]) == there
    assert overtaken("", "", LEFT, [seen(numbers)]) == stays
    assert overtaken("shop", 3, LEFT, [seen(numbers)]) == overtaken("shop", "", {}, []) == []


@pytest.mark.parametrize(
    ("wanted", "number", "deployed", "expected"),
    [("", "", LEFT, ["first"]), ("shop", "", LEFT, []), ("first", "", LEFT, ["first"]), ("first", 1, LEFT, [])],
)
def test_what_cannot_go_back(wanted, number, deployed, expected):
    assert stuck(wanted, number, deployed) == expected
    assert stuck(wanted, number, {}) == []
