# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, Unreachable
from ansible_collections.flotilla.swarm.plugins.module_utils.service.log_lookup import look_up, moment

NOW = 1767261600.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("1767261600", "1767261600", id="seconds"),
        pytest.param("1767261600.25", "1767261600.25", id="and parts of one"),
        pytest.param("10m", "1767261000.000", id="so long ago"),
        pytest.param("1h30m", "1767256200.000", id="a longer time"),
        pytest.param("2026-01-01T10:00:00Z", "1767261600", id="a time in UTC"),
        pytest.param("2026-01-01T12:00:00+02:00", "1767261600", id="a time elsewhere"),
        pytest.param("2026-01-01T10:00:00.123987654Z", "1767261600.123987654", id="a line's own time"),
        pytest.param("2026-01-01T12:00:00.5+02:00", "1767261600.5", id="half a second"),
        pytest.param("2026-01-01 10:00", "1767261600", id="a time without a zone"),
    ],
)
def test_since(text, expected):
    assert moment(text, NOW) == expected


def test_what_is_no_time():
    with pytest.raises(InvalidOption, match="since: 'yesterday' is neither a time nor a duration"):
        moment("yesterday", NOW)


def test_neither_stream():
    with pytest.raises(InvalidOption, match="stdout and stderr are both false"):
        look_up(None, {"stdout": False, "stderr": False})


LOG = b"2026-01-01T10:00:01Z com.docker.swarm.task.id=%s a word\n"
WEB = {"name": "web", "tail": 5, "since": None, "timestamps": False, "stdout": True, "stderr": True}
WEB.update(id=None, slot=None, node=None)


class Swarm:
    """Service web with a task on each of two nodes; ``states`` are what n2 is each time that it is asked for.

    The log of the service is not answered, and neither is that of the task on n2.
    """

    def __init__(self, *states):
        self.states, self.asked = list(states), []

    def get(self, path, **_query):
        status = {"State": "running", "Timestamp": "2026-01-01T10:00:00Z", "ContainerStatus": {"ContainerID": "c"}}
        task = {"DesiredState": "running", "Status": status, "CreatedAt": "", "ServiceID": "s"}
        container = {"ContainerSpec": {"TTY": True}}
        if path == "/services":
            return [{"ID": "s", "Spec": {"Name": "web", "Mode": {"Global": {}}, "TaskTemplate": container}}]
        if path == "/tasks":
            return [{**task, "ID": f"t{node}", "NodeID": f"n{node}"} for node in (1, 2)]
        states = {"n1": "ready", "n2": self.states.pop(0)}
        return [{"ID": key, "Description": {"Hostname": key}, "Status": {"State": s}} for key, s in states.items()]

    def read(self, path, **_query):
        self.asked.append(path)
        if path != "/tasks/t1/logs":
            raise Unreachable("no answer", reason="engine_timeout")
        return LOG % b"t1"


@pytest.mark.parametrize(
    ("states", "asked"),
    [
        pytest.param(["down"], ["/tasks/t1/logs"], id="known to be down"),
        pytest.param(["ready", "down"], ["/services/s/logs", "/tasks/t1/logs"], id="down since it was asked"),
    ],
)
def test_a_node_that_is_down_is_not_waited_for(states, asked):
    swarm = Swarm(*states)
    result = look_up(swarm, WEB)
    assert swarm.asked == asked
    assert [[line["text"] for line in task["lines"]] for task in result["tasks"]] == [["a word"], []]
    assert [task["remark"] for task in result["tasks"]] == [None, "its log cannot be read: node n2 is down"]
    assert result["warnings"] == ["node n2 is down, so the logs of its tasks are missing"]


def test_an_engine_that_does_not_answer_though_all_nodes_are_there():
    with pytest.raises(Unreachable):
        look_up(Swarm("ready", "ready"), WEB)
