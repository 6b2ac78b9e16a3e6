# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_verify import names, unwell

DECLARED = [{"name": "shop"}, {"name": "old", "state": "absent"}, {"name": "blog"}]
LEFT = {"shop": {"result": "deployed"}, "gone": {"result": "removed"}}


@pytest.mark.parametrize(
    ("wanted", "deployed", "expected"),
    [
        ("", {}, ["shop", "blog"]),
        ("blog", {}, ["blog"]),
        ("blog,other", {}, ["blog", "other"]),
        ("old", {}, []),
        ("", LEFT, ["shop"]),
        ("blog", LEFT, ["blog"]),
        ("gone", LEFT, []),
    ],
)
def test_what_is_looked_at(wanted, deployed, expected):
    assert names(wanted, DECLARED, deployed) == expected


def service(name="shop_web", running=2, image="nginx:1", update=None, tasks=(), desired=2, completed=0):
    """What module service_info returns of one."""
    counts = {"running": running, "desired": desired, "completed": completed}
    return {"name": name, "spec": {"image": image}, "update_status": update, "tasks": list(tasks), **counts}


def stack(*services, deployed=None, number=3):
    """What module stack_info returns of one."""
    deploys = [{"number": number, "services": deployed}] if deployed else []
    return {"name": "shop", "services": list(services), "deploys": deploys}


def task(error, since, node="node2"):
    return {"name": "shop_web.1", "node": node, "error": error, "since": since}


@pytest.mark.parametrize(
    ("found", "number", "told"),
    [
        pytest.param(stack(service()), None, [], id="all is well"),
        pytest.param(stack(service(), deployed={"shop_web": "nginx:1"}), 3, [], id="and it is what was deployed"),
        pytest.param(stack(service(running=0, desired=0)), None, [], id="a service that is to have no task"),
        pytest.param(stack(service(running=0, completed=2)), None, [], id="a job that is done"),
        pytest.param(stack(service(update={"State": "completed"})), None, [], id="an update that ended well"),
        pytest.param(stack(), None, ["stack shop has no services"], id="nothing runs"),
        pytest.param(stack(service(running=1)), None, ["service shop_web: 1 of 2 tasks run"], id="a task is missing"),
        pytest.param(
            stack(service(running=1, tasks=[task("no such image", "2"), task("older", "1"), task(None, "3")])),
            None,
            ["service shop_web: 1 of 2 tasks run; shop_web.1 on node2: no such image"],
            id="the last error is told",
        ),
        pytest.param(
            stack(service(update={"State": "paused", "Message": "update paused due to failure"})),
            None,
            ["service shop_web: its update is paused (update paused due to failure)"],
            id="an update that is paused",
        ),
        pytest.param(
            stack(service(update={"State": "rollback_completed"})),
            None,
            ["service shop_web: the Engine has rolled back its last update"],
            id="an update that went back",
        ),
        pytest.param(
            stack(service(), deployed={"shop_web": "nginx:1", "shop_db": "mariadb:11"}),
            None,
            ["service shop_db of stack shop is gone"],
            id="a service that somebody has removed",
        ),
        pytest.param(
            stack(service(image="nginx:2"), deployed={"shop_web": "nginx:1"}),
            None,
            ["service shop_web has image nginx:2, and was deployed with nginx:1"],
            id="a service that somebody has changed",
        ),
        pytest.param(
            stack(service(), deployed={"shop_web": "nginx:1"}),
            2,
            ["stack shop was to be at deploy 2, and is at 3"],
            id="a stack that somebody has deployed since",
        ),
    ],
)
def test_a_stack(found, number, told):
    assert unwell([found], ["shop"], [], [], {"shop": {"deploy": number}}) == told


def test_what_is_not_there():
    assert unwell([], ["shop"], [], ["lone"], {}) == [
        "there is no stack shop in this swarm",
        "there is no service lone in this swarm",
    ]


def test_services_of_no_stack():
    assert unwell([], [], [service("lone", running=0)], ["lone"], {}) == ["service lone: 0 of 2 tasks run"]
