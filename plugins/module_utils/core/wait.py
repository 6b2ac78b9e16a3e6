# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: ``poll`` owns time, a judge is pure. A verdict always has a reason that a person can act on."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from .errors import WaitTimeout

DONE, PENDING, FAILED = "done", "pending", "failed"

# Seconds between two looks.
INTERVAL = 0.1
# Seconds that the others have once one of several has failed for good.
GRACE = 10.0


@dataclass(frozen=True)
class Verdict:
    """``state`` is done, pending or failed. A verdict that is final only if it lasts says for how many seconds
    it must hold in ``hold``; any other verdict in between starts the count again."""

    state: str
    reason: str
    hold: float = 0.0


def poll(look, judge, timeout, interval=INTERVAL, now=time.monotonic, sleep=time.sleep):
    """Look and judge until a final verdict holds, and return it with the last thing seen: ``(verdict, seen)``.

    ``timeout`` and ``interval`` are seconds. A failed verdict is returned like any other: what it means is the
    caller's business. WaitTimeout carries the last reason.
    """
    verdicts, seen = poll_all(look, lambda seen: {"": judge(seen)}, timeout, interval, now, sleep)
    return verdicts[""], seen


def poll_all(look, judge, timeout, interval=INTERVAL, now=time.monotonic, sleep=time.sleep, memory=None, watch=None):
    """Like ``poll`` for several things at once, until all verdicts are final: ``(verdicts, seen)``.

    ``judge`` returns a verdict for each name; each holds on its own. Once one has failed for good the others have
    ``GRACE`` seconds more, so that one look tells of all that fail together.
    ``watch(verdicts, end)`` is called after each look, with the moment at which the wait is over if nothing changes,
    and may leave the wait with an exception. ``memory`` is plain data with which it goes on in another process of
    this host: when it began, and since when verdicts hold.
    """
    memory = {} if memory is None else memory
    deadline = memory.setdefault("began", now()) + timeout
    while True:
        seen = look()
        verdicts, moment = judge(seen), now()
        since = memory["since"] = _held_since(verdicts, memory.get("since", {}), moment)
        ends = {name: since[name][1] + v.hold for name, v in verdicts.items() if v.state != PENDING}
        end = _end(verdicts, ends)
        if end <= moment:
            return verdicts, seen
        if moment >= deadline:
            raise _timed_out(verdicts, timeout)
        if watch:
            watch(verdicts, end)
        # Never past the moment at which a verdict becomes final, nor past the deadline.
        moments = [moment + interval, deadline, end, *(final for final in ends.values() if final > moment)]
        sleep(max(0.01, min(moments) - moment))


def _end(verdicts, ends):
    """The moment at which the wait is over if nothing changes; ``ends`` are those at which verdicts are final."""
    last = max(ends.values(), default=0.0) if len(ends) == len(verdicts) else math.inf
    failures = [ends[name] for name, verdict in verdicts.items() if verdict.state == FAILED]
    return min(last, min(failures, default=math.inf) + GRACE)


def _held_since(verdicts, since, moment):
    """For each name the state that it is in and since when."""
    held = {}
    for name, verdict in verdicts.items():
        state, start = since.get(name, (None, moment))
        held[name] = [state, start] if state == verdict.state else [verdict.state, moment]
    return held


def _timed_out(verdicts, timeout):
    told = [name for name, verdict in verdicts.items() if verdict.state != DONE] or verdicts
    reasons = "; ".join(f"{name}: {verdicts[name].reason}" if name else verdicts[name].reason for name in told)
    return WaitTimeout(f"not done after {timeout:g} seconds: {reasons}", last=reasons)
