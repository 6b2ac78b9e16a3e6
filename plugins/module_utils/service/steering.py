# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which service is meant and what is done to it. All but the name are no part of its spec."""

from __future__ import annotations

from ..core.fields import Field

NAME = Field("name", "Name", "str", "Name of the service.")

STEERING = (
    Field(
        "state",
        "",
        "str",
        "V(absent) removes the service and waits until its tasks are gone.",
        choices=("present", "absent"),
        default="present",
    ),
)
