# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import fill
from ansible_collections.flotilla.swarm.plugins.module_utils.image import follow
from ansible_collections.flotilla.swarm.plugins.module_utils.image.fields import IMAGE

APP = "reg:5000/app:1"
# No process has this number.
NOBODY = 2**22 + 1


@pytest.fixture
def call(engine, monkeypatch, tmp_path):
    """One call of the module; the directories of work are below ``work``."""
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(follow.tempfile, "tempdir", str(tmp_path / "work"))
    warned = []

    def call(progress, check=False, **options):
        client = Client({"docker_host": "unix://socket", "api_version": "1.45"})
        params = {**fill(IMAGE, {"name": APP, **options}), "progress": progress}
        return follow.ensure_in_calls(client, params, check, warned.append)

    call.warned = warned
    return call


def left(tmp_path):
    return os.listdir(tmp_path / "work")


def test_the_result_is_that_of_a_single_call(call, engine, tmp_path):
    engine.registry[APP] = "d"
    planned = call({}, check=True, source="pull")
    followed = call({}, source="pull")
    assert followed.pop("elapsed") >= 0
    assert (followed["actions"], followed["changed"]) == (planned["actions"], True) == (["pull"], True)
    assert followed["digest"] == "sha256:" + "d" * 64
    again = call(None, source="pull")
    assert again["image"] == followed["image"]
    assert left(tmp_path) == []


def test_the_error_is_that_of_a_single_call(call, engine, tmp_path):
    engine.error = "toomanyrequests: rate limit"
    errors = []
    for progress in (None, {}):
        with pytest.raises(SwarmError) as caught:
            call(progress, source="pull")
        errors.append((str(caught.value), caught.value.reason, caught.value.result["actions"]))
    assert errors[0] == errors[1]
    assert errors[0][1] == "registry_rate_limit"
    assert left(tmp_path) == []


@pytest.fixture
def state(tmp_path):
    """The state of work that this process does."""
    (tmp_path / "work").mkdir(exist_ok=True)
    place = tmp_path / "work" / "place"
    place.mkdir()
    return {"place": str(place), "worker": os.getpid(), "began": 100.0, "next": 102.0, "line": ""}


class Clock:
    """Time passes only while somebody waits."""

    def __init__(self, time):
        self.time = time

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def test_a_line_is_shown_when_it_is_time_and_only_if_it_is_new(state):
    clock = Clock(100.0)
    follow.write(state["place"], follow.LINE, "pull app:1  1/2 layers")
    told = follow.watch(state, clock.now, clock.sleep)["result"]["progress"]
    assert told["lines"] == ["pull app:1  1/2 layers"]
    assert clock.time == pytest.approx(102, abs=0.1)

    def sleep(seconds):
        clock.sleep(seconds)
        if clock.time > 110:
            follow.write(state["place"], follow.LINE, "pull app:1  2/2 layers")

    told = follow.watch(told["state"], clock.now, sleep)["result"]["progress"]
    assert told["lines"] == ["pull app:1  2/2 layers"]
    assert clock.time == pytest.approx(110, abs=0.2)


def test_lines_become_rarer(state):
    follow.write(state["place"], follow.LINE, "line")
    told = follow.watch(state, lambda: 700.0, None)["result"]["progress"]
    assert told["state"]["next"] == 760.0


def test_work_whose_process_is_gone_has_failed(call, state, tmp_path):
    with pytest.raises(SwarmError, match="^the process that did the work on the host was ended; look") as caught:
        call({**state, "worker": NOBODY})
    assert caught.value.reason == "interrupted"
    assert left(tmp_path) == []


def test_its_result_counts_if_it_came_to_one(call, state, tmp_path):
    told = {"result": {"changed": True}, "warnings": ["be warned"]}
    follow.write(state["place"], follow.RESULT, told)
    result = call({**state, "worker": NOBODY})
    assert result.pop("elapsed") is not None
    assert result == {"changed": True}
    assert call.warned == ["be warned"]
    assert left(tmp_path) == []


def test_a_result_that_nobody_wants_is_removed(engine, state, monkeypatch):
    monkeypatch.setattr(follow, "KEPT", 0)
    client = Client({"docker_host": "unix://socket", "api_version": "1.45"})
    follow.work(client, fill(IMAGE, {"name": APP, "source": "local"}), state["place"])
    assert not os.path.exists(state["place"])


def test_what_nobody_waits_for_is_written_nowhere(state):
    os.rmdir(state["place"])
    follow.write(state["place"], follow.LINE, "line")
    assert follow.read(state["place"], follow.LINE) is None


def test_a_file_is_there_as_a_whole(state):
    follow.write(state["place"], follow.LINE, {"a": 1})
    with open(os.path.join(state["place"], follow.LINE), encoding="utf-8") as file:
        assert json.load(file) == {"a": 1}
    assert os.listdir(state["place"]) == [follow.LINE]
