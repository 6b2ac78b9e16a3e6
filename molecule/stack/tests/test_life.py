# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal, what stands in its way, and the way back to earlier deploys."""

from __future__ import annotations

import json

import pytest

NODES = ("node1", "node2", "node3")
QUICK = {"update_config": {"monitor": "1s"}}
WEB = {"image": "flotilla/web:1", "deploy": QUICK}
IDLE = {"image": "flotilla/web:1", "deploy": {"replicas": 0}}


def test_removed_and_deployed_again_at_once(swarm):
    swarm.write(key="a key")
    stack = {
        "services": {
            "web": {
                **WEB,
                "secrets": ["key"],
                "ports": [{"target": 8080, "published": 8081, "mode": "host"}],
                "deploy": {**QUICK, "mode": "global"},
            },
            # It takes its time to stop.
            "slow": {**WEB, "command": ["sleep", "1000"], "stop_grace_period": "2s"},
        },
        # The Engine gives it to no second network as long as this one is there.
        "networks": {"default": {"ipam": {"config": [{"subnet": "10.88.0.0/24"}]}}},
        "secrets": {"key": {"file": "./key"}},
    }
    for _turn in range(2):
        swarm.run("shop", stack)
        assert len(swarm.running("shop_web")) == 3
        network = swarm.everything()["networks"]["shop_default"]
        done = swarm.change("shop", state="absent")
        assert sorted(done["stack"]["removed"]) == [
            "network shop_default",
            "secret shop_key",
            "service shop_slow",
            "service shop_web",
        ]
        assert swarm.everything() == {"services": {}, "networks": {}, "secrets": {}, "configs": {}, "tasks": {}}
        assert [swarm.on(node, "docker", "ps", "--quiet") for node in NODES] == ["", "", ""]
        assert swarm.client.find(f"/networks/{network[0]}") is None


@pytest.mark.parametrize("check", [True, False])
def test_what_another_stack_uses_is_not_removed(check, swarm):
    swarm.write(key="a key")
    base = {
        "services": {"web": {**IDLE, "secrets": ["key"]}},
        "networks": {"default": {"attachable": True}},
        "secrets": {"key": {"file": "./key"}},
    }
    user = {
        "services": {"api": {**IDLE, "networks": ["shared"], "secrets": ["theirs"]}},
        "networks": {"shared": {"external": True, "name": "base_default"}},
        "secrets": {"theirs": {"external": True, "name": "base_key"}},
    }
    swarm.change("base", base)
    swarm.change("user", user)
    before = swarm.everything()
    result = swarm.fail("still_in_use", "base", state="absent", check=check)
    assert result["msg"].startswith("stack base cannot be removed: service user_api uses ")
    assert "service user_api uses secret base_key" in result["msg"]
    assert "service user_api uses network base_default" in result["msg"]
    assert swarm.everything() == before
    swarm.change("user", state="absent")
    swarm.change("base", state="absent")


def version(number):
    """One of the deploys of a stack, with a config and an environment of its own."""
    services = {"web": {**IDLE, "environment": {"NUMBER": number}, "configs": ["page"]}, "still": IDLE}
    if number == 2:
        services["second"] = IDLE
    return {"services": services, "configs": {"page": {"file": "./page"}}}


def test_back_to_earlier_deploys(swarm):
    specs = {}
    for number in (1, 2, 3):
        swarm.write(page=f"page {number}")
        done = swarm.run("shop", version(number), history=3, prune=True)
        assert done["changed"]
        specs[number] = swarm.specs()["services"]
    kept = {"shop_page", "shop_page_v2", "shop_page_v3"} | {f"shop.deploy.{number}" for number in (1, 2, 3)}
    assert set(swarm.names("configs")) == kept
    # What is to be kept is written only with something that is changed.
    swarm.keep("shop", version(3), history=3, prune=True)
    assert "page 2" not in json.dumps(swarm.run("shop", version(3), history=3, check=True))

    done = swarm.change("shop", state="rolled_back")
    assert {one["name"]: one["action"] for one in done["stack"]["services"]} == {
        "shop_second": "create",
        "shop_still": "keep",
        "shop_web": "update",
    }
    assert swarm.specs()["services"] == specs[2]
    assert [one["ConfigName"] for one in swarm.container("shop_web")["Configs"]] == ["shop_page_v2"]
    done = swarm.change("shop", state="rolled_back")
    assert swarm.specs()["services"] == specs[1]
    assert "shop_second" not in swarm.services("shop")
    result = swarm.fail("nothing_to_roll_back", "shop", state="rolled_back")
    assert "only deploy 1 is kept" in result["msg"]

    # The next one counts on, and the oldest goes.
    for number in (2, 3):
        swarm.write(page=f"page {number}")
        swarm.run("shop", version(number), history=2)
    result = swarm.fail("nothing_to_roll_back", "shop", state="rolled_back", deploy=1)
    assert "deploy 1 is not kept" in result["msg"]
    swarm.change("shop", state="absent")
    assert swarm.names("configs") == []


def test_a_deploy_that_fails_is_not_kept(swarm):
    swarm.write(page="page 1")
    swarm.run("shop", version(1), history=3)
    before = swarm.specs()
    bad = version(1)
    bad["services"]["web"]["command"] = ["sh", "-c", "sleep 0.5; exit 3"]
    bad["services"]["web"]["deploy"] = {"update_config": {"monitor": "12s"}, "restart_policy": {"delay": "500ms"}}
    swarm.fail("rollout_failed", "shop", bad, history=3)
    assert swarm.specs() == before
