# SPDX-License-Identifier: GPL-3.0-or-later
"""What one call changes of one node or many. The manager asked is Engine 20.10, and not the leader."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

testinfra_hosts = ["ansible://node2"]

EVERY = [{"hostname": name} for name in ("node1", "node2", "node3", "node4")]


def test_labels_of_many_nodes_in_one_call(change, nodes):
    after = change("node", nodes, nodes=EVERY, labels={"zone": "west", "empty": "", "number": 1})
    assert {name: labels for name, (_role, _availability, labels) in after.items()} == dict.fromkeys(
        after, {"zone": "west", "empty": "", "number": "1"}
    )


def test_labels_are_merged_replaced_and_removed(run, change, nodes):
    run("node", hostname="node4", labels={"flotilla.swarm.host": "four", "a": "", "b": "1"})
    assert change("node", nodes, hostname="node4", labels={"b": "2"})["node4"][2] == {
        "flotilla.swarm.host": "four",
        "a": "",
        "b": "2",
    }
    assert change("node", nodes, hostname="node4", labels_to_remove=["a"])["node4"][2] == {
        "flotilla.swarm.host": "four",
        "b": "2",
    }
    assert change("node", nodes, hostname="node4", labels={"c": "3"}, labels_state="replace")["node4"][2] == {
        "flotilla.swarm.host": "four",
        "c": "3",
    }


def test_calls_at_the_same_time_lose_nothing(run, nodes):
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda n: run("node", hostname="node4", labels={f"n{n}": ""}), range(6)))
    assert not any("msg" in result for result in results), results
    assert sorted(nodes()["node4"][2]) == [f"n{n}" for n in range(6)]


def test_promote_and_demote_return_when_it_is_so(change, nodes, docker):
    assert change("node", nodes, hostname="node4", role="manager")["node4"][0] == "manager"
    assert docker("node", "inspect", "node4", "--format", "{{.ManagerStatus.Reachability}}") == "reachable"
    assert change("node", nodes, hostname="node4", role="worker")["node4"][0] == "worker"
    assert docker("node", "inspect", "node4", "--format", "{{json .ManagerStatus}}") is None


def test_one_manager_replaces_another(change, nodes, docker):
    roles = [{"hostname": "node3", "role": "worker"}, {"hostname": "node4", "role": "manager"}]
    after = change("node", nodes, nodes=roles)
    assert (after["node3"][0], after["node4"][0]) == ("worker", "manager")
    assert docker("node", "inspect", "node4", "--format", "{{.ManagerStatus.Reachability}}") == "reachable"


def test_a_drain_returns_when_nothing_runs(stubborn, change, nodes, on):
    assert change("node", nodes, hostname="node4", availability="drain")["node4"][1] == "drain"
    assert on("node4").check_output("docker ps --quiet") == ""


def test_a_drain_that_takes_too_long_names_what_is_left(stubborn, run, nodes):
    result = run("node", hostname="node4", availability="drain", wait_timeout=2)
    assert result["failure"]["reason"] == "timeout"
    assert "stubborn." in result["msg"]
    assert "is running on node4" in result["msg"]
    assert result["changed"]
    assert nodes()["node4"][1] == "drain"
    # What was cut short is waited for by the next run.
    again = run("node", hostname="node4", availability="drain")
    assert "msg" not in again
    assert not again["changed"]


def test_a_drain_that_is_not_waited_for(stubborn, run, on):
    assert run("node", hostname="node4", availability="drain", wait=False)["elapsed"] < 8
    assert on("node4").check_output("docker ps --quiet") != ""


def test_managers_that_are_all_drained_on_purpose(change, nodes):
    managers = [{"hostname": name} for name in ("node1", "node2", "node3")]
    after = change("node", nodes, nodes=managers, availability="drain")
    assert [after[name][1] for name in sorted(after)] == ["drain", "drain", "drain", "active"]


def test_node_info_shows_what_docker_shows(run, nodes):
    shown = run("node_info")["nodes"]
    assert {n["hostname"]: (n["role"], n["availability"], n["labels"]) for n in shown} == nodes()
    assert [n["hostname"] for n in run("node_info", name=["node4", "nowhere"])["nodes"]] == ["node4"]


def test_node_info_of_this_engine(run, host):
    assert [n["hostname"] for n in run("node_info", self=True)["nodes"]] == [host.check_output("hostname")]
