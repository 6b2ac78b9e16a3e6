# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import math

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import WaitTimeout
from ansible_collections.flotilla.swarm.plugins.module_utils.core.wait import Verdict, poll, poll_all


class Clock:
    """Time that passes only in sleep."""

    def __init__(self):
        self.time = 100.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds

    @property
    def passed(self):
        return round(self.time - 100.0, 3)


@pytest.fixture
def clock():
    return Clock()


def story(clock, *events):
    """A look at what is so by the clock: ``(since second, what is so)``."""
    return lambda: [seen for since, seen in events if clock.passed >= since][-1]


def state(seen):
    return Verdict(seen, f"it is {seen}")


def lasting(seconds):
    return lambda seen: Verdict(seen, f"it is {seen}", seconds if seen == "done" else 0)


@pytest.mark.parametrize(
    ("events", "judge", "passed", "end"),
    [
        pytest.param([(0, "done")], state, 0, "done", id="what is done already costs no time"),
        pytest.param([(0, "failed")], state, 0, "failed", id="nor does what has failed already"),
        pytest.param([(0, "pending"), (1, "done")], state, 1, "done", id="the end is seen at once"),
        pytest.param([(0, "pending"), (1, "failed")], state, 1, "failed", id="so is a failure"),
        pytest.param([(0, "pending"), (1, "done")], lasting(3), 4, "done", id="what must last is watched for so long"),
        pytest.param([(0, "pending"), (1, "done")], lasting(0.1), 1.1, "done", id="and not for a whole interval more"),
        pytest.param(
            [(0, "done"), (2, "pending"), (4, "done")], lasting(3), 7, "done", id="a relapse starts the count again"
        ),
        pytest.param([(0, "done"), (2, "failed")], lasting(3), 2, "failed", id="a failure ends the count"),
        pytest.param([(0, "pending"), (10, "done")], state, 10, "done", id="the last look is at the deadline"),
    ],
)
def test_poll(clock, events, judge, passed, end):
    verdict, seen = poll(story(clock, *events), judge, 10, now=clock.now, sleep=clock.sleep)
    assert (verdict.state, verdict.reason, seen) == (end, f"it is {end}", end)
    assert clock.passed == pytest.approx(passed, abs=0.05)


@pytest.mark.parametrize(
    ("events", "judge"),
    [
        pytest.param([(0, "pending")], state, id="pending for ever"),
        pytest.param([(0, "pending"), (9, "done")], lasting(3), id="done too late to last"),
    ],
)
def test_the_time_is_over(clock, events, judge):
    with pytest.raises(WaitTimeout) as caught:
        poll(story(clock, *events), judge, 10, interval=0.7, now=clock.now, sleep=clock.sleep)
    last = f"it is {events[-1][1]}"
    assert str(caught.value) == f"not done after 10 seconds: {last}"
    assert (caught.value.reason, caught.value.details) == ("timeout", {"last": last})
    assert clock.passed == 10


def test_without_time_there_is_one_look(clock):
    assert poll(lambda: "done", state, 0, now=clock.now, sleep=clock.sleep)[1] == "done"
    with pytest.raises(WaitTimeout, match="not done after 0 seconds: it is pending"):
        poll(lambda: "pending", state, 0, now=clock.now, sleep=clock.sleep)


def judge_each(seconds=0.0):
    return lambda seen: {name: lasting(seconds)(is_now) for name, is_now in seen.items()}


def test_several_are_done_when_the_last_one_is(clock):
    look = story(clock, (0, {"a": "done", "b": "pending"}), (5, {"a": "done", "b": "done"}))
    verdicts, _seen = poll_all(look, judge_each(), 10, now=clock.now, sleep=clock.sleep)
    assert {name: verdict.state for name, verdict in verdicts.items()} == {"a": "done", "b": "done"}
    assert clock.passed == pytest.approx(5)


def test_each_of_several_must_last_on_its_own(clock):
    look = story(
        clock,
        (0, {"a": "done", "b": "pending"}),
        (4, {"a": "done", "b": "done"}),
        (5, {"a": "pending", "b": "done"}),
        (6, {"a": "done", "b": "done"}),
    )
    poll_all(look, judge_each(3), 20, now=clock.now, sleep=clock.sleep)
    assert clock.passed == pytest.approx(9, abs=0.05)


def test_one_that_fails_does_not_end_the_wait_for_the_others(clock):
    look = story(clock, (0, {"a": "failed", "b": "pending"}), (3, {"a": "failed", "b": "done"}))
    verdicts, _seen = poll_all(look, judge_each(), 10, now=clock.now, sleep=clock.sleep)
    assert verdicts["a"].state == "failed"
    assert clock.passed == pytest.approx(3)


def test_the_reasons_of_a_timeout_name_what_failed_and_what_is_not_done(clock):
    look = story(clock, (0, {"a": "failed", "b": "pending", "c": "done"}))
    with pytest.raises(WaitTimeout, match="not done after 2 seconds: a: it is failed; b: it is pending$"):
        poll_all(look, judge_each(), 2, now=clock.now, sleep=clock.sleep)


@pytest.mark.parametrize(
    ("others", "passed", "state"),
    [
        pytest.param([(0, "pending"), (3, "done")], 3, "done", id="they are done before"),
        pytest.param([(0, "pending"), (3, "failed")], 3, "failed", id="they have failed before, too"),
        pytest.param([(0, "pending"), (30, "done")], 10, "pending", id="they are not waited for any longer"),
        pytest.param([(0, "pending"), (9, "failed"), (30, "done")], 9, "failed", id="so that one look tells of both"),
    ],
)
def test_once_one_has_failed_the_others_have_ten_seconds(clock, others, passed, state):
    look = story(clock, *((since, {"a": "failed", "b": seen}) for since, seen in others))
    verdicts, _seen = poll_all(look, judge_each(), 60, now=clock.now, sleep=clock.sleep)
    assert verdicts["b"].state == state
    assert clock.passed == pytest.approx(passed, abs=0.05)


def test_a_failure_that_does_not_last_ends_nothing(clock):
    look = story(
        clock,
        (0, {"a": "failed", "b": "pending"}),
        (8, {"a": "done", "b": "pending"}),
        (20, dict.fromkeys("ab", "done")),
    )

    def patient(seen):
        return {name: Verdict(state, state, 10 if state == "failed" else 0) for name, state in seen.items()}

    verdicts, _seen = poll_all(look, patient, 60, now=clock.now, sleep=clock.sleep)
    assert {verdict.state for verdict in verdicts.values()} == {"done"}
    assert clock.passed == pytest.approx(20, abs=0.05)


class Left(Exception):
    """A wait was left to show its progress."""


def test_a_wait_that_was_left_is_gone_on_with(clock):
    """As if it had never been left: the deadline stays, and so does the moment since when something holds."""
    look = story(clock, (0, "pending"), (4, "done"), (30, "done"))
    memory: dict = {}
    ends = []

    def watch(verdicts, end):
        ends.append(round(end - 100, 3))
        if clock.passed > 5:
            raise Left

    arguments = {"now": clock.now, "sleep": clock.sleep, "memory": memory}
    with pytest.raises(Left):
        poll_all(lambda: {"": look()}, judge_each(3), 10, watch=watch, **arguments)
    assert ends[0] == math.inf
    assert ends[-1] == pytest.approx(7, abs=0.05)
    clock.sleep(0.5)
    poll_all(
        lambda: {"": look()},
        judge_each(3),
        10,
        **json.loads(json.dumps({"memory": memory})),
        now=clock.now,
        sleep=clock.sleep,
    )
    assert clock.passed == pytest.approx(7, abs=0.05)


def test_a_wait_that_was_left_keeps_its_deadline(clock):
    memory: dict = {"began": clock.now() - 8}
    with pytest.raises(WaitTimeout, match="not done after 10 seconds"):
        poll_all(lambda: {"": "pending"}, judge_each(), 10, now=clock.now, sleep=clock.sleep, memory=memory)
    assert clock.passed == pytest.approx(2, abs=0.05)
