# SPDX-License-Identifier: GPL-3.0-or-later
"""What can still be told of a node that has died. It comes last, as the node comes back with other tasks."""

from __future__ import annotations

import os
import subprocess

import pytest

testinfra_hosts = ["ansible://node1"]


@pytest.fixture
def dead(docker, until, settled):
    """node3 stands still from now on: its connections seem to be there, and nobody answers."""

    def machine(word):
        subprocess.run(["docker", word, f"{os.environ['LAB_NAME']}-node3"], check=True, capture_output=True)

    def status():
        return docker("node", "ls", "--filter", "name=node3", "--format", "{{.Status}}").strip()

    machine("pause")
    yield status
    machine("unpause")
    until(lambda: status() == "Ready")
    settled()


def test_the_logs_of_the_other_nodes_come_and_those_that_are_missing_are_told(dead, run):
    """The Engine itself would not answer at all; the first run asks before the swarm has noticed."""
    for _round in (1, 2):
        result = run("service_logs", name="talk", timeout=40, query="tasks[?state=='running'].node")
        assert dead() == "Down"
        assert sorted(result["query_result"]) == ["node1", "node2", "node3"]
        told = {task["node"]: task for task in result["tasks"] if task["state"] == "running"}
        for node in ("node1", "node2"):
            assert [line["text"] for line in told[node]["lines"]] == ["a word"]
        assert told["node3"]["lines"] == []
        assert told["node3"]["remark"] == "its log cannot be read: node node3 is down"


def test_what_a_lost_node_ran_does_not_count(dead, run, until, docker):
    """The Engine goes on counting it."""

    def numbers():
        services = run("service_info", name=["web", "each"])["services"]
        return {one["name"]: (one["running"], one["desired"]) for one in services}

    until(lambda: dead() == "Down")
    until(lambda: numbers() == {"web": (2, 2), "each": (2, 2)})
    assert docker("service", "ls", "--filter", "name=each", "--format", "{{.Replicas}}").strip() == "3/2"


def test_a_command_is_run_in_no_task_that_the_swarm_does_not_hear_of(dead, run, until):
    until(lambda: dead() == "Down")
    ran = run("service_exec", service="each", tasks="all", command="true")
    assert {task["node"]: task["rc"] for task in ran["tasks"]} == {"node1": 0, "node2": 0}
    none = run("service_exec", service="each", node=["node3"], command="true")
    assert none["failure"]["reason"] == "no_running_task"
