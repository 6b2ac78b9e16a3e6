# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils import roster
from ansible_collections.flotilla.swarm.plugins.plugin_utils.roster import HOST_LABEL, RosterError


def here(state="active", cluster_id="one", manager=False, error=None, node_id="n1"):
    return {
        "membership": {"state": state, "cluster_id": cluster_id, "manager": manager, "error": error, "node_id": node_id}
    }


NOWHERE = here("inactive", None)
SILENT: dict = {}
DOWN = {"unreachable": True, "msg": "Failed to connect"}


def node(node_id, host=None, state="ready"):
    return {"id": node_id, "state": state, "labels": {HOST_LABEL: host} if host else {}}


@pytest.mark.parametrize(
    ("answers", "cluster_id", "outside", "words"),
    [
        pytest.param({"a": NOWHERE, "b": NOWHERE}, None, [], [], id="all in none: a swarm may be made"),
        pytest.param({"a": NOWHERE}, "one", ["z"], [], id="some in none: they may join"),
        pytest.param({"a": here(), "b": NOWHERE}, "one", [], [], id="a member of the same swarm"),
        pytest.param({"a": SILENT}, "one", [], [], id="a silent host, while the swarm is known"),
        pytest.param({"a": here("pending", None)}, "one", [], [], id="a host whose join was interrupted"),
        pytest.param({}, "one", [], [], id="nobody was asked"),
        pytest.param(
            {"a": here(cluster_id="two"), "b": here(cluster_id="two"), "c": NOWHERE},
            "one",
            [],
            ["different swarms: one (managers in service) and two (a, b); take the hosts that are wrong out of theirs"],
            id="hosts of another swarm than the managers",
        ),
        pytest.param(
            {"a": here(cluster_id="one"), "b": here(cluster_id="two")},
            None,
            [],
            ["different swarms: one (a) and two (b)"],
            id="hosts of two swarms, and no manager",
        ),
        pytest.param(
            {"a": NOWHERE, "b": DOWN, "c": SILENT},
            None,
            [],
            [
                "no host is known to be in a swarm, but b, c could not be asked (b: unreachable; c: no answer); a new "
                "swarm is made only when every host is known to be in none, so make them answer or take them out"
            ],
            id="an unreachable host, while no swarm is known",
        ),
        pytest.param(
            {"a": {"msg": "no Engine"}, "b": {"msg": "no Engine"}, "c": {"msg": "Task failed: Missing sudo password"}},
            None,
            [],
            ["a, b, c could not be asked (a, b: no Engine; c: Missing sudo password)"],
            id="hosts that say why they cannot be asked",
        ),
        pytest.param(
            {"a": NOWHERE},
            None,
            ["y", "z"],
            ["but y, z are outside of this run's --limit"],
            id="hosts outside of the run",
        ),
        pytest.param(
            {"a": DOWN},
            None,
            ["z"],
            ["a could not be asked (a: unreachable) and z are outside of this run's --limit"],
            id="both",
        ),
        pytest.param(
            {"a": here("locked"), "b": here("error", error="no leader"), "c": NOWHERE},
            None,
            [],
            ["swarm one has no manager in service (a: locked, b: error (no leader)); start its managers' engines"],
            id="members, but no manager in service",
        ),
        pytest.param(
            {"a": here("pending", None)},
            None,
            [],
            ["swarm (unknown) has no manager in service (a: pending)"],
            id="a join into nowhere",
        ),
        pytest.param(
            {"a": here("pending", None), "b": here()},
            None,
            [],
            ["swarm one has no manager in service (a: pending, b: active)"],
            id="a join beside members of a swarm is no second swarm",
        ),
    ],
)
def test_conflict(answers, cluster_id, outside, words):
    told = roster.conflict(answers, cluster_id, outside)
    assert bool(told) is bool(words)
    for part in words:
        assert part in told


@pytest.mark.parametrize(
    ("nodes", "asked"),
    [
        pytest.param([], ["a", "b"], id="without a swarm all are asked"),
        pytest.param([node("n1", "a"), node("n2", "b")], [], id="of members that are up none is"),
        pytest.param([node("n1", "a"), node("n2", "b", "down")], ["b"], id="one that is down is"),
        pytest.param([node("n1", "b", "down"), node("n2", "b"), node("n3", "a")], [], id="one that came back is not"),
        pytest.param([node("n1"), node("n2", "z")], ["a", "b"], id="those whose nodes bear no name of theirs are"),
    ],
)
def test_whom_to_ask(nodes, asked):
    assert roster.to_ask(nodes, ["a", "b"]) == asked


def test_the_first_manager_that_answers_serves():
    asked = [{**DOWN, "item": "a"}, {**here(), "item": "b"}, {**here(manager=True), "item": "c"}]
    assert roster.live_manager(asked)["host"] == "c"
    assert roster.live_manager(asked[:2]) == {}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "no manager of a swarm is in service (the inventory has none)"),
        (
            [
                {**DOWN, "item": "a"},
                {"item": "b", "msg": "the Engine cannot be reached"},
                {"item": "c"},
                {**here(), "item": "d"},
                {**here("locked"), "item": "e"},
                {**here("error", error="no leader"), "item": "f"},
            ],
            "no manager of a swarm is in service (a: unreachable; b: the Engine cannot be reached; c: no answer; "
            "d: a worker; e: locked; f: error (no leader))",
        ),
    ],
)
def test_why_no_manager_can_be_used(asked, told):
    assert roster.no_manager(asked) == told


@pytest.mark.parametrize(
    ("nodes", "told", "ids"),
    [
        pytest.param([node("n1", "a")], {}, {"a": "n1"}, id="by its label"),
        pytest.param([], {"a": "n1"}, {"a": "n1"}, id="by what the host said"),
        pytest.param([node("n1", "a", "down"), node("n2", "a")], {}, {"a": "n2"}, id="of two nodes the one that is up"),
        pytest.param([node("n2", "a"), node("n1", "a", "down")], {}, {"a": "n2"}, id="whatever their order"),
        pytest.param([node("n1", "a", "down")], {"a": "n2"}, {"a": "n2"}, id="a host that joined anew"),
    ],
)
def test_which_node_a_host_is(nodes, told, ids):
    assert roster.node_ids(nodes, told) == ids


HOSTVARS = {
    "a": {"swarm_node_labels": {"zone": "west"}, "swarm_node_availability": "drain"},
    "b": {"__swarm_here": NOWHERE, "__swarm_joined": here(node_id="n2")},
    "c": {"__swarm_here": DOWN},
}


def test_declared_nodes_have_what_the_inventory_says_and_unknown_hosts_are_left_out():
    roles = {"a": "manager", "b": "worker", "c": "worker"}
    assert roster.declared_nodes(HOSTVARS, roles, [node("n1", "a")]) == [
        {"hostname": "n1", "role": "manager", "labels": {"zone": "west", HOST_LABEL: "a"}, "availability": "drain"},
        {"hostname": "n2", "role": "worker", "labels": {HOST_LABEL: "b"}},
    ]


def test_answers_are_those_of_the_hosts_that_were_asked():
    assert roster.answers(HOSTVARS, ["b", "a"]) == {"b": NOWHERE, "a": {}}


@pytest.mark.parametrize(
    ("printed", "state"),
    [("inactive\r\n", "inactive"), ("inactive\n", "inactive"), ("active\n", "active"), ("", "active")],
)
def test_what_docker_says_counts_only_where_it_is_inactive(printed, state):
    told = {"__swarm_glance": {"stdout": printed}, "__swarm_here": {"membership": {"state": "active"}}}
    assert roster.answers({"a": told}, ["a"])["a"]["membership"]["state"] == state


def test_unlisted_nodes_are_no_hosts_of_the_inventory():
    nodes = [node("n1", "a"), node("n2"), node("n3", "gone"), node("n4", "a", "down")]
    assert [found["id"] for found in roster.unlisted_nodes(HOSTVARS, ["a", "b"], nodes)] == ["n3", "n4"]


def test_no_node_is_called_unlisted_while_a_host_is_not_known():
    with pytest.raises(RosterError, match="^it is not known which nodes c are, so no node can be called unlisted"):
        roster.unlisted_nodes(HOSTVARS, ["a", "b", "c"], [node("n1", "a"), node("n2", "b"), node("n3")])
