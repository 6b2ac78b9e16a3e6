# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task in several calls of the module, so that its action plugin can show how far the services have come.

The first call writes and waits; as soon as there is something to show it ends, and the next goes on with the wait.
What it needs for that comes back in the option ``progress``: IDs and states of tasks, moments of this host's clock.
"""

from __future__ import annotations

import time

from ..core.errors import SwarmError
from ..core.fields import Field
from ..core.plan import Plan
from .apply import ensure, report
from .resolve import Lookups, find_services
from .rollout import Unfinished, follow

PROGRESS = (
    Field(
        "progress",
        "",
        "dict",
        "How far an earlier call of the same task has come. It belongs to what shows the progress of a task, see the "
        "notes; leave it out.",
    ),
)


def ensure_in_calls(client, params: dict, check_mode: bool) -> dict:
    """What ``ensure`` returns; or, with ``progress``, how far it has come, if there is something to show."""
    state = params["progress"] or None
    try:
        return go_on(client, params, state) if state else ensure(client, params, check_mode)
    except Unfinished as exc:
        elapsed = exc.result.pop("elapsed")
        state = state or {"began": time.monotonic() - elapsed, "changed": exc.result["changed"]}
        return {**exc.result, "progress": {"lines": exc.lines, "state": {**state, "wait": exc.wait}}}


def go_on(client, params, state) -> dict:
    """Go on with the wait of an earlier call, and return what that call would have."""
    result = {"changed": state["changed"]}
    try:
        follow(client, state["wait"])
    except SwarmError as exc:
        exc.result = {**result, "elapsed": elapsed(state)}
        raise
    plans = {name: Plan(action) for name, action in state["wait"]["progress"].items()}
    told = report(params, plans, find_services(client, plans), Lookups(client))
    return {**result, **told, "elapsed": elapsed(state)}


def elapsed(state) -> float:
    """Seconds since the first call."""
    return round(time.monotonic() - state["began"], 2)
