# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tasks a service has: the options that make the Engine's Mode."""

from __future__ import annotations

from ..core.fields import Field, Joint
from .values import mode, show_mode

MODE = Joint(
    fields=(
        Field(
            "mode",
            "",
            "str",
            "V(replicated) runs O(replicas) tasks, V(global) one on each node that fits. The tasks of a job run once, "
            "to their end: O(replicas) of them in a V(replicated-job), one on each node in a V(global-job).",
            choices=("replicated", "global", "replicated-job", "global-job"),
            fixed=True,
        ),
        Field(
            "replicas",
            "",
            "int",
            "Tasks to run; in a V(replicated-job) tasks to complete. V(-1) keeps what the service has. "
            "A new service gets 1.",
        ),
        Field(
            "max_concurrent",
            "",
            "int",
            "Tasks of a V(replicated-job) that run at the same time. A new job runs all of them.",
        ),
    ),
    path="Mode",
    encode=mode,
    show=show_mode,
)
