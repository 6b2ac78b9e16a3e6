# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as Engines 20.10 and 26.1 tell of them: the first iteration and the first slot are 0 and left out."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.service.judge import judge

NODES = {
    f"n{number}": {
        "ID": f"n{number}",
        "Spec": {"Role": "worker", "Availability": "active"},
        "Description": {"Hostname": f"node{number}"},
        "Status": {"State": "ready"},
    }
    for number in (1, 2, 3)
}
EVERYWHERE = {"GlobalJob": {}}


def times(total, at_once=1):
    return {"ReplicatedJob": {"MaxConcurrent": at_once, "TotalCompletions": total}}


def job(mode, policy=None, iteration=0):
    spec = {"Name": "job", "Mode": mode, "TaskTemplate": {"RestartPolicy": policy or {}}}
    return {"Spec": spec, "JobStatus": {"JobIteration": {"Index": iteration} if iteration else {}}}


def task(state, slot=0, node=1, iteration=0, error=""):
    wanted = "shutdown" if state in ("failed", "rejected") else "complete"
    found = {"ID": f"{state}{slot}{node}", "NodeID": f"n{node}", "DesiredState": wanted}
    found["Status"] = {"State": state, **({"Err": error} if error else {})}
    found["JobIteration"] = {"Index": iteration} if iteration else {}
    return {**found, "Slot": slot} if slot else found


def tasks(*states, **more):
    return [task(state, slot, **more) for slot, state in enumerate(states)]


def everywhere(*states):
    return [task(state, node=node) for node, state in enumerate(states, 1)]


BROKEN = task("failed", error="task: non-zero exit (4)")
ONCE, TWICE = {"Condition": "none"}, {"Condition": "on-failure", "MaxAttempts": 1}


@pytest.mark.parametrize(
    ("service", "seen", "state", "reason"),
    [
        pytest.param(job(times(1)), [], "pending", "0 of 1 completed", id="nothing has begun"),
        pytest.param(job(times(1)), tasks("running"), "pending", "0 of 1 completed", id="it runs"),
        pytest.param(job(times(1)), tasks("complete"), "done", "1 of 1 completed", id="its work is done"),
        pytest.param(
            job(times(3, 2)),
            tasks("complete", "running", "preparing"),
            "pending",
            "1 of 3 completed; job.2 on node1: preparing",
            id="some of several are done",
        ),
        pytest.param(job(times(2)), tasks("complete", "complete"), "done", "2 of 2 completed", id="all of several"),
        pytest.param(job(times(0)), [], "done", "0 of 0 completed", id="there is nothing to do"),
        pytest.param(
            job(times(1), iteration=2),
            [*tasks("complete"), *tasks("running", iteration=2)],
            "pending",
            "0 of 1 completed",
            id="what an earlier iteration did says nothing",
        ),
        pytest.param(
            job(times(1), iteration=2), tasks("complete", iteration=2), "done", "1 of 1 completed", id="a later one"
        ),
        pytest.param(
            job(times(1), ONCE),
            [BROKEN],
            "failed",
            "0 of 1 completed; a task broke and is not to be tried again",
            id="it is not to be tried again",
        ),
        pytest.param(
            job(times(1), TWICE),
            [BROKEN],
            "pending",
            "0 of 1 completed; job.0 on node1: failed: task: non-zero exit (4)",
            id="it will be tried again",
        ),
        pytest.param(
            job(times(1), TWICE),
            [BROKEN, BROKEN],
            "failed",
            "0 of 1 completed; a task broke 2 times in a row",
            id="its attempts are used up",
        ),
        pytest.param(
            job(times(1)), [BROKEN] * 2, "pending", "0 of 1 completed; job.0", id="without a limit twice is bad luck"
        ),
        pytest.param(job(times(1)), [BROKEN] * 3, "failed", "0 of 1 completed; a task", id="three times is not"),
        pytest.param(
            job(times(1)), [*[BROKEN] * 3, *tasks("complete")], "done", "1 of 1 completed", id="it came right at last"
        ),
        pytest.param(
            job(EVERYWHERE), everywhere("complete", "complete", "running"), "pending", "2 of 3 completed", id="one node"
        ),
        pytest.param(
            job(EVERYWHERE), everywhere("complete", "complete", "complete"), "done", "3 of 3 completed", id="each node"
        ),
        pytest.param(
            job(EVERYWHERE, ONCE),
            everywhere("complete", "failed", "complete"),
            "failed",
            "2 of 3 completed; a task broke",
            id="one node cannot",
        ),
    ],
)
def test_jobs(service, seen, state, reason):
    found = judge(service, seen, NODES, None)
    assert (found.state, found.hold) == (state, 0)
    assert found.reason.startswith(reason)


def test_a_job_that_finds_no_node():
    waiting = task("pending", error="no suitable node (insufficient resources on 3 nodes)")
    found = judge(job(times(1)), [{**waiting, "NodeID": ""}], NODES, set())
    assert (found.state, found.hold) == ("failed", 10)
    assert "job.0: pending: no suitable node" in found.reason


def test_a_node_that_was_drained_is_not_waited_for():
    drained = {**NODES["n3"], "Spec": {"Availability": "drain"}}
    found = judge(job(EVERYWHERE), everywhere("complete", "complete", "shutdown"), {**NODES, "n3": drained}, set())
    assert (found.state, found.reason) == ("done", "2 of 2 completed")
