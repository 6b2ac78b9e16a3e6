# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments of real services: what Engines 20.10 and 26.1 answered, cut down to the parts that are judged."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.service.judge import describe, judge, judge_removed

MOMENTS = json.loads((Path(__file__).parent / "fixtures" / "moments.json").read_text())


def moment(name):
    return copy.deepcopy(MOMENTS[name])


def verdict(seen, known=None):
    return judge(seen["service"], seen["tasks"], seen["nodes"], known)


def told(seen, known=None):
    found = verdict(seen, known)
    return found.state, found.reason, found.hold


def ids(seen, *slots):
    return {task["ID"] for task in seen["tasks"] if not slots or task.get("Slot") in slots}


NOBODY: set = set()
NO_NODE = "no suitable node (scheduling constraints not satisfied on 3 nodes)"


@pytest.mark.parametrize(
    ("name", "known", "state", "reason", "hold"),
    [
        pytest.param(
            "just created",
            NOBODY,
            "pending",
            "0 of 2 running; web.2 on node2 and 1 more: preparing",
            0,
            id="a new service is waited for until all of its tasks run",
        ),
        pytest.param(
            "two running", NOBODY, "done", "2 of 2 running", 5, id="a new service must last for the default monitor"
        ),
        pytest.param("two running", None, "done", "2 of 2 running", 0, id="what was not written need not last"),
        pytest.param(
            "no replicas",
            NOBODY,
            "pending",
            "0 of 0 running; 1 more is stopping",
            0,
            id="fewer replicas are waited for until the others are gone",
        ),
        pytest.param(
            "update just posted",
            NOBODY,
            "pending",
            "0 of 2 running; web.2 on node3: assigned",
            0,
            id="an update begins",
        ),
        pytest.param("updating", NOBODY, "pending", "0 of 2 running; web.2 on node3: ready", 0, id="an update goes on"),
        pytest.param(
            "update completed",
            NOBODY,
            "done",
            "2 of 2 running",
            0,
            id="an update that the Engine calls completed was watched by the Engine",
        ),
        pytest.param("no suitable node", NOBODY, "failed", "0 of 2 running", 10, id="no node will do for 10 seconds"),
        pytest.param("crash loop", NOBODY, "failed", "0 of 1 running", 0, id="tasks that break again and again fail"),
        pytest.param("update paused", NOBODY, "failed", "the update is paused", 0, id="a paused update fails"),
        pytest.param(
            "update paused", None, "failed", "the update is paused", 0, id="an update paused earlier still fails"
        ),
        pytest.param("rolled back", NOBODY, "failed", "the update was rolled back", 0, id="a rollback is a failure"),
        pytest.param(
            "rolled back", None, "done", "2 of 2 running", 0, id="a rollback before a run that wrote nothing is not"
        ),
        pytest.param("rollback paused", NOBODY, "failed", "the rollback is paused", 0, id="a paused rollback fails"),
        pytest.param(
            "a node just lost", None, "done", "3 of 3 running", 0, id="a node that the swarm still counts on counts"
        ),
        pytest.param(
            "a node down, not replaced yet",
            None,
            "pending",
            "2 of 3 running; web.2 on node",
            0,
            id="what a lost node reported last does not count",
        ),
        pytest.param(
            "a node down, replaced", None, "done", "3 of 3 running", 0, id="tasks that replace those of a lost node do"
        ),
    ],
)
def test_replicated(name, known, state, reason, hold):
    found = verdict(moment(name), known)
    assert (found.state, found.hold) == (state, hold)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("name", "known", "state", "reason", "hold"),
    [
        pytest.param("global", NOBODY, "done", "3 of 3 running", 5, id="one task on each node"),
        pytest.param("global, a node paused", None, "done", "2 of 2 running", 0, id="a paused node is not waited for"),
        pytest.param("global, a node just drained", None, "done", "2 of 2 running", 0, id="nor one that is drained"),
        pytest.param("global, a node drained", None, "done", "2 of 2 running", 0, id="nor one that was drained"),
        pytest.param("global, a node down", None, "done", "2 of 2 running", 0, id="nor one that is down"),
        pytest.param(
            "global on workers, just created",
            NOBODY,
            "pending",
            "0 of 2 running",
            0,
            id="constraints count from the start",
        ),
        pytest.param("global on workers", NOBODY, "done", "2 of 2 running", 5, id="only nodes that match count"),
        pytest.param(
            "global on no node", NOBODY, "done", "0 of 0 running", 0, id="where no node matches none is awaited"
        ),
        pytest.param(
            "global on workers, update just posted", NOBODY, "pending", "0 of 2 running", 0, id="an update begins"
        ),
    ],
)
def test_global(name, known, state, reason, hold):
    found = verdict(moment(name), known)
    assert (found.state, found.hold) == (state, hold)
    assert found.reason.startswith(reason)


def test_an_update_that_the_engine_has_not_begun_is_not_taken_for_done():
    """Seen for some milliseconds after a post: no task is up to date and there is no UpdateStatus yet."""
    seen = moment("global on workers")
    seen["tasks"] = []
    assert told(seen, NOBODY) == ("pending", "0 of 2 running", 0)


def test_a_rollback_that_this_run_asked_for_is_no_failure():
    seen = moment("rolled back")
    found = judge(seen["service"], seen["tasks"], seen["nodes"], NOBODY, rolled_back=True)
    assert (found.state, found.reason, found.hold) == ("done", "2 of 2 running", 0)


def test_a_rollback_under_way_is_waited_for():
    seen = moment("updating")
    seen["service"]["UpdateStatus"] = {
        "State": "rollback_started",
        "Message": "update rolled back due to failure or early termination of task te0j4q5q2xncwkh4en327kpmi",
    }
    assert told(seen, NOBODY) == (
        "pending",
        "rolling back: update rolled back due to failure or early termination of task te0j4q5q2xncwkh4en327kpmi",
        0,
    )


def test_more_replicas_must_last_for_the_monitor():
    seen = moment("three running")
    assert told(seen, ids(seen, 1, 2)) == ("done", "3 of 3 running", 5)


def test_more_replicas_are_waited_for():
    seen = moment("scaled to three, not there yet")
    state, reason, _hold = told(seen, ids(seen, 1, 2))
    assert (state, reason.partition(" on ")[0]) == ("pending", "2 of 3 running; web.3")


def test_fewer_replicas_need_no_window():
    seen = moment("scaled to one")
    assert told(seen, ids(seen)) == ("pending", "1 of 1 running; 2 more are stopping", 0)
    for task in seen["tasks"][1:]:
        task["Status"]["State"] = "shutdown"
    assert told(seen, ids(seen)) == ("done", "1 of 1 running", 0)


def test_a_task_that_is_too_many_on_a_lost_node_is_not_waited_for():
    seen = moment("no replicas")
    for node in seen["nodes"].values():
        node["Status"]["State"] = "down"
    assert told(seen, NOBODY) == ("done", "0 of 0 running", 0)


def test_no_replicas_is_done_at_once():
    seen = moment("no replicas")
    seen["tasks"] = []
    assert told(seen, NOBODY) == ("done", "0 of 0 running", 0)


def test_the_reason_of_a_crash_loop_says_how_often():
    assert told(moment("crash loop"), NOBODY)[1] == "0 of 1 running; its tasks broke 4 times in a row"


def test_the_reason_names_what_tasks_share_once():
    assert told(moment("no suitable node"), NOBODY)[1] == f"0 of 2 running; nowhere.2 and 1 more: pending: {NO_NODE}"


def test_tasks_are_described_with_their_node_and_their_error():
    seen = moment("update paused")
    failed = [task for task in seen["tasks"] if task["Status"]["State"] == "failed"][:1]
    hostname = seen["nodes"][failed[0]["NodeID"]]["Description"]["Hostname"]
    assert describe(seen["service"], failed, seen["nodes"]) == [
        f"web.{failed[0]['Slot']} on {hostname}: failed: task: non-zero exit (3)"
    ]


@pytest.mark.parametrize(
    ("states", "state", "reason"),
    [
        ([], "done", "all tasks are gone"),
        (["shutdown", "failed", "complete"], "done", "all tasks are gone"),
        (["shutdown", "running", "running"], "pending", "2 tasks are still running"),
    ],
)
def test_a_removal_is_over_when_all_tasks_have_ended(states, state, reason):
    verdict = judge_removed([{"Status": {"State": state}} for state in states])
    assert (verdict.state, verdict.reason) == (state, reason)
