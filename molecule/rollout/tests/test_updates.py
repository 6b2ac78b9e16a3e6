# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of services that run, all begun at the same time, by managers of two releases in turn."""

from __future__ import annotations

from functools import partial

import pytest
from rollouts import NODES, SECOND, WATCH, Swarm, at_once, replicas, restart, service, shell

CRASH = {"args": shell("echo cannot go on; exit 3"), "RestartPolicy": restart("any")}
SLOW_TO_STOP = shell("trap 'sleep 2; exit 0' TERM; while :; do sleep 0.2; done")
SIMPLE = shell("trap 'exit 0' TERM; while :; do sleep 0.1; done")
FOLDER = {"Mounts": [{"Type": "bind", "Source": "/srv/rollout", "Target": "/data"}]}
BIG = {"Resources": {"Reservations": {"NanoCPUs": 1000 * SECOND}}}


def two(args=None, **more):
    """Two tasks; unless ``args`` say otherwise they stop when they are told to."""
    return service(args or SIMPLE, mode=replicas(2), **more)


# Name: the service as it is, what is written, and what its end is: a word, and parts of the message.
CASES = {
    "converges": (two(), two(container={"Env": ["A=1"]}), "done"),
    "labels": (two(), {**two(), "Labels": {"a": "b"}}, "done"),
    "fewer": (service(SLOW_TO_STOP, mode=replicas(3)), service(SLOW_TO_STOP, mode=replicas(1)), "done"),
    "stopped": (two(), service(SIMPLE, mode=replicas(0)), "done"),
    "continue": (
        two(),
        two(**CRASH, update={"FailureAction": "continue", **WATCH}),
        "rollout_failed",
        "times in a row",
        "task: non-zero exit (3)",
        "logged: cannot go on",
    ),
    "pause": (
        two(),
        two(**CRASH, update={"FailureAction": "pause", **WATCH}),
        "rollout_failed",
        "the update is paused: update paused due to failure",
        "task: non-zero exit (3)",
        "logged: cannot go on",
    ),
    "rollback": (
        two(),
        two(**CRASH, update={"FailureAction": "rollback", **WATCH}),
        "rollout_failed",
        "the update was rolled back: rollback completed",
        "task: non-zero exit (3)",
    ),
    "no-way-back": (
        two(container=FOLDER),
        two(**CRASH, update={"FailureAction": "rollback", **WATCH}),
        "rollout_failed",
        "the rollback is paused: ",
        "bind source path does not exist: /srv/rollout",
    ),
    "too-big": (
        two(container={"StopGracePeriod": 2 * SECOND}),
        two(container={"StopGracePeriod": 2 * SECOND}, **BIG),
        "rollout_failed",
        "no suitable node (insufficient resources on 3 nodes)",
    ),
}


@pytest.fixture(scope="module")
def folder():
    """Make or remove the folder that the tasks of one service need, on all machines."""

    def folder(*command):
        for name in NODES:
            Swarm(name).machine(*command, "/srv/rollout")

    return folder


@pytest.fixture(scope="module")
def ends(folder):
    """How each of the changes ended."""
    swarms = [Swarm("node1"), Swarm("node2")]
    cases = [(swarms[place % 2], name, case) for place, (name, case) in enumerate(CASES.items())]
    folder("mkdir", "-p")
    begun = at_once(*(partial(swarm.begin, name, case[0]) for swarm, name, case in cases))
    assert [end.message for end in begun if end.reason != "done"] == []
    folder("rmdir")
    return dict(zip(CASES, at_once(*(partial(swarm.change, name, case[1]) for swarm, name, case in cases))))


@pytest.mark.parametrize("name", CASES)
def test_a_change_ends_as_it_should(ends, name):
    _before, _after, reason, *parts = CASES[name]
    assert ends[name].reason == reason, ends[name].message
    assert [part for part in parts if part not in ends[name].message] == [], ends[name].message


def test_what_is_done_is_so(ends, newest):
    assert newest.states("converges") == ["running"] * 2
    assert newest.read("converges")["UpdateStatus"]["State"] == "completed"
    assert newest.states("fewer") == ["running"]
    assert newest.states("stopped") == []


@pytest.mark.parametrize("name", ["fewer", "stopped"])
def test_fewer_replicas_are_there_when_the_others_have_gone(newest, name):
    """In time: a second service of that kind, whose containers are counted as soon as the wait is over."""
    spec = CASES[name][0]
    newest.create(f"{name}-now", spec)
    assert newest.wait(f"{name}-now", known=set()).reason == "done"
    assert newest.change(f"{name}-now", CASES[name][1]).reason == "done"
    names = [line for node in NODES for line in Swarm(node).machine("docker", "ps", "--format", "{{.Names}}").split()]
    assert sum(line.startswith(f"{name}-now.") for line in names) == (1 if name == "fewer" else 0)


def test_the_engine_agrees(ends, oldest):
    states = {name: oldest.read(name)["UpdateStatus"]["State"] for name in ("pause", "rollback", "no-way-back")}
    assert states == {"pause": "paused", "rollback": "rollback_completed", "no-way-back": "rollback_paused"}
    assert oldest.read("too-big")["UpdateStatus"]["State"] == "updating"


def test_a_rollback_of_an_earlier_run_is_no_failure(ends, oldest):
    """Nor is it one where something else is written afterwards."""
    assert oldest.wait("rollback").reason == "done"
    assert oldest.change("rollback", {**oldest.read("rollback")["Spec"], "Labels": {"a": "b"}}).reason == "done"


def test_what_was_paused_by_an_earlier_run_still_is(ends, newest):
    end = newest.wait("pause")
    assert end.reason == "rollout_failed"
    assert "the update is paused" in end.message
    # The way out is a spec that works.
    assert newest.change("pause", two()).reason == "done"
