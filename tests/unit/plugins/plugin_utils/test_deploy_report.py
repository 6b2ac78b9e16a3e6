# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_report import (
    changed_services,
    new_stacks,
    outcome,
    plan_failures,
    report,
    rows,
    went_back,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_report import test_failures as failures_told

IMAGE = f"nginx:1.29@sha256:{'0123456789abcdef' * 4}"


def service(name, action="update", image="nginx:1", seconds=4.25):
    """What module stack returns of one."""
    return {"name": name, "id": "x", "action": action, "image": image, "seconds": seconds}


def done(*services, stack="shop", **more):
    """What module stack returns."""
    return {"changed": True, "stack": {"name": stack, "services": list(services), **more}, "diff": ["big"]}


def seen(
    name, running=2, desired=2, completed=0, mode="replicated", image="nginx:1", addresses=(), port=80, protocol="tcp"
):
    """What module stack_info returns of one."""
    endpoints = [{"published_port": port, "protocol": protocol, "addresses": list(addresses)}]
    counts = {"running": running, "desired": desired, "completed": completed}
    return {"name": name, "mode": mode, "spec": {"image": image}, "endpoints": endpoints, **counts}


def stacks(*services, name="shop", deploys=()):
    return [{"name": name, "services": list(services), "deploys": [{"number": number} for number in deploys]}]


def test_the_table():
    results = {
        "shop": outcome(done(service("shop_web"), service("shop_db", "keep", seconds=None))),
        "blog": outcome(done(service("blog_front", "create", seconds=12), stack="blog")),
    }
    there = stacks(
        seen("shop_web", image=IMAGE, addresses=["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]),
        seen("shop_db", 0, 1, addresses=["fd00::1"], port=53, protocol="udp"),
    ) + stacks(seen("blog_front", 0, 0, 3, mode="replicated-job"), name="blog")
    assert report(rows(results, there)) == [
        "STACK  SERVICE     IMAGE                           ACTION  REPLICAS     SECONDS  ENDPOINTS",
        "shop   shop_web    nginx:1.29@sha256:0123456789ab  update  2/2          4.2      10.0.0.1:80, 10.0.0.2:80, "
        "10.0.0.3:80 and 1 more",
        "shop   shop_db     nginx:1                         keep    0/1          -        [fd00::1]:53/udp",
        "blog   blog_front  nginx:1                         create  3 completed  12.0     -",
    ]


def test_no_table():
    assert report([]) == ["no service was deployed"]


@pytest.mark.parametrize(
    ("result", "there", "expected"),
    [
        pytest.param(
            done(service("shop_web", "create", image=None, seconds=None)),
            [],
            [("shop_web", None, "create", None)],
            id="planned in check mode",
        ),
        pytest.param(
            done(service("shop_web", "keep")),
            stacks(seen("shop_web"), seen("shop_old")),
            [("shop_web", "nginx:1", "keep", 2), ("shop_old", "nginx:1", "-", 2)],
            id="a service that the files do not have any more",
        ),
        pytest.param(
            done(service("shop_web", "remove", image=None)),
            stacks(),
            [("shop_web", None, "remove", None)],
            id="a service that is gone",
        ),
        pytest.param(
            done(removed=["network shop_default"]), [], [("-", None, "remove", None)], id="a stack that is gone"
        ),
        pytest.param(done(removed=[]), [], [], id="a stack that was not there"),
        pytest.param(
            {**done(service("shop_web"), service("shop_new", "remove"), service("shop_db", "keep")), "back": True},
            stacks(seen("shop_web"), seen("shop_db")),
            [
                ("shop_web", "nginx:1", "put back", 2),
                ("shop_new", "nginx:1", "removed again", None),
                ("shop_db", "nginx:1", "keep", 2),
            ],
            id="a stack that went back",
        ),
    ],
)
def test_rows(result, there, expected):
    found = rows({"shop": result}, there)
    assert [(one["service"], one["image"], one["action"], one["running"]) for one in found] == expected


def test_a_port_that_nobody_knows_yet_is_no_endpoint():
    found = rows({"shop": done(service("shop_web"))}, stacks(seen("shop_web", addresses=["10.0.0.1"], port=None)))
    assert found[0]["endpoints"] == []


def test_an_outcome_is_small():
    assert outcome(done()) == {"changed": True, "stack": {"name": "shop", "services": []}, "msg": None}
    assert outcome({"msg": "no", "failed": True}) == {"changed": False, "stack": {}, "msg": "no"}


def test_changed_services():
    assert changed_services(outcome(done(service("a", "keep"), service("b", "create")))) == ["b"]
    assert changed_services(outcome({"msg": "no"})) == []


def test_why_nothing_is_deployed():
    good, bad = outcome(done()), outcome({"msg": "stack blog: no"})
    assert plan_failures({"shop": good}) == ""
    assert plan_failures({"shop": good, "blog": bad}) == (
        "nothing was changed, as not all stacks can be deployed:\nstack blog: no"
    )


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("nginx:1.29", False),
        (IMAGE, False),
        ("registry.example.com:5000/nginx:1.29", False),
        ("nginx:1.2", True),
        ("nginx", True),
        (None, True),
    ],
)
def test_a_tag_that_no_image_has(image, told):
    text = "stack shop: no image has the tag 1.29, which swarm_image_tag asks for; let a Compose file say ${TAG}"
    plans = {"shop": outcome(done(service("shop_db", image="mariadb:11"), service("shop_web", image=image)))}
    assert (text in plan_failures(plans, "1.29")) is told
    assert plan_failures({"shop": outcome({"msg": "no"})}, "1.29").endswith(":\nno")


NEW = {"failure": {"reason": "nothing_to_roll_back"}, "msg": "only deploy 1 is kept", "place": 3}
BROKEN = {"msg": "service web failed"}
SKIPPED = {"skipped": True}


@pytest.mark.parametrize(
    ("back", "removed", "expected"),
    [
        (
            [done(service("a"), service("b", "keep"), service("c", "remove"))],
            [],
            "These services are again what they were: a. This was removed again: service c",
        ),
        ([NEW], [done(removed=["service a", "network n"])], "This was removed again: service a, network n"),
        ([NEW], [BROKEN], "Not everything could be put back: service web failed"),
        ([BROKEN], [], "Not everything could be put back: service web failed"),
        ([SKIPPED], [], "Nothing was put back, as this run has changed no service"),
        ([SKIPPED, done(service("a"))], [], "These services are again what they were: a"),
    ],
)
def test_what_a_failed_test_leads_to(back, removed, expected):
    assert (
        failures_told(["no answer"], ["shop"], back, removed)
        == f"smoke test of stack shop failed: no answer. {expected}"
    )


def test_several_stacks_are_judged():
    told = failures_told(["one", "two"], ["shop", "blog"], [SKIPPED], [])
    assert told.startswith("smoke test of stacks shop, blog failed: one; two. ")


def test_stacks_that_are_new():
    assert new_stacks([NEW, BROKEN, SKIPPED, done()], "place") == [3]


def test_outcomes_of_what_went_back():
    before = {
        "shop": outcome(done(service("shop_web"))),
        "new": outcome(done(service("new_web", "create"), stack="new")),
    }
    back, removed = (
        [done(service("shop_web", seconds=9)), NEW, SKIPPED],
        [done(stack="new", removed=["service new_web"])],
    )
    after = went_back(before, back, removed)
    assert after["shop"] == {**outcome(done(service("shop_web", seconds=9))), "back": True}
    assert after["new"]["back"]
    assert after["new"]["stack"]["services"] == [service("new_web", "remove", seconds=None)]
