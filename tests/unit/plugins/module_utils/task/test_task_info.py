# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks are returned, in which order, and what each of them looks like."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.task.info import look_up

NOTHING = dict.fromkeys(("id", "service", "node", "slot", "state", "desired_state"))


def told(client, **wanted):
    """Name, node and state of each task, in order."""
    return [(task["name"], task["node"], task["state"]) for task in look_up(client, {**NOTHING, **wanted})["tasks"]]


def test_all_tasks_in_order_and_of_a_slot_the_newest_first(client):
    assert told(client) == [
        ("bad.1", "node3", "failed"),
        ("bad.1", "node2", "failed"),
        ("each.node1-id", "node1", "running"),
        ("each.node2-id", "node2", "running"),
        ("each.node3-id", "node3", "running"),
        ("job.node3-id", "node3", "complete"),
        ("job.1", "node1", "complete"),
        ("web.1", "node1", "running"),
        ("web.2", "node2", "running"),
    ]
    assert [path for path, _query in client.asked] == ["/services", "/nodes", "/tasks"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({"service": ["web"]}, ["web.1", "web.2"], id="of a service by name"),
        pytest.param({"service": ["web-id", "job"]}, ["job.node3-id", "job.1", "web.1", "web.2"], id="of two services"),
        pytest.param({"node": ["192.0.2.2"]}, ["each.node1-id", "job.1", "web.1"], id="of a node by address"),
        pytest.param({"node": ["node3"], "state": ["running"]}, ["each.node3-id"], id="of a node, what runs"),
        pytest.param({"slot": [2]}, ["web.2"], id="of a slot"),
        pytest.param({"slot": [0]}, ["job.node3-id"], id="of the first slot of a job, which the Engine leaves out"),
        pytest.param({"desired_state": ["shutdown"]}, ["bad.1", "bad.1"], id="what was given up"),
        pytest.param({"id": ["x4z58p9pj2nf"]}, ["web.2"], id="of an ID as docker shows it"),
        pytest.param({"id": ["x4z58"]}, [], id="of too little of an ID"),
        pytest.param({"service": ["nowhere"]}, [], id="of a service that does not exist"),
        pytest.param({"node": ["nowhere"]}, [], id="of a node that does not exist"),
    ],
)
def test_filters(client, wanted, expected):
    assert [name for name, _node, _state in told(client, **wanted)] == expected


def test_a_task_that_failed(client):
    newest = look_up(client, {**NOTHING, "service": ["bad"]})["tasks"][0]
    assert newest == {
        "id": "vhtsflhg5l5izv3jhxpm3fltr",
        "name": "bad.1",
        "service": "bad",
        "slot": 1,
        "node": "node3",
        "node_id": "node3-id",
        "state": "failed",
        "desired_state": "shutdown",
        "error": "task: non-zero exit (3)",
        "since": "2026-11-21T12:11:21.656057611Z",
        "created": "2026-11-21T12:11:20.109955688Z",
        "image": "flotilla/web:1",
        "container_id": "be6dc210768d",
        "exit_code": 3,
        "networks": [],
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("web.1", None, id="what runs has none, though the Engine says 0"),
        pytest.param("job.1", 0, id="what completed has"),
    ],
)
def test_exit_codes(client, name, code):
    tasks = {task["name"]: task for task in look_up(client, NOTHING)["tasks"]}
    assert tasks[name]["exit_code"] == code


def test_a_task_without_node_or_service(client, swarm):
    task = swarm["tasks"][0]
    task.update(ServiceID="gone", NodeID="", Slot=4, Status={"State": "pending", "Timestamp": "t", "Err": "no node"})
    shown = next(item for item in look_up(client, NOTHING)["tasks"] if item["id"] == task["ID"])
    assert (shown["name"], shown["service"], shown["node"], shown["node_id"]) == ("gone.4", None, None, None)
    assert (shown["container_id"], shown["exit_code"]) == (None, None)
