# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section ``deploy`` of a service in Compose v3."""

from __future__ import annotations

from .schema_parts import COUNT, DURATION, NOTHING, NUMBER, PAIRS, TEXT, WHOLE, engine_choice
from .schema_types import Either, Keys, ListOf, Scalar, Since

ORDER = Scalar(("string",), choices=("start-first", "stop-first"))


def pace(order_since: int, *failure_actions: str) -> Keys:
    """How an update or a rollback goes on."""
    return Keys(
        {
            "parallelism": COUNT,
            "delay": DURATION,
            "failure_action": engine_choice(*failure_actions),
            "monitor": DURATION,
            "max_failure_ratio": NUMBER,
            "order": Since(order_since, ORDER),
        }
    )


LIMITS = Keys({"cpus": TEXT, "memory": TEXT, "pids": Since(9, WHOLE)})

DISCRETE = Keys({"kind": TEXT, "value": NUMBER}, required=("kind", "value"))
GENERIC_RESOURCE = Keys({"discrete_resource_spec": DISCRETE})

RESERVATIONS = Keys({"cpus": TEXT, "memory": TEXT, "generic_resources": Since(5, ListOf(GENERIC_RESOURCE))})

RESTART_POLICY = Keys(
    {
        "condition": engine_choice("none", "on-failure", "any"),
        "delay": DURATION,
        "max_attempts": COUNT,
        "window": DURATION,
    }
)

PLACEMENT = Keys(
    {
        "constraints": ListOf(TEXT),
        "preferences": Since(3, ListOf(Keys({"spread": TEXT}))),
        "max_replicas_per_node": Since(8, COUNT),
    }
)

DEPLOY = Either(
    (
        NOTHING,
        Keys(
            {
                "mode": engine_choice("replicated", "global", "replicated-job", "global-job"),
                "endpoint_mode": Since(2, engine_choice("vip", "dnsrr")),
                "replicas": COUNT,
                "labels": PAIRS,
                "update_config": pace(4, "continue", "pause", "rollback"),
                "rollback_config": Since(7, pace(7, "continue", "pause")),
                "resources": Keys({"limits": LIMITS, "reservations": RESERVATIONS}),
                "restart_policy": RESTART_POLICY,
                "placement": PLACEMENT,
            }
        ),
    )
)
