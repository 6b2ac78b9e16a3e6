# SPDX-License-Identifier: GPL-3.0-or-later
"""New services, all begun at the same time, by managers of two releases in turn."""

from __future__ import annotations

import time
from functools import partial

import pytest
from rollouts import IMAGE, SECOND, WATCH, Swarm, at_once, replicas, restart, service, shell

PASSWORD = "n0t-to-be-shown"
PORT = {"Ports": [{"TargetPort": 8080, "PublishedPort": 8070, "PublishMode": "host"}]}
NEVER_HEALTHY = {"Test": ["CMD", "false"], "Interval": SECOND, "StartPeriod": 600 * SECOND}
HEALTHY_LATER = {"Test": ["CMD", "test", "-f", "/tmp/up"], "Interval": SECOND // 2, "Retries": 100}
SLOW_END = shell("trap 'exit 0' TERM; echo it begins; sleep 3 & wait; exit 7")

# Name: the service, and what its end is: a word, and parts of the message.
CASES = {
    "converges": (service(mode=replicas(2)), "done"),
    "none": (service(mode=replicas(0)), "done"),
    "slow": (service(shell("sleep 4; touch /tmp/up; sleep 1000"), container={"Healthcheck": HEALTHY_LATER}), "done"),
    "some-nodes": (service(shell("sleep 1000"), image="flotilla/some:1", mode=replicas(2)), "done"),
    "some-nodes-global": (
        service(image="flotilla/some:1", mode={"Global": {}}, RestartPolicy=restart("any")),
        "rollout_failed",
        "running; its tasks broke 3 times in a row",
        "No such image: flotilla/some:1",
    ),
    "resources": (
        service(Resources={"Reservations": {"NanoCPUs": 1000 * SECOND}}),
        "rollout_failed",
        "0 of 1 running; resources.1: pending: no suitable node (insufficient resources on 3 nodes)",
    ),
    "crashes": (
        service(shell(f"echo line of $HOSTNAME; echo uses {PASSWORD} >&2; exit 5"),
                container={"Env": [f"DB_PASSWORD={PASSWORD}"]}, RestartPolicy=restart("any"), update=WATCH),
        "rollout_failed",
        "its tasks broke 3 times in a row",
        "task: non-zero exit (5)",
        "logged: ",
        "uses ********",
    ),
    "ends": (
        service(shell("exit 0"), RestartPolicy=restart("any"), update=WATCH),
        "rollout_failed",
        "0 of 1 running; its tasks ended 3 times in a row",
    ),
    "silent": (
        service(shell("echo nobody reads this; exit 5"), RestartPolicy=restart("none"), LogDriver={"Name": "none"},
                update=WATCH),
        "rollout_failed",
        "a task broke and is not started again",
    ),
    "once": (service(shell("exit 0"), mode=replicas(2), RestartPolicy=restart("none")), "done"),
    "once-on-failure": (service(shell("sleep 1"), RestartPolicy=restart("on-failure", 3)), "done"),
    "once-broken": (
        service(shell("echo why; exit 9"), RestartPolicy=restart("none"), update=WATCH),
        "rollout_failed",
        "0 of 1 running; a task broke and is not started again",
        "task: non-zero exit (9)",
        "logged: why",
    ),
    "twice-broken": (
        service(shell("exit 9"), RestartPolicy=restart("on-failure", 1), update=WATCH),
        "rollout_failed",
        "0 of 1 running; a task broke and is not started again",
    ),
    "job": (
        service(shell("sleep 0.5"), mode={"ReplicatedJob": {"TotalCompletions": 3, "MaxConcurrent": 2}},
                RestartPolicy=restart("none")),
        "done",
    ),
    "job-broken": (
        service(shell("echo no work; exit 4"), mode={"ReplicatedJob": {"TotalCompletions": 2, "MaxConcurrent": 1}},
                RestartPolicy=restart("on-failure", 1)),
        "rollout_failed",
        "0 of 2 completed; a task broke 2 times in a row; job-broken.0 on node",
        "task: non-zero exit (4)",
        "logged: no work",
    ),
    "job-everywhere": (service(shell("sleep 0.5"), mode={"GlobalJob": {}}, RestartPolicy=restart("none")), "done"),
    "job-broken-everywhere": (
        service(shell("exit 4"), mode={"GlobalJob": {}}, RestartPolicy=restart("none")),
        "rollout_failed",
        "a task broke and is not to be tried again",
    ),
    "never": (
        service(shell("echo waiting for a friend; sleep 1000"), container={"Healthcheck": NEVER_HEALTHY}),
        "timeout",
        "not done after 20 seconds: never: 0 of 1 running; never.1 on node",
        ": starting",
        "logged: waiting for a friend",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def ends():
    """How each of the cases ended."""
    swarms = [Swarm("node1"), Swarm("node2")]
    # An image that one node has.
    swarms[0].client.post(f"/images/{IMAGE}/tag", repo="flotilla/some", tag="1")
    waits = [
        partial(swarms[place % 2].begin, name, case[0], timeout=20 if case[1] == "timeout" else 100)
        for place, (name, case) in enumerate(CASES.items())
    ]
    return dict(zip(CASES, at_once(*waits)))


@pytest.mark.parametrize("name", CASES)
def test_a_new_service_ends_as_it_should(ends, name):
    _spec, reason, *parts = CASES[name]
    assert ends[name].reason == reason, ends[name].message
    assert [part for part in parts if part not in ends[name].message] == []


def test_what_is_done_is_so(ends, newest):
    assert newest.states("converges") == ["running"] * 2
    assert newest.states("slow") == ["running"]
    assert newest.states("none") == []
    assert [task["Status"]["State"] for task in newest.tasks("once")] == ["complete"] * 2
    assert sorted(task["Status"]["State"] for task in newest.tasks("job")) == ["complete"] * 3
    assert sorted(task["Status"]["State"] for task in newest.tasks("job-everywhere")) == ["complete"] * 3
    homes = {task["NodeID"] for task in newest.tasks("some-nodes", **{"desired-state": ["running"]})}
    assert homes == {node["ID"] for node in newest.client.get("/nodes") if node["Description"]["Hostname"] == "node1"}


def test_a_failure_has_the_last_lines_of_each_task(ends):
    logs = ends["crashes"].details["logs"]
    assert all(name.startswith("crashes.1 on node") for name in logs)
    lines = {line for lines in logs.values() for line in lines}
    assert "uses ********" in lines
    assert any(line.startswith("line of ") for line in lines)
    assert PASSWORD not in str(ends)


def test_a_log_that_cannot_be_read_is_told(ends):
    logs = ends["silent"].details["logs"]
    assert list(logs.values()) == [["(its log cannot be read through the Engine: the log driver is none)"]]


def test_a_job_that_is_done_is_not_waited_for(ends, oldest):
    assert oldest.wait("job").reason == "done"
    assert "a task broke" in oldest.wait("job-broken").message


def test_a_port_that_is_taken(newest):
    one, two = service(mode={"Global": {}}), service()
    assert newest.begin("taken", {**one, "EndpointSpec": PORT}).reason == "done"
    end = newest.begin("wants", {**two, "EndpointSpec": PORT})
    assert end.reason == "rollout_failed"
    assert "no suitable node (host-mode port already in use on 3 nodes)" in end.message


def test_one_that_only_seems_to_run_is_seen_through_by_a_run_that_writes_nothing(newest):
    """An earlier run was interrupted: its tasks run for a while before they break."""
    newest.create("brief", service(SLOW_END, update={"Monitor": 8 * SECOND}, RestartPolicy=restart("any")))
    deadline = time.monotonic() + 60
    while newest.states("brief") != ["running"]:
        assert time.monotonic() < deadline
    end = newest.wait("brief")
    assert end.reason == "rollout_failed"
    assert "its tasks broke 3 times in a row" in end.message
    assert "task: non-zero exit (7)" in end.message
