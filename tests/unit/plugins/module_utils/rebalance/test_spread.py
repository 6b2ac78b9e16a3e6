# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import put
from ansible_collections.flotilla.swarm.plugins.module_utils.rebalance.spread import judge, skew, spread, tolerance

GIB = 1024**3


def node(name, **more):
    raw = {
        "ID": name,
        "Status": {"State": "ready"},
        "Spec": {"Availability": "active", "Labels": {}},
        "Description": {
            "Hostname": name,
            "Platform": {"OS": "linux", "Architecture": "x86_64"},
            "Resources": {"NanoCPUs": 2 * 10**9, "MemoryBytes": 4 * GIB},
        },
    }
    for path, value in more.items():
        put(raw, {"state": "Status.State", "availability": "Spec.Availability", "labels": "Spec.Labels"}[path], value)
    return raw


def service(replicas=4, **more):
    raw = {"ID": "s", "Spec": {"Name": "web", "Mode": {"Replicated": {"Replicas": replicas}}, "TaskTemplate": {}}}
    paths = {
        "mode": "Spec.Mode",
        "update": "Spec.UpdateConfig",
        "state": "UpdateStatus.State",
        "placement": "Spec.TaskTemplate.Placement",
        "memory": "Spec.TaskTemplate.Resources.Reservations.MemoryBytes",
    }
    for option, value in more.items():
        put(raw, paths[option], value)
    return raw


def tasks(memory=0, owner="s", **counts):
    return [
        {
            "ID": f"{owner}{place}{number}",
            "ServiceID": owner,
            "NodeID": place,
            "DesiredState": "running",
            "Status": {"State": "running"},
            "Spec": {"Resources": {"Reservations": {"MemoryBytes": memory}}},
        }
        for place, count in counts.items()
        for number in range(count)
    ]


A, B, C = node("a"), node("b"), node("c")
WEST, EAST, ALSO_EAST = (node(name, labels={"zone": zone}) for name, zone in (("a", "w"), ("b", "e"), ("c", "e")))
OVER_ZONES = {"Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.zone"}}]}
ARM = {"Platforms": [{"OS": "linux", "Architecture": "arm64"}]}
AMD = {"Platforms": [{"OS": "linux", "Architecture": "amd64"}, {}]}


@pytest.mark.parametrize(
    ("given", "seen", "nodes", "wanted"),
    [
        ({}, tasks(a=4), [A, B], 4),
        ({}, tasks(a=2, b=2), [A, B], 0),
        ({}, tasks(a=2, b=1, c=1), [A, B, C], 1),
        ({}, tasks(a=4), [A], 0),
        ({}, [], [A, B], 0),
        ({}, tasks(a=4), [], 0),
        ({}, tasks(a=4), [A, node("b", state="down")], 0),
        ({}, tasks(a=4), [A, node("b", availability="drain")], 0),
        ({}, tasks(a=4), [A, node("b", availability="pause")], 0),
        ({"placement": {"Constraints": ["node.hostname==a"]}}, tasks(a=4), [A, B], 0),
        ({"placement": {"Constraints": ["node.hostname!=c"]}}, tasks(a=4), [A, B, C], 4),
        ({"placement": ARM}, tasks(a=4), [A, B], 0),
        ({"placement": AMD}, tasks(a=4), [A, B], 4),
        ({"placement": {"MaxReplicas": 1}}, tasks(a=3, b=1), [A, B], 0),
        ({"placement": {"MaxReplicas": 3}}, tasks(a=3, b=1), [A, B], 2),
        ({"memory": GIB}, tasks(a=4, memory=GIB), [A, B], 4),
        ({"memory": GIB}, tasks(a=4, memory=GIB) + tasks(b=1, owner="x", memory=7 * GIB // 2), [A, B], 0),
        ({"memory": GIB}, tasks(a=4, memory=GIB) + tasks(b=1, owner="x", memory=3 * GIB), [A, B], 4),
        ({"placement": OVER_ZONES}, tasks(a=2, b=1, c=1), [WEST, EAST, ALSO_EAST], 0),
        ({"placement": OVER_ZONES}, tasks(a=2, b=2), [WEST, EAST, ALSO_EAST], 2),
        ({"placement": OVER_ZONES}, tasks(b=2, c=2), [WEST, EAST, ALSO_EAST], 4),
        ({"placement": OVER_ZONES}, tasks(a=4), [WEST, node("d")], 4),
    ],
)
def test_skew(given, seen, nodes, wanted):
    assert skew(service(**given), seen, nodes) == wanted


@pytest.mark.parametrize(
    ("given", "seen", "action", "reason"),
    [
        ({}, tasks(a=4), "spread", "a node with room has 4 fewer"),
        ({}, tasks(a=2, b=2), "keep", "no node with room has more than 1 fewer"),
        ({"mode": {"Global": {}}}, tasks(a=1, b=1), "skip", "it is not replicated"),
        ({"mode": {"ReplicatedJob": {}}}, tasks(a=1), "skip", "it is not replicated"),
        ({"state": "updating"}, tasks(a=4), "skip", "an update is in progress"),
        ({"state": "paused"}, tasks(a=4), "skip", "its update is paused"),
        ({"state": "rollback_started"}, tasks(a=4), "skip", "it is being rolled back"),
        ({"state": "rollback_paused"}, tasks(a=4), "skip", "its rollback is paused"),
        ({"state": "completed"}, tasks(a=4), "spread", "a node with room has 4 fewer"),
        ({"state": "rollback_completed"}, tasks(a=4), "spread", "a node with room has 4 fewer"),
        ({}, tasks(a=3), "skip", "3 of 4 tasks run"),
        ({"replicas": 0}, [], "keep", "no node with room has more than 1 fewer"),
        ({"update": {"Parallelism": 1, "Order": "stop-first"}}, tasks(a=3, b=1), "spread", "a node with room has 2"),
        ({"update": {"Parallelism": 1, "Order": "start-first"}}, tasks(a=3, b=1), "keep", "with start-first an update"),
        ({"update": {"Parallelism": 1, "Order": "start-first"}}, tasks(a=4), "spread", "a node with room has 4 fewer"),
        ({"update": {"Parallelism": 0, "Order": "start-first"}}, tasks(a=4), "keep", "with start-first an update may"),
    ],
)
def test_what_is_done_about_a_service(given, seen, action, reason):
    told = judge(service(**given), seen, [A, B], 1)
    assert (told["action"], told["reason"][: len(reason)]) == (action, reason)


@pytest.mark.parametrize(("max_skew", "action"), [(1, "spread"), (2, "keep"), (3, "keep")])
def test_a_service_may_be_as_uneven_as_was_said(max_skew, action):
    assert judge(service(), tasks(a=3, b=1), [A, B], max_skew)["action"] == action


def test_the_spread_shows_nodes_that_have_a_task_or_may_have_one():
    nodes = [A, B, node("c", availability="drain"), node("d", availability="drain")]
    assert spread(service(), tasks(a=3, c=1), nodes) == {"a": 3, "b": 0, "c": 1}


def test_tasks_that_end_do_not_count():
    ending = tasks(a=3)
    ending[0]["DesiredState"] = "shutdown"
    ending[1]["Status"]["State"] = "failed"
    assert spread(service(), ending, [A]) == {"a": 1}


@pytest.mark.parametrize(
    ("config", "allowed"),
    [
        (None, 1),
        ({"Order": "stop-first", "Parallelism": 3}, 1),
        ({"Order": "start-first", "Parallelism": 2}, 3),
        ({"Order": "start-first", "Parallelism": 0}, 5),
    ],
)
def test_an_update_that_starts_first_may_leave_a_service_uneven(config, allowed):
    assert tolerance(service(update=config), 1) == allowed
