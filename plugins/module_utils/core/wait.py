# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: ``poll`` owns time, a judge is pure. A verdict always has a reason that a person can act on."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .errors import WaitTimeout

DONE, PENDING, FAILED = "done", "pending", "failed"


@dataclass(frozen=True)
class Verdict:
    """``state`` is done, pending or failed. A verdict that is final only if it lasts says for how many seconds
    it must hold in ``hold``; any other verdict in between starts the count again."""

    state: str
    reason: str
    hold: float = 0.0


def poll(look, judge, timeout, interval=0.2, now=time.monotonic, sleep=time.sleep):
    """Look and judge until a final verdict holds, and return it with the last thing seen: ``(verdict, seen)``.

    ``timeout`` and ``interval`` are seconds. A failed verdict is returned like any other: what it means is the
    caller's business. WaitTimeout carries the last reason.
    """
    verdicts, seen = poll_all(look, lambda seen: {"": judge(seen)}, timeout, interval, now, sleep)
    return verdicts[""], seen


def poll_all(look, judge, timeout, interval=0.2, now=time.monotonic, sleep=time.sleep):
    """Like ``poll`` for several things at once, until all verdicts are final: ``(verdicts, seen)``.

    ``judge`` returns a verdict for each name; each holds on its own.
    """
    deadline = now() + timeout
    since: dict = {}
    while True:
        seen = look()
        verdicts, moment = judge(seen), now()
        since = _held_since(verdicts, since, moment)
        left = [since[name][1] + v.hold - moment for name, v in verdicts.items() if v.state != PENDING]
        waiting = [name for name, v in verdicts.items() if v.state == PENDING]
        if not waiting and all(seconds <= 0 for seconds in left):
            return verdicts, seen
        if moment >= deadline:
            raise _timed_out(verdicts, waiting, timeout)
        # Never past the moment at which a verdict becomes final, nor past the deadline.
        sleep(max(0.01, min([interval, deadline - moment, *(seconds for seconds in left if seconds > 0)])))


def _held_since(verdicts, since, moment):
    """For each name the state that it is in and since when."""
    held = {}
    for name, verdict in verdicts.items():
        state, start = since.get(name, (None, moment))
        held[name] = (state, start) if state == verdict.state else (verdict.state, moment)
    return held


def _timed_out(verdicts, waiting, timeout):
    told = [name for name in verdicts if name in waiting or verdicts[name].state == FAILED] or verdicts
    reasons = "; ".join(f"{name}: {verdicts[name].reason}" if name else verdicts[name].reason for name in told)
    return WaitTimeout(f"not done after {timeout:g} seconds: {reasons}", last=reasons)
