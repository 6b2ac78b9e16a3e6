# SPDX-License-Identifier: GPL-3.0-or-later
"""Rollouts that fail, each with the tasks' own errors. The manager asked is Engine 26.1."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]

BAD = {"args": ["sh", "-c", "sleep 0.5; exit 3"], "restart_config": {"condition": "any", "delay": "200ms"}}
WEB = {
    "name": "web",
    "image": "flotilla/web:1",
    "replicas": 2,
    "update_config": {"parallelism": 1, "monitor": "3s", "failure_action": "pause"},
    "rollback_config": {"parallelism": 0, "monitor": "1s"},
}


@pytest.fixture
def web(run, running):
    """A service that runs."""
    assert run("service", **WEB)["changed"]
    assert running() == 2


def failure(result, reason):
    """The message of a run that failed for this reason."""
    assert result.get("failure", {}).get("reason") == reason, result
    return result["msg"]


def test_an_update_that_the_engine_pauses(web, run, service):
    result = run("service", name="web", **BAD)
    message = failure(result, "rollout_failed")
    assert result["changed"]
    assert message.startswith("service web failed: the update is paused: update paused due to failure")
    assert "task: non-zero exit (3)" in message
    assert service()["UpdateStatus"]["State"] == "paused"
    # Nothing is left to write, and it is still no success.
    version = service()["Version"]
    again = run("service", name="web", **BAD)
    assert "the update is paused" in failure(again, "rollout_failed")
    assert not again["changed"]
    assert service()["Version"] == version
    # The way out is a spec that works.
    assert run("service", name="web", args=[])["changed"]
    assert service()["UpdateStatus"]["State"] == "completed"


def test_an_update_that_the_engine_rolls_back(web, run, service, running):
    before = service()["Spec"]
    run("service", name="web", update_config={**WEB["update_config"], "failure_action": "rollback"})
    result = run("service", name="web", image="flotilla/web:2", **BAD)
    message = failure(result, "rollout_failed")
    assert message.startswith("service web failed: the update was rolled back: rollback completed")
    assert "task: non-zero exit (3)" in message
    assert service()["UpdateStatus"]["State"] == "rollback_completed"
    after = service()["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert after["Image"] == "flotilla/web:1"
    assert after == before["TaskTemplate"]["ContainerSpec"]
    assert running() == 2


def test_a_new_service_whose_tasks_end(run, services):
    result = run("service", name="bad", image="flotilla/web:1", **BAD)
    message = failure(result, "rollout_failed")
    assert message.startswith("service bad failed: 0 of 1 running; its tasks broke 3 times in a row")
    assert "task: non-zero exit (3)" in message
    assert "bad.1 on node" in message
    assert services() == ["bad"]


def test_an_image_that_does_not_exist(run, docker):
    result = run("service", name="bad", image="flotilla/none:1", restart_config=BAD["restart_config"])
    message = failure(result, "rollout_failed")
    assert "No such image: flotilla/none:1" in message
    assert "No such image" in docker("service", "ps", "bad", "--no-trunc", "--format", "{{.Error}}")


def test_an_image_that_does_not_exist_in_an_update(web, run, service, running):
    message = failure(run("service", name="web", image="flotilla/none:1"), "rollout_failed")
    assert "No such image: flotilla/none:1" in message
    assert service()["UpdateStatus"]["State"] == "paused"
    assert running() == 1


def test_no_node_fits(run, docker):
    constraint = {"constraints": ["node.labels.place==nowhere"]}
    message = failure(run("service", name="bad", image="flotilla/web:1", placement=constraint), "rollout_failed")
    assert message.startswith("service bad failed: 0 of 1 running; bad.1: pending: no suitable node")
    assert "scheduling constraints not satisfied on 3 nodes" in message
    assert "no suitable node" in docker("service", "ps", "bad", "--no-trunc", "--format", "{{.Error}}")


def test_one_of_several_fails_and_the_others_are_there(run, running):
    several = [
        {"name": "good", "image": "flotilla/web:1", "replicas": 2, "update_config": {"monitor": "1s"}},
        {"name": "bad", "image": "flotilla/web:1", **BAD},
    ]
    result = run("service", services=several)
    assert "service bad failed" in failure(result, "rollout_failed")
    assert sorted(result["failure"]["services"]) == ["bad"]
    assert running("good") == 2


def test_what_cannot_be_changed(web, run, service):
    before = service()
    message = failure(run("service", name="web", mode="global"), "fixed_option")
    assert "mode cannot be changed from replicated to global" in message
    assert failure(run("service", name="new"), "invalid_option").startswith("service new does not exist yet")
    assert "there is no network nowhere" in failure(run("service", name="web", networks=["nowhere"]), "unknown_network")
    assert service() == before
