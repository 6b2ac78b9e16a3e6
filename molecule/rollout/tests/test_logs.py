# SPDX-License-Identifier: GPL-3.0-or-later
"""Module service_logs, by managers of two releases."""

from __future__ import annotations

import time

import pytest
from direct import call
from rollouts import WATCH, at_once, replicas, restart, service, shell

from ansible_collections.flotilla.swarm.plugins.module_utils.service.log_lookup import SERVICE_LOGS, look_up

testinfra_hosts = ["ansible://node1"]

PASSWORD = "n0t-to-be-shown"
TALK = shell("echo one; echo two >&2; echo $DB_PASSWORD; sleep 1000")
SERVICES = {
    "talk": service(TALK, mode=replicas(2), container={"Env": [f"DB_PASSWORD={PASSWORD}"]}),
    "terminal": service(TALK, container={"TTY": True}),
    "silent": service(TALK, LogDriver={"Name": "none"}),
    "again": service(shell("echo tries; exit 1"), RestartPolicy=restart("on-failure", 1), update=WATCH),
}


@pytest.fixture(scope="module")
def begun(newest):
    """Services that have said something."""
    return at_once(*(lambda name=name, spec=spec: newest.begin(name, spec) for name, spec in SERVICES.items()))


@pytest.fixture(params=["newest", "oldest"])
def logs(request, begun):
    """The tasks that the module returns."""
    client = request.getfixturevalue(request.param).client

    def logs(name, **options):
        result = call(look_up, (SERVICE_LOGS,), client, name=name, **options)
        assert "msg" not in result, result
        assert result["warnings"] == []
        return result["tasks"]

    return logs


def texts(task, stream=None):
    """The lines of a task, sorted, as the Engine may log the two streams in either order."""
    return sorted(line["text"] for line in task["lines"] if stream in (None, line["stream"]))


def test_the_lines_of_each_task(logs):
    tasks = logs("talk")
    assert [(task["slot"], task["name"], task["state"]) for task in tasks] == [
        (1, "talk.1", "running"),
        (2, "talk.2", "running"),
    ]
    for task in tasks:
        assert texts(task, "stdout") == ["********", "one"]
        assert texts(task, "stderr") == ["two"]
        assert task["remark"] is None
        assert all("timestamp" not in line for line in task["lines"])


def test_what_is_left_out(logs, newest):
    assert texts(logs("talk", stdout=False)[0]) == ["two"]
    assert len(logs("talk", tail=1)[0]["lines"]) == 1
    assert [task["slot"] for task in logs("talk", slot=[2])] == [2]
    task = newest.tasks("talk")[0]
    assert [found["id"] for found in logs("talk", id=[task["ID"][:12]])] == [task["ID"]]
    assert [found["id"] for found in logs("talk", node=[task["NodeID"]])].count(task["ID"]) == 1
    lines = logs("talk", timestamps=True)[0]["lines"]
    assert [line["timestamp"] for line in lines] == sorted(line["timestamp"] for line in lines)
    assert texts(logs("talk", since=lines[0]["timestamp"])[0]) == texts({"lines": lines})
    assert logs("talk", since=str(time.time() + 60))[0]["lines"] == []


def test_a_terminal(logs):
    assert texts(logs("terminal")[0], "stdout") == ["", "one", "two"]


def test_a_driver_that_keeps_nothing(logs):
    task = logs("silent")[0]
    assert task["lines"] == []
    assert task["remark"] == "its log cannot be read through the Engine: the log driver is none"


def test_tasks_that_were_replaced_come_after_those_that_replaced_them(logs):
    tasks = logs("again")
    assert [texts(task) for task in tasks] == [["tries"], ["tries"]]
    assert [task["state"] for task in tasks] == ["failed", "failed"]


def test_as_a_task(begun, run):
    found = run("service_logs", name="talk", slot=[1], query="tasks[].lines[].text")
    assert not found["changed"]
    assert sorted(found["query_result"]) == ["********", "one", "two"]
    assert PASSWORD not in str(found)
    missing = run("service_logs", name="nobody")
    assert missing["failure"]["reason"] == "not_found"
    assert missing["msg"].startswith("service nobody: there is no such service")
    assert run("service_logs", name="talk", since="yesterday")["failure"]["reason"] == "invalid_option"
