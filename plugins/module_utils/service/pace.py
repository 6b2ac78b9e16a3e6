# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tasks are replaced, restarted and watched."""

from __future__ import annotations

from ..core.fields import Field
from ..core.values import SECOND, duration, show_duration
from .paths import TASK
from .values import count, health_test, ratio, show_ratio, watched

DURATION = {"encode": duration, "canonical": show_duration}

PACE = (
    Field(
        "parallelism",
        "Parallelism",
        "int",
        "Tasks to replace at the same time; V(0) is all of them.",
        engine_default=1,
        encode=count,
        explicit=True,
    ),
    Field("delay", "Delay", "str", "Time between two groups of tasks.", engine_default=0, **DURATION),
    Field(
        "monitor",
        "Monitor",
        "str",
        "Time after a task has started in which its failure counts against the change.",
        engine_default=5 * SECOND,
        encode=watched,
        canonical=show_duration,
    ),
    Field(
        "max_failure_ratio",
        "MaxFailureRatio",
        "float",
        "Part of the tasks that may fail before the failure action is taken.",
        engine_default=0,
        encode=ratio,
        canonical=show_ratio,
    ),
    Field(
        "order",
        "Order",
        "str",
        "Whether the old task stops before the new one starts, or after.",
        choices=("stop-first", "start-first"),
        engine_default="stop-first",
    ),
)


def _failure_action(*choices):
    """What an update and a rollback do not have alike: a rollback cannot be rolled back."""
    help_text = "What happens when a task fails."
    return Field("failure_action", "FailureAction", "str", help_text, choices=choices, engine_default="pause")


UPDATE = (*PACE, _failure_action("pause", "continue", "rollback"))
ROLLBACK = (*PACE, _failure_action("pause", "continue"))

RESTART = (
    Field(
        "condition",
        "Condition",
        "str",
        "When a task that ended is started again.",
        choices=("none", "on-failure", "any"),
        engine_default="any",
    ),
    Field("delay", "Delay", "str", "Time before a restart.", engine_default=5 * SECOND, **DURATION),
    Field(
        "max_attempts", "MaxAttempts", "int", "Restarts at the most; V(0) is no limit.", engine_default=0, encode=count
    ),
    Field("window", "Window", "str", "Time in which restarts are counted.", engine_default=0, **DURATION),
)

# Zero is the image's own setting.
HEALTHCHECK = (
    Field(
        "test",
        "Test",
        "raw",
        "Command that tells whether the container is healthy: a string for the shell, or a list that starts with "
        "V(CMD), V(CMD-SHELL) or V(NONE). V([NONE]) turns off the image's test.",
        encode=health_test,
    ),
    Field("interval", "Interval", "str", "Time between two tests.", engine_default=0, **DURATION),
    Field("timeout", "Timeout", "str", "Time after which a test has failed.", engine_default=0, **DURATION),
    Field(
        "retries",
        "Retries",
        "int",
        "Failed tests in a row after which the container is unhealthy.",
        engine_default=0,
        encode=count,
    ),
    Field(
        "start_period", "StartPeriod", "str", "Time in which failed tests do not count.", engine_default=0, **DURATION
    ),
    Field(
        "start_interval",
        "StartInterval",
        "str",
        "Time between two tests during O(healthcheck.start_period).",
        since="1.44",
        engine_default=0,
        **DURATION,
    ),
)

ROLLOUT = (
    Field("restart_config", f"{TASK}.RestartPolicy", "dict", "Restarts of tasks that ended.", parts=RESTART),
    Field("update_config", "UpdateConfig", "dict", "How tasks are replaced.", parts=UPDATE),
    Field("rollback_config", "RollbackConfig", "dict", "How a rollback replaces tasks.", parts=ROLLBACK),
)
