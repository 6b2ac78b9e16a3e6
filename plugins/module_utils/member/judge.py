# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an Engine has arrived in a swarm, or left it."""

from __future__ import annotations

from ..core.wait import DONE, FAILED, PENDING, Verdict


def judge_join(here: dict) -> Verdict:
    """``here`` is a membership. The Engine goes on joining in the background when its answer was a time-out."""
    state, error = here["state"], here["error"]
    if state == "active" and not error:
        return Verdict(DONE, "joined")
    if state == "inactive":
        return Verdict(FAILED, error or "the Engine gave up joining")
    if state == "locked":
        return Verdict(FAILED, "the Engine is locked")
    return Verdict(PENDING, f"the Engine is {state}" + (f" ({error})" if error else ""))


def judge_leave(here: dict) -> Verdict:
    """``here`` is a membership."""
    if here["state"] == "inactive":
        return Verdict(DONE, "left")
    return Verdict(PENDING, f"the Engine is still {here['state']}")
