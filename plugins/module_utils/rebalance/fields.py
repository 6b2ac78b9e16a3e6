# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a rebalance."""

from __future__ import annotations

from ..core.fields import Field

REBALANCE = (
    Field(
        "services",
        "",
        "list",
        "Names or IDs of the services to spread. A replicated service is spread, any other is passed over.",
        elements="str",
    ),
    Field("all", "", "bool", "Spread all replicated services."),
    Field(
        "max_skew",
        "",
        "int",
        "A service is spread when one node has more than this many tasks more than another that could take one.",
        default=1,
    ),
    Field(
        "wait",
        "",
        "bool",
        "Wait for each service before the next, and stop at the first that fails. Without it all are started at once.",
        default=True,
    ),
    Field("wait_timeout", "", "int", "Seconds to wait for each service at the most.", default=300),
)
