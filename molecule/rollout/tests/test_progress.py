# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees while a task waits, and that its result is the same as if nobody looked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from plays import play, play_and_kill
from rollouts import SECOND, service, shell

PLAYBOOK = Path(__file__).resolve().parents[1] / "service.yml"
LINE = re.compile(r"^\[(node\d)\] (\S+  \d+/\d+ .*)$", re.MULTILINE)
CALL = re.compile(r"Using module file \S*/modules/service\.py")
SLOWLY = {"parallelism": 1, "delay": "1s", "monitor": "1s"}
SIMPLE = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
WEB = {"name": "web", "image": "flotilla/web:1", "args": SIMPLE, "replicas": 2, "update_config": SLOWLY}


@pytest.fixture
def watched(tmp_path):
    """Run the module in a playbook as a user does; return the lines shown, the results and the number of calls."""

    def watched(*options, host="node1", environment=None, **variables):
        results = tmp_path / "results.json"
        # At this verbosity the controller tells of each call of a module.
        outcome = play(
            PLAYBOOK, {"swarm_managers": [host]}, "-vvv", *options, environment=environment, results=str(results),
            **variables,
        )  # fmt: skip
        assert outcome.status == 0, outcome.printed
        lines = [line for _host, line in LINE.findall(outcome.printed)]
        return lines, json.loads(results.read_text()), len(CALL.findall(outcome.printed))

    return watched


@pytest.fixture(scope="module")
def web(newest):
    """A service that runs; each test gives it another environment."""
    spec = service(SIMPLE, mode={"Replicated": {"Replicas": 2}}, update={"Delay": SECOND})
    assert newest.begin("web", spec).reason == "done"


def test_an_update_is_watched(web, watched, newest):
    lines, results, calls = watched("--diff", wanted={**WEB, "env": {"A": "1"}})
    assert "web  0/2 updated" in lines[0] or "web  1/2 updated" in lines[0]
    assert any(re.match(r"web  [12]/2 updated", line) for line in lines)
    assert len(lines) == len(set(lines))
    assert calls == len(lines) + 1
    # The same change again, with nobody looking: the results differ in nothing but IDs and times.
    quiet_lines, quiet_results, quiet_calls = watched(
        "--diff", "-e", "flotilla_progress=false", wanted={**WEB, "env": {"A": "2"}}
    )
    assert (quiet_lines, quiet_calls) == ([], 1)
    shown, quiet = results[0], quiet_results[0]
    assert shown.keys() == quiet.keys()
    assert shown["changed"]
    assert quiet["changed"]
    assert [diff["after"] for diff in shown["diff"]] == [{"env": {"A": "1"}}]
    assert [diff["after"] for diff in quiet["diff"]] == [{"env": {"A": "2"}}]
    assert shown["service"].keys() == quiet["service"].keys()
    assert shown["service"]["action"] == quiet["service"]["action"] == "update"
    assert shown["service"]["update_status"]["State"] == "completed"
    assert shown["invocation"]["module_args"].keys() == quiet["invocation"]["module_args"].keys()
    # All calls together: the Engine waits between the tasks, and after the last.
    assert shown["elapsed"] >= 2
    assert newest.states("web") == ["running"] * 2
    # Where there is nothing to wait for there is one call.
    lines, results, calls = watched(wanted={**WEB, "env": {"A": "2"}})
    assert (lines, calls, results[0]["changed"]) == ([], 1, False)


@pytest.mark.parametrize(
    ("options", "environment", "variables"),
    [
        pytest.param((), None, {"hidden": True}, id="a task that is not to be logged"),
        pytest.param((), None, {"seconds": 60}, id="a task in the background"),
        pytest.param((), {"FLOTILLA_PROGRESS": "no"}, {}, id="turned off in the environment"),
        pytest.param((), None, {"rounds": [{"wait": False}]}, id="a task that does not wait"),
        pytest.param(("--check",), None, {}, id="check mode"),
    ],
)
def test_nothing_is_shown(web, watched, request, options, environment, variables):
    wanted = {**WEB, "env": {"A": request.node.callspec.id}}
    lines, results, calls = watched(*options, environment=environment, wanted=wanted, **variables)
    assert (lines, calls) == ([], 1)
    assert results[0]["changed"]


def test_loops_and_delegation(web, watched):
    rounds = [{"env": {"A": "loop"}}, {"env": {"A": "loop"}}, {"name": "other", "update_config": {"monitor": "5s"}}]
    lines, results, calls = watched(host="node2", elsewhere="node1", wanted=WEB, rounds=rounds)
    assert [result["changed"] for result in results] == [True, False, True]
    assert {line.split()[0] for line in lines} == {"web", "other"}
    assert calls == len(lines) + 3


def test_a_run_that_was_interrupted_is_gone_on_with(web, watched, newest):
    wanted = {**WEB, "env": {"A": "3"}}
    play_and_kill(
        PLAYBOOK, {"swarm_managers": ["node1"]}, r"^\[node1\] web  [01]/2 updated", wanted=wanted, results="/x"
    )
    assert newest.read("web")["UpdateStatus"]["State"] == "updating"
    _lines, results, _calls = watched(wanted=wanted)
    assert not results[0].get("failed")
    assert not results[0]["changed"]
    assert newest.read("web")["UpdateStatus"]["State"] == "completed"
    assert newest.states("web") == ["running"] * 2
    assert all("A=3" in task["Spec"]["ContainerSpec"]["Env"] for task in newest.tasks("web"))


def test_a_new_service_that_was_interrupted_too(newest, watched):
    slow = shell("sleep 8; touch /tmp/up; sleep 1000")
    check = {"test": ["CMD", "test", "-f", "/tmp/up"], "interval": "500ms", "retries": 100}
    wanted = {**WEB, "name": "new", "args": slow, "healthcheck": check}
    play_and_kill(PLAYBOOK, {"swarm_managers": ["node1"]}, r"^\[node1\] new  0/2 running", wanted=wanted, results="/x")
    _lines, results, _calls = watched(wanted=wanted)
    assert not results[0].get("failed")
    assert not results[0]["changed"]
    assert newest.states("new") == ["running"] * 2


def test_a_failure_is_that_of_the_wait(web, watched):
    bad = {"args": ["sh", "-c", "echo no way; exit 3"], "env": {"TOKEN": "abcdef"}}
    bad["update_config"] = {**SLOWLY, "monitor": "20s"}
    lines, results, _calls = watched(wanted={**WEB, **bad})
    assert lines
    result = results[0]
    assert result["failed"]
    assert result["changed"]
    assert result["failure"]["reason"] == "rollout_failed"
    assert "the update is paused" in result["msg"]
    assert ["no way"] in result["failure"]["logs"].values()
    assert result["diff"][0]["after"]["args"] == bad["args"]
