# SPDX-License-Identifier: GPL-3.0-or-later
"""Module stack_info, and how often the Engine is asked for one service or for many."""

from __future__ import annotations

import pytest
from direct import call, engine

from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import QUERY
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.fields import STACK_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.info import look_up

MANAGER = "node1"
WEB = {
    "image": "flotilla/web:1",
    "stop_grace_period": "1s",
    "ports": [{"target": 8080, "published": 8090, "mode": "host"}],
    "configs": ["page"],
    "deploy": {"update_config": {"monitor": "1s"}},
}
IDLE = {"image": "flotilla/web:1", "deploy": {"replicas": 0}}


def stack(**services):
    return {"services": services, "configs": {"page": {"file": "./page"}}}


def info(swarm, name=None, compose=None):
    """What stack_info returns."""
    given = {} if compose is None else {"declaration": swarm.declared(name[0], compose), "secret_data": {}}
    result = call(look_up, (STACK_INFO, QUERY), engine(MANAGER), name=name, **given)
    assert "msg" not in result, result["msg"]
    return result


def test_what_is_told_of_a_stack(swarm):
    swarm.write(page="one")
    swarm.run("shop", stack(web=WEB), history=2)
    swarm.write(page="two")
    swarm.run("shop", stack(web=WEB, idle=IDLE), history=2)
    swarm.run("other", {"services": {"idle": IDLE}})
    assert [one["name"] for one in info(swarm)["stacks"]] == ["other", "shop"]
    (shop,) = info(swarm, ["shop", "gone"])["stacks"]
    assert {one["name"]: (one["running"], one["desired"]) for one in shop["services"]} == {
        "shop_idle": (0, 0),
        "shop_web": (1, 1),
    }
    (task,) = [task for task in swarm.tasks("shop_web") if task["ID"] in swarm.running("shop_web")]
    node = swarm.client.get(f"/nodes/{task['NodeID']}")
    assert (shop["healthy"], shop["nodes"]) == (True, [node["Description"]["Hostname"]])
    (endpoint,) = shop["endpoints"]
    assert (endpoint["service"], endpoint["published_port"]) == ("shop_web", 8090)
    assert endpoint["addresses"] == [node["Status"]["Addr"]]
    assert shop["networks"] == ["shop_default"]
    assert [(one["name"], one["version"]) for one in shop["configs"]] == [("shop_page", 1), ("shop_page_v2", 2)]
    assert [(one["number"], sorted(one["services"])) for one in shop["deploys"]] == [
        (2, ["shop_idle", "shop_web"]),
        (1, ["shop_web"]),
    ]


def test_whether_somebody_has_changed_a_stack(swarm):
    swarm.write(page="one")
    files = stack(web=WEB)
    swarm.run("shop", files)
    assert info(swarm, ["shop"], files)["differs"] is False
    swarm.docker("service", "update", "--detach", "--env-add", "A=b", "--replicas", "2", "shop_web")
    told = info(swarm, ["shop"], files)
    assert told["differs"] is True
    (difference,) = told["differences"]
    assert difference["before"] == {"env": {"A": "b"}, "replicas": 2}
    assert difference["after"] == {"replicas": 1}


def test_a_service_short_of_tasks_is_not_healthy(swarm):
    constraints = {**WEB["deploy"], "placement": {"constraints": ["node.labels.none==here"]}}
    swarm.write(page="one")
    swarm.run("shop", stack(web={**WEB, "deploy": constraints}), wait=False)
    assert info(swarm, ["shop"])["stacks"][0]["healthy"] is False


@pytest.mark.parametrize("work", ["nothing to do", "info"])
def test_many_services_are_asked_for_like_one(swarm, work):
    swarm.write(page="one")
    asked = []
    for number in (1, 6):
        files = stack(web=WEB, **{f"s{place}": IDLE for place in range(number)})
        swarm.run("shop", files)
        client = engine(MANAGER)
        if work == "info":
            look_up(client, {"name": None, "declaration": None})
        else:
            swarm.run("shop", files, client=client)
        asked.append(client.requests)
    assert asked[0] == asked[1] <= 10, asked
