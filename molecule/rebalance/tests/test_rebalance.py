# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is lost and comes back, and services that are spread over it again or left alone."""

from __future__ import annotations

import json

testinfra_hosts = ["ansible://node1"]


def actions(result):
    assert "msg" not in result, result["msg"]
    return {told["name"]: (told["action"], told["reason"]) for told in result["services"]}


def test_a_node_that_comes_back(create, where, lose, change, run, versions, until):
    create("web", 4)
    create("pinned", 2, Constraints=["node.hostname!=node3"])
    create("apart", 3, MaxReplicas=2)
    find = lose("node3")
    until(lambda: "node3" not in where("web") and sum(where("web").values()) == 4)
    until(lambda: "node3" not in where("apart") and sum(where("apart").values()) == 3)
    before = versions()
    assert not run("rebalance", all=True)["changed"]
    find()
    assert "node3" not in where("web")
    told = run("rebalance", all=True, check=True)
    assert actions(told)["pinned"][0] == "keep"
    assert told["services"][-1]["before"] == {"node1": 2, "node2": 2, "node3": 0}
    assert told["services"][-1]["after"] is None
    change("rebalance", versions, all=True)
    assert sorted(where("web").values()) == [1, 1, 2]
    assert sorted(where("apart").values()) == [1, 1, 1]
    assert versions()["pinned"] == before["pinned"]


def test_one_service_after_the_other_until_one_fails(create, where, drained, run, versions):
    with drained("node3"):
        create("another", 4)
        create("broken", 4, script="test $NODE != node3 && exec sleep 1000")
        create("web", 4)
    before = versions()
    told = run("rebalance", services=["another", "broken", "web"])
    assert told["failure"]["reason"] == "rollout_failed"
    assert told["msg"].startswith("service broken failed: the update is paused")
    assert [report["action"] for report in told["services"]] == ["spread", "spread", "skip"]
    assert told["services"][2]["reason"] == "service broken failed before its turn"
    assert sorted(where("another").values()) == [1, 1, 2]
    assert versions()["web"] == before["web"]
    told = run("rebalance", services=["another", "broken", "web"])
    assert [report["action"] for report in told["services"]] == ["keep", "skip", "spread"]
    assert told["services"][1]["reason"] == "its update is paused"
    assert sorted(where("web").values()) == [1, 1, 2]


def test_what_is_no_replicated_service_is_passed_over(create, run):
    create("everywhere", None)
    told = run("rebalance", services=["everywhere"])
    assert (told["changed"], actions(told)) == (False, {"everywhere": ("skip", "it is not replicated")})
    assert run("rebalance", all=True)["services"] == []


def test_a_service_that_is_not_there(run, refuse, versions):
    assert "there is no service rubbish" in refuse("rebalance", "unknown_service", versions, services=["rubbish"])
    assert "max_skew: 0 is less than 1" in run("rebalance", all=True, max_skew=0)["msg"]


def test_a_task_that_is_told_nothing_is_refused(host):
    assert "one of the following is required: services, all" in host.ansible("flotilla.swarm.rebalance")["msg"]
    found = host.ansible("flotilla.swarm.rebalance", json.dumps({"all": True}), check=False)
    assert (found["changed"], found["services"]) == (False, [])
