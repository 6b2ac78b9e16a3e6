# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a wait is left to show something, and what is told in the end; time is a clock that is set."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import WaitTimeout
from ansible_collections.flotilla.swarm.plugins.module_utils.core.wait import Verdict
from ansible_collections.flotilla.swarm.plugins.module_utils.service import rollout
from ansible_collections.flotilla.swarm.plugins.module_utils.service.rollout import Unfinished, explained, look, show

MOMENTS = json.loads((Path(__file__).parent / "fixtures" / "moments.json").read_text())
PENDING, DONE = Verdict("pending", "0 of 2 running"), Verdict("done", "2 of 2 running")
LINE = "web  0/2 running · web.2 preparing on node2"


def seen(name="just created"):
    found = copy.deepcopy(MOMENTS[name])
    return {"services": {found["service"]["ID"]: found["service"]}, "tasks": found["tasks"], "nodes": found["nodes"]}


def wait(told=None, name="just created", began=100.0):
    ids = {MOMENTS[name]["service"]["ID"]: "web"}
    return {
        "ids": ids,
        "told": {"web": told} if told else {},
        "memory": {"began": began},
        "progress": {},
        "broken": {},
        "watched": True,
    }


@pytest.mark.parametrize(
    ("now", "verdict", "told", "end", "shown"),
    [
        pytest.param(101.5, PENDING, None, math.inf, True, id="the first line comes after a second"),
        pytest.param(100.5, PENDING, None, math.inf, False, id="not before, as the end may be near"),
        pytest.param(101.5, PENDING, "web  before", math.inf, True, id="what has changed is shown"),
        pytest.param(101.5, PENDING, LINE, math.inf, False, id="what has not is not"),
        pytest.param(101.5, PENDING, None, 102.0, False, id="the end is not missed for it"),
        pytest.param(101.5, DONE, None, math.inf, False, id="what needs no wait is not shown"),
        pytest.param(101.5, DONE, "web  before", math.inf, True, id="unless it did need one"),
    ],
)
def test_when_something_is_shown(monkeypatch, now, verdict, told, end, shown):
    monkeypatch.setattr(rollout.time, "monotonic", lambda: now)
    state = wait(told)
    if not shown:
        show(state, seen(), {"web": verdict}, 100.0, end)
        return
    with pytest.raises(Unfinished) as caught:
        show(state, seen(), {"web": verdict}, 100.0, end)
    assert caught.value.lines == [LINE]
    assert json.loads(json.dumps(caught.value.wait))["told"] == {"web": LINE}


def test_the_longer_it_takes_the_less_is_shown(monkeypatch):
    monkeypatch.setattr(rollout.time, "monotonic", lambda: 702.0)
    # This call began two seconds ago, and the wait ten minutes before it.
    show(wait(), seen(), {"web": PENDING}, 700.0, math.inf)
    with pytest.raises(Unfinished):
        show(wait(began=690.0), seen(), {"web": PENDING}, 700.0, math.inf)


class Engine:
    """Answers from a moment."""

    def __init__(self, found):
        self.found = found

    def get(self, path, filters=None):
        if path == "/services":
            return list(self.found["services"].values())
        return self.found["tasks"] if path == "/tasks" else list(self.found["nodes"].values())


def test_what_broke_is_remembered_without_its_spec():
    found = seen("crash loop")
    for task in found["tasks"]:
        task["Spec"] = {"ContainerSpec": {"Env": ["DB_PASSWORD=hidden"]}}
    state = wait(name="crash loop")
    look(Engine(found), state)
    broken = len(state["broken"])
    assert broken == 4
    assert "hidden" not in json.dumps(state)
    assert json.loads(json.dumps(state)) == state
    # The Engine forgets them.
    assert len(look(Engine({**found, "tasks": found["tasks"][4:]}), state)["tasks"]) == broken + 1


def error(timeout=None, **verdicts):
    found = seen("crash loop")
    ids = {next(iter(found["services"])): "crash", "gone": "other", "third": "third"}
    names = {i: name for i, name in ids.items() if name in verdicts}
    last = {"seen": found, "verdicts": verdicts}
    return explained(Engine(found), timeout, {"ids": names}, dict.fromkeys(verdicts, set()), last)


def test_a_failure_tells_of_each_service_and_its_tasks():
    told = error(crash=Verdict("failed", "0 of 1 running"), other=Verdict("failed", "someone removed the service"))
    assert str(told).startswith("service crash failed: 0 of 1 running; crash.1 on node")
    assert "task: non-zero exit (5)" in str(told)
    assert str(told).endswith(". service other failed: someone removed the service")
    assert told.reason == "rollout_failed"
    assert sorted(told.details["services"]) == ["crash", "other"]


def test_what_was_not_waited_for_is_told_too():
    told = error(crash=Verdict("failed", "it broke"), third=Verdict("pending", "1 of 3 running"), other=DONE)
    assert "service third was not waited for any longer: 1 of 3 running" in str(told)
    assert sorted(told.details["services"]) == ["crash"]
    assert told.details["pending"] == {"third": "1 of 3 running"}


def test_a_timeout_tells_the_last_reason_and_the_tasks_errors():
    told = error(WaitTimeout("not done after 9 seconds: x", last="x"), crash=Verdict("pending", "0 of 1 running"))
    assert str(told).startswith("not done after 9 seconds: crash: 0 of 1 running; crash.1 on node")
    assert (told.reason, told.details["last"]) == ("timeout", "x")
    # What is done and has not lasted is told as well.
    told = error(WaitTimeout("not done after 9 seconds: y", last="y"), crash=Verdict("done", "1 of 1 running", 5))
    assert str(told).startswith("not done after 9 seconds: crash: 1 of 1 running")
