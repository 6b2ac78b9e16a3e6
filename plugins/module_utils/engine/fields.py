# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module engine."""

from __future__ import annotations

from ..core.fields import Field

ENGINE = (
    Field(
        "state",
        "",
        "str",
        (
            "V(restarted) stops and starts the Engine; it stops the host's containers.",
            "V(reloaded) lets it read again the part of its configuration that it reads while it runs.",
        ),
        choices=("restarted", "reloaded"),
        required=True,
    ),
    Field("wait_timeout", "", "int", "Seconds to wait for the Engine and the node.", default=180),
)
