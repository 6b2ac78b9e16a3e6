# SPDX-License-Identifier: GPL-3.0-or-later
"""On which host a task's command is run, with which arguments, and what comes of all of them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.node_host import host_of
from ansible_collections.flotilla.swarm.plugins.plugin_utils.roster import RosterError
from ansible_collections.flotilla.swarm.plugins.plugin_utils.task_command import arguments_for, outcome

HOSTS = {
    "one": {"ansible_host": "192.0.2.1"},
    "node2": {"ansible_host": "192.0.2.2"},
    "three": {"ansible_host": "node3"},
    "192.0.2.4": {},
    "five": {"ansible_host": "192.0.2.5"},
    "also-five": {"ansible_host": "192.0.2.5"},
}


def task(node, address, label=None):
    return {"name": "web.1", "node": node, "node_address": address, "node_labels": {"flotilla.swarm.host": label}}


@pytest.mark.parametrize(
    ("place", "host"),
    [
        pytest.param(task("node2", "192.0.2.9", "one"), "one", id="the label is first"),
        pytest.param(task("node2", "192.0.2.9", "gone"), "node2", id="a label that names no host does not count"),
        pytest.param(task("node2", "192.0.2.1"), "node2", id="the name of the node before its address"),
        pytest.param(task("node1", "192.0.2.1"), "one", id="the address as ansible_host"),
        pytest.param(task("node3", "192.0.2.3"), "three", id="the name as ansible_host"),
        pytest.param(task("node4", "192.0.2.4"), "192.0.2.4", id="the address as the name of the host"),
    ],
)
def test_the_host_of_a_node(place, host):
    assert host_of(place, HOSTS) == host


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (task("node9", "192.0.2.9"), r"web.1 runs on node node9 \(192.0.2.9\), which is no host of the inventory; add"),
        (task("node5", "192.0.2.5"), "which several hosts of the inventory could be: five, also-five; give the node"),
    ],
)
def test_a_node_whose_host_is_not_known(place, told):
    with pytest.raises(RosterError, match=told) as caught:
        host_of(place, HOSTS)
    assert "the label flotilla.swarm.host" in str(caught.value)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param({"service": "web"}, {"service": "web"}, id="as it is"),
        pytest.param(
            {"service": "web", "docker_host": "tcp://m:2376", "tls_verify": True, "ca_path": "x", "timeout": 9},
            {"service": "web", "timeout": 9},
            id="the way to a manager leads to no other node",
        ),
        pytest.param(
            {"service": "web", "docker_url": "unix:///run/d.sock"},
            {"service": "web", "docker_url": "unix:///run/d.sock"},
            id="a socket does",
        ),
    ],
)
def test_arguments_on_the_other_host(args, expected):
    assert arguments_for(args, "c1") == {**expected, "_container": "c1"}


def done(name="web.1", **more):
    return {"id": f"{name}-id", "name": name, "node": "n1", "stdout": "a\nb", "stderr": "", "rc": 0, **more}


def test_one_task_gives_its_output():
    result = outcome([done()])
    assert (result["stdout"], result["stdout_lines"], result["rc"], result["changed"]) == ("a\nb", ["a", "b"], 0, True)
    assert "failed" not in result


def test_several_tasks_have_no_output_in_common():
    result = outcome([done(), done("web.2")])
    assert "stdout" not in result
    assert result["rc"] == 0


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        pytest.param(
            [done(), done("web.2", rc=3), done("web.3", rc=4)],
            (3, True, "command_failed", "web.2 on n1: non-zero return code 3; web.3 on n1: non-zero return code 4"),
            id="the first code",
        ),
        pytest.param(
            [done(rc=126, stdout="OCI runtime exec failed: no file")],
            (126, True, "command_failed", "web.1 on n1: non-zero return code 126: OCI runtime exec failed: no file"),
            id="a command that cannot be started",
        ),
        pytest.param(
            [done(), {"id": "i", "name": "web.2", "node": "n2", "msg": "host two cannot be reached: no route"}],
            (None, True, "not_run", "web.2 on n2: host two cannot be reached: no route"),
            id="a host that does not answer",
        ),
        pytest.param(
            [{"id": "i", "name": "web.2", "node": "n2", "msg": "gone"}],
            (None, False, "not_run", "web.2 on n2: gone"),
            id="nothing was run",
        ),
    ],
)  # fmt: skip
def test_what_fails(tasks, expected):
    result = outcome(tasks)
    assert (result["rc"], result["changed"], result["failure"]["reason"], result["msg"]) == expected
    assert result["failed"]
