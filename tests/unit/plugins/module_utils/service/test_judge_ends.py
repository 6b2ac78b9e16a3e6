# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that end, well or not, and tasks that are young: real moments, changed in the one thing that is judged."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.service.judge import judge

MOMENTS = json.loads((Path(__file__).parent / "fixtures" / "moments.json").read_text())
NOBODY: set = set()


def ids(seen):
    return {task["ID"] for task in seen["tasks"]}


def moment(name):
    return copy.deepcopy(MOMENTS[name])


def verdict(seen, known=None):
    return judge(seen["service"], seen["tasks"], seen["nodes"], known)


def told(seen, known=None):
    found = verdict(seen, known)
    return found.state, found.reason, found.hold


def restarts(seen, condition, attempts=0):
    seen["service"]["Spec"]["TaskTemplate"] = {"RestartPolicy": {"Condition": condition, "MaxAttempts": attempts}}


def ended(seen, state, *slots):
    for task in seen["tasks"]:
        if task["Slot"] in slots:
            task["DesiredState"] = "shutdown"
            task["Status"] = {"State": state, "Err": "task: non-zero exit (2)" if state == "failed" else ""}


@pytest.mark.parametrize(
    ("condition", "attempts", "state", "slots", "expected"),
    [
        pytest.param(
            "none", 0, "complete", (1,), ("done", "1 of 2 running, 1 completed", 5), id="one has done its work"
        ),
        pytest.param(
            "on-failure", 0, "complete", (1, 2), ("done", "0 of 2 running, 2 completed", 0), id="all have done it"
        ),
        pytest.param(
            "any", 0, "complete", (1,), ("pending", "1 of 2 running; web.1: complete", 0), id="it is to be done again"
        ),
        pytest.param(
            "none",
            0,
            "failed",
            (1,),
            ("failed", "1 of 2 running; a task broke and is not started again", 0),
            id="nobody starts it again",
        ),
        pytest.param(
            "on-failure",
            2,
            "failed",
            (1, 2),
            ("failed", "0 of 2 running; 2 tasks broke for good", 0),
            id="all attempts are used up",
        ),
        pytest.param(
            "on-failure",
            0,
            "failed",
            (1,),
            ("pending", "1 of 2 running; web.1: failed: task: non-zero exit (2)", 0),
            id="it will be started again",
        ),
    ],
)
def test_tasks_that_end(condition, attempts, state, slots, expected):
    seen = moment("two running")
    restarts(seen, condition, attempts)
    ended(seen, state, *slots)
    found = told(seen, NOBODY)
    assert (
        found[0],
        found[1].replace(" on node1", "").replace(" on node2", "").replace(" on node3", ""),
        found[2],
    ) == (expected)


def test_a_global_task_that_broke_for_good_fails_and_one_of_a_drained_node_does_not():
    seen = moment("global")
    restarts(seen, "none")
    task = seen["tasks"][0]
    task.update(DesiredState="shutdown", Status={"State": "failed", "Err": "task: non-zero exit (2)"})
    assert verdict(seen, NOBODY).reason == "2 of 3 running; a task broke and is not started again"
    seen["nodes"][task["NodeID"]]["Spec"]["Availability"] = "drain"
    assert told(seen, NOBODY) == ("done", "2 of 2 running", 5)


@pytest.mark.parametrize(
    ("state", "attempts", "times", "expected"),
    [
        pytest.param("failed", 0, 2, "pending", id="twice may be bad luck"),
        pytest.param("failed", 0, 3, "failed", id="three times is not"),
        pytest.param("failed", 4, 4, "pending", id="unless the service is to be tried more often"),
        pytest.param("failed", 4, 5, "failed", id="which comes to its end"),
        pytest.param("complete", 0, 3, "failed", id="nor may it end well again and again"),
    ],
)
def test_how_often_a_task_may_break(state, attempts, times, expected):
    seen = moment("crash loop")
    restarts(seen, "any", attempts)
    broken, live = seen["tasks"][:4], seen["tasks"][4:]
    seen["tasks"] = [{**broken[0], "ID": f"t{n}", "Status": {"State": state}} for n in range(times)] + live
    assert verdict(seen, NOBODY).state == expected


def test_what_broke_long_ago_is_forgotten():
    seen = moment("crash loop")
    for task in seen["tasks"]:
        task["Status"]["Timestamp"] = "2026-01-01T10:00:00.123456789Z"
    # 10:04:00 and 10:06:00 of that day.
    assert judge(seen["service"], seen["tasks"], seen["nodes"], None, 1767261840).state == "failed"
    assert judge(seen["service"], seen["tasks"], seen["nodes"], None, 1767261960).state == "pending"


def test_nodes_that_reject_a_task_are_left_to_the_engine_while_others_take_the_service():
    seen = moment("two running")
    bad = {**seen["tasks"][1], "DesiredState": "shutdown", "Status": {"State": "rejected", "Err": "No such image: x"}}
    waiting = {**seen["tasks"][1], "ID": "w", "DesiredState": "ready", "Status": {"State": "pending"}}
    seen["tasks"] = [seen["tasks"][0], waiting, *({**bad, "ID": f"b{n}"} for n in range(5))]
    assert verdict(seen, NOBODY).state == "pending"
    # The Engine avoids a node after five failures; one more means that it has no other.
    seen["tasks"].append({**bad, "ID": "b5"})
    assert verdict(seen, NOBODY).state == "failed"


@pytest.mark.parametrize(
    ("times", "others", "expected"),
    [
        pytest.param(6, "active", "pending", id="the Engine may come to a node that was not tried"),
        pytest.param(7, "active", "failed", id="a wrong image does not try a hundred nodes"),
        pytest.param(2, "drain", "pending", id="twice is not often"),
        pytest.param(3, "drain", "failed", id="there is no other node"),
    ],
)
def test_nodes_that_reject_a_task_while_others_were_not_tried(times, others, expected):
    seen = moment("two running")
    bad = {**seen["tasks"][1], "DesiredState": "shutdown", "Status": {"State": "rejected", "Err": "No such image: x"}}
    waiting = {**seen["tasks"][1], "ID": "w", "DesiredState": "ready", "Status": {"State": "pending"}}
    seen["tasks"] = [waiting, *({**bad, "ID": f"b{n}"} for n in range(times))]
    for name, node in seen["nodes"].items():
        seen["nodes"][name] = {**node, "Spec": {**node["Spec"], "Availability": others}}
    assert len(seen["nodes"]) > 1
    assert verdict(seen, NOBODY).state == expected


@pytest.mark.parametrize(
    ("update", "age", "state"),
    [
        pytest.param({}, 2, "pending", id="what began just now is watched, whoever began it"),
        pytest.param({}, 6, "done", id="what has lasted is not"),
        pytest.param({"State": "completed"}, 2, "done", id="nor what the updater has watched"),
        pytest.param({}, -30, "done", id="a clock that is ahead tells nothing"),
    ],
)
def test_young_tasks_of_a_run_that_wrote_nothing(update, age, state):
    seen = moment("two running")
    seen["service"]["UpdateStatus"] = update
    for task in seen["tasks"]:
        task["Status"]["Timestamp"] = "2026-01-01T10:00:00.123456789Z"
    found = judge(seen["service"], seen["tasks"], seen["nodes"], None, 1767261600 + age)
    assert (found.state, found.hold) == (state, 0)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        pytest.param("pause", "pending", id="the Engine will pause"),
        pytest.param("rollback", "pending", id="the Engine will roll back"),
        pytest.param("continue", "failed", id="nobody else will ever say so"),
    ],
)
def test_tasks_that_break_during_an_update(action, state):
    seen = moment("crash loop")
    seen["service"]["UpdateStatus"] = {"State": "updating"}
    seen["service"]["Spec"]["UpdateConfig"] = {"FailureAction": action}
    assert verdict(seen, NOBODY).state == state


def test_an_update_that_finds_no_node_has_the_time_in_which_old_tasks_stop():
    seen = moment("no suitable node")
    seen["service"]["UpdateStatus"] = {"State": "updating"}
    assert told(seen, NOBODY)[::2] == ("failed", 20)
    seen["service"]["Spec"]["TaskTemplate"]["ContainerSpec"] = {"StopGracePeriod": 60 * 10**9}
    assert told(seen, NOBODY)[::2] == ("failed", 70)


def test_a_change_that_replaces_no_task_needs_no_window():
    seen = moment("two running")
    assert told(seen, ids(seen)) == ("done", "2 of 2 running", 0)


def test_the_window_is_the_monitor_of_the_service():
    seen = moment("two running")
    seen["service"]["Spec"]["UpdateConfig"] = {"Monitor": 1_500_000_000}
    assert told(seen, NOBODY) == ("done", "2 of 2 running", 1.5)


def test_a_task_that_is_told_to_stop_does_not_run():
    seen = moment("two running")
    seen["tasks"][1]["DesiredState"] = "shutdown"
    assert told(seen, NOBODY) == ("pending", "1 of 2 running", 0)


def test_tasks_that_broke_before_this_run_do_not_fail_it():
    seen = moment("crash loop")
    assert verdict(seen, ids(seen)).state == "pending"


def test_an_update_that_waits_for_a_task_on_a_lost_node_is_stuck():
    """Seen on Engine 26.1: the slot's other task runs, and the update goes no further for as long as one looks."""
    seen = moment("updating")
    lost = seen["tasks"][0]
    lost.update(DesiredState="shutdown", Status={"State": "ready"})
    seen["nodes"][lost["NodeID"]]["Status"]["State"] = "down"
    hostname = seen["nodes"][lost["NodeID"]]["Description"]["Hostname"]
    state, reason, hold = told(seen, NOBODY)
    assert (state, hold) == ("failed", 30)
    assert f"; the update waits for web.{lost['Slot']} on {hostname}, which is down" in reason
    lost["Status"]["State"] = "running"
    assert told(seen, NOBODY)[0] == "pending"
