# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.deploy_scale import options, problems, rows

SERVICES = [{"name": "web", "mode": "replicated"}, {"name": "each", "mode": "global"}]
EACH = "service each is global, and only a replicated service has a number of replicas"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"web": 3}, [("web", 3)]),
        ({"web": "3"}, [("web", 3)]),
        ({"web": 0}, [("web", 0)]),
        ("web=3,api=2", [("web", 3), ("api", 2)]),
        ("web=3 api=2", [("web", 3), ("api", 2)]),
        ("web=3\napi=2\n", [("web", 3), ("api", 2)]),
        ("web = 3\r\napi: 2", [("web", 3), ("api", 2)]),
    ],
)
def test_numbers(wanted, expected):
    assert [(one["name"], one["replicas"]) for one in options(wanted)] == expected


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"web": 3}, []),
        ("web=0", []),
        ({}, ["say what is to be scaled, for example with -e swarm_scale=web=3"]),
        ("", ["say what is to be scaled, for example with -e swarm_scale=web=3"]),
        ("web", ["service web: '' is not a number of replicas"]),
        ("web=\neach=2", ["service web: '' is not a number of replicas", EACH]),
        (" \n", ["say what is to be scaled, for example with -e swarm_scale=web=3"]),
        ({"web": -1}, ["service web: -1 is not a number of replicas"]),
        ({"web": "many"}, ["service web: 'many' is not a number of replicas"]),
        ({"wep": 3}, ["there is no service wep in this swarm; there is each, web"]),
        ({"each": 3}, [EACH]),
    ],
)
def test_what_cannot_be_scaled(wanted, told):
    assert problems(wanted, SERVICES) == told


def test_a_swarm_without_services():
    assert problems({"web": 3}, []) == ["there is no service web in this swarm; there is none"]


def test_rows():
    spec = {"image": "nginx:1", "labels": {"com.docker.stack.namespace": "shop"}}
    counts = {"running": 3, "desired": 3, "completed": 0}
    seen = [{"name": "web", "mode": "replicated", "spec": spec, "endpoints": [], **counts}]
    found = rows([{"name": "web", "action": "update"}, {"name": "api", "action": "keep"}], seen)
    assert [(one["stack"], one["service"], one["action"], one["running"]) for one in found] == [
        ("shop", "web", "update", 3),
        ("-", "api", "keep", None),
    ]
