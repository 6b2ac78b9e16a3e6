# SPDX-License-Identifier: GPL-3.0-or-later
"""In which tasks a command runs, and what is said where there is none."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.task.choose import choose, the_service
from ansible_collections.flotilla.swarm.plugins.module_utils.task.execute import run_command
from ansible_collections.flotilla.swarm.plugins.module_utils.task.resolve import name


def chosen(swarm, service, here="node3-id", **params):
    """The names of the tasks that are chosen."""
    found = the_service(service, swarm["services"])
    tasks = [task for task in swarm["tasks"] if task["ServiceID"] == found["ID"]]
    wanted = {"tasks": "any", "slot": None, "node": None, **params}
    return [name(task, {found["ID"]: found}) for task in choose(wanted, found, tasks, swarm["nodes"], here)]


@pytest.mark.parametrize(
    ("service", "params", "expected"),
    [
        pytest.param("web", {}, ["web.1"], id="the lowest slot"),
        pytest.param("web", {"here": "node2-id"}, ["web.2"], id="rather the one that is here"),
        pytest.param("web-id", {"tasks": "all"}, ["web.1", "web.2"], id="all"),
        pytest.param("web", {"slot": [2]}, ["web.2"], id="a slot"),
        pytest.param("each", {"node": ["node2", "192.0.2.4"], "tasks": "all"},
                     ["each.node2-id", "each.node3-id"], id="all of two nodes"),
        pytest.param("web", {"slot": [2], "node": ["node2"], "tasks": "all"}, ["web.2"], id="a slot on a node"),
    ],
)  # fmt: skip
def test_which_tasks(swarm, service, params, expected):
    assert chosen(swarm, service, **params) == expected


def test_a_task_of_a_job_that_still_runs(swarm):
    for task in swarm["tasks"]:
        if task["ServiceID"] == "job-id" and task.get("Slot"):
            task["Status"]["State"] = "running"
    assert chosen(swarm, "job") == ["job.1"]


def test_what_a_lost_node_last_said_does_not_count(swarm):
    for node in swarm["nodes"]:
        if node["ID"] == "node2-id":
            node["Status"]["State"] = "down"
    assert chosen(swarm, "each", tasks="all") == ["each.node1-id", "each.node3-id"]


@pytest.mark.parametrize(
    ("service", "params", "sentence"),
    [
        pytest.param(
            "web",
            {"slot": [3]},
            "service web has no running task in slot 3; there are web.1 on node1 (running), web.2 on node2 (running)",
            id="a slot that is not there",
        ),
        pytest.param(
            "web",
            {"slot": [1, 2], "node": ["node3"]},
            "service web has no running task in slot 1, 2 on node node3; there are web.1 on node1 (running), ",
            id="slots on another node",
        ),
        pytest.param(
            "bad",
            {},
            "service bad has no running task; there are bad.1 on node3 (failed: task: non-zero exit (3))",
            id="of those that replaced one another the last",
        ),
    ],
)
def test_no_task_fits(swarm, service, params, sentence):
    with pytest.raises(SwarmError) as caught:
        chosen(swarm, service, **params)
    assert str(caught.value).startswith(sentence)
    assert caught.value.reason == "no_running_task"


def test_a_service_without_any_task(swarm):
    swarm["tasks"] = []
    with pytest.raises(SwarmError, match="service web has no running task; there is none at all$"):
        chosen(swarm, "web")


def test_a_service_that_does_not_exist(swarm):
    with pytest.raises(SwarmError, match="service x does not exist in this swarm; its services are bad, each, job,"):
        chosen(swarm, "x")


@pytest.mark.parametrize("params", [{"argv": []}, {"argv": None, "command": "  "}])
def test_an_empty_command(params):
    with pytest.raises(InvalidOption, match="the command is empty"):
        run_command(None, params, check_mode=False)


def test_check_mode_asks_nobody():
    done = run_command(None, {"argv": ["ls"], "command": None}, check_mode=True)
    assert (done["skipped"], done["changed"]) == (True, False)
