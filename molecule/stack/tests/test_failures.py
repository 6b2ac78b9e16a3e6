# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploys that fail, each a stack of its own and all at the same time, and what is put back."""

from __future__ import annotations

import copy

import pytest
from rollouts import at_once

# A busy Engine tells late that a task has ended; a service whose tasks break is watched for longer than that.
WATCHED = {"update_config": {"monitor": "12s", "failure_action": "pause"}, "restart_policy": {"delay": "500ms"}}
QUICK = {"update_config": {"monitor": "1s"}}
BREAKS = ["sh", "-c", "sleep 0.5; echo this is why >&2; exit 3"]
WORKS = {
    "services": {
        "db": {"image": "flotilla/web:1", "secrets": ["key"], "deploy": QUICK},
        "web": {"image": "flotilla/web:1", "configs": ["page"], "deploy": QUICK},
    },
    "secrets": {"key": {"file": "./key"}},
    "configs": {"page": {"file": "./page", "labels": {"team": "red"}}},
}
FAILS = {
    "services": {
        "db": {**WORKS["services"]["db"], "environment": {"A": "b"}},
        "web": {**WORKS["services"]["web"], "command": BREAKS, "deploy": WATCHED},
        "extra": {"image": "flotilla/web:1", "networks": ["more"], "configs": ["new"], "deploy": QUICK},
    },
    "networks": {"more": None},
    "secrets": {"key": {"file": "./other"}},
    "configs": {"page": {"file": "./page", "labels": {"team": "blue"}}, "new": {"file": "./page"}},
}
ROLLS_BACK = copy.deepcopy(FAILS)
ROLLS_BACK["services"]["web"]["deploy"]["update_config"]["failure_action"] = "rollback"
SCOPES = {"whole": "stack", "one": "service", "nobody": "none", "engine": "stack"}
SICK = {"test": ["CMD", "false"], "interval": "10s"}
# Its service db never becomes what web waits for.
UNFIT = {
    "services": {
        "db": {
            "image": "flotilla/web:1",
            "command": BREAKS,
            "healthcheck": SICK,
            "secrets": ["key"],
            "deploy": WATCHED,
        },
        "web": {"image": "flotilla/web:1", "depends_on": {"db": {"condition": "service_healthy"}}, "configs": ["page"]},
        "api": {"image": "flotilla/web:1", "deploy": QUICK},
    },
    "secrets": {"key": {"file": "./key"}},
    "configs": {"page": {"file": "./page"}},
}


@pytest.fixture(scope="module")
def failed(manager):
    """What the swarm held before the deploys of each stack, after it, and what the module said."""
    manager.write(key="a key", other="another key", page="a page")

    def attempt(stack):
        manager.run(stack, WORKS)
        before = manager.specs(stack)
        result = manager.run(stack, ROLLS_BACK if stack == "engine" else FAILS, rollback_on_failure=SCOPES[stack])
        return stack, (before, result, manager.specs(stack))

    def first():
        return "first", (manager.specs("first"), manager.run("first", UNFIT), manager.specs("first"))

    yield dict(at_once(*[lambda stack=stack: attempt(stack) for stack in SCOPES], first))
    manager.clear()


def test_the_whole_stack_goes_back(failed, manager):
    before, result, after = failed["whole"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert result["changed"]
    assert after == before
    told = result["msg"]
    assert told.startswith("service whole_web failed: the update is paused: update paused due to failure")
    assert "task: non-zero exit (3)" in told
    assert "These services are again what they were: whole_db, whole_web; this was removed again: " in told
    assert result["failure"]["put_back"] == ["whole_db", "whole_web"]
    assert sorted(result["failure"]["removed"]) == [
        "config whole_new",
        "network whole_more",
        "secret whole_key_v2",
        "service whole_extra",
    ]
    assert list(result["failure"]["services"]) == ["whole_web"]
    assert [len(manager.running(name)) for name in ("whole_db", "whole_web")] == [1, 1]
    assert manager.content("whole_db", "/run/secrets/key") == "a key"
    manager.keep("whole", WORKS)


def test_the_last_words_of_what_failed_are_told(failed):
    # A busy Engine may not hand over every log in time.
    assert any("logged: this is why" in result["msg"] for _before, result, _after in failed.values())


def test_only_what_failed_goes_back(failed, manager):
    before, result, after = failed["one"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert after["services"]["one_web"] == before["services"]["one_web"]
    assert after["services"]["one_db"] != before["services"]["one_db"]
    assert (result["failure"]["put_back"], result["failure"]["removed"]) == (["one_web"], [])
    assert sorted(after["services"]) == ["one_db", "one_extra", "one_web"]
    assert sorted(after["secrets"]) == ["one_key", "one_key_v2"]
    assert [len(manager.running(name)) for name in sorted(after["services"])] == [1, 1, 1]


def test_nothing_goes_back(failed):
    before, result, after = failed["nobody"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert "again" not in result["msg"]
    assert "put_back" not in result["failure"]
    assert after["services"]["nobody_web"]["TaskTemplate"]["ContainerSpec"]["Args"] == BREAKS
    assert all(after["services"][name] != spec for name, spec in before["services"].items())
    assert sorted(after["networks"]) == ["nobody_default", "nobody_more"]


def test_what_the_engine_rolled_back_on_its_own(failed, manager):
    before, result, after = failed["engine"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert "engine_web failed: the update was rolled back" in result["msg"]
    assert after == before
    assert result["failure"]["put_back"] == ["engine_db", "engine_web"]
    manager.keep("engine", WORKS)


def test_a_first_deploy_that_fails_leaves_nothing(failed):
    before, result, after = failed["first"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert result["msg"].startswith("service first_db failed: ")
    # The one that waits for it was not written at all.
    assert "first_web" not in result["msg"], result["msg"]
    assert sorted(result["failure"]["removed"]) == [
        "config first_page",
        "network first_default",
        "secret first_key",
        "service first_api",
        "service first_db",
    ]
    assert after == before == {"services": {}, "networks": {}, "secrets": {}, "configs": {}}


def test_what_the_engine_refuses_halfway(swarm):
    swarm.run("other", {"services": {"web": idle(ports=["8080:8080"])}})
    swarm.run("shop", {"services": {"a": idle(), "b": idle(), "c": idle()}})
    before = swarm.specs()
    changed = {"services": {"a": idle(user="1"), "b": idle(ports=["8080:8080"]), "c": idle(user="1"), "0": idle()}}
    result = swarm.fail("engine_error", "shop", changed)
    assert "service shop_b: the Engine refuses: port '8080' is already in use by service 'other_web'" in result["msg"]
    assert "written before it: shop_0, shop_a; not written: shop_c" in result["msg"]
    assert "These services are again what they were: shop_a" in result["msg"]
    assert swarm.specs() == before


def test_a_service_of_somebody_else(swarm):
    swarm.docker("service", "create", "--quiet", "--replicas", "0", "--no-resolve-image", "--name", "shop_web",
                 "flotilla/web:1")  # fmt: skip
    before = swarm.everything()
    result = swarm.fail("service_exists", "shop", {"services": {"web": idle(), "api": idle()}})
    assert "there is a service shop_web already, which belongs to no stack" in result["msg"]
    assert swarm.everything() == before


def idle(**more):
    """A service without tasks."""
    return {"image": "flotilla/web:1", "deploy": {"replicas": 0}, **more}
