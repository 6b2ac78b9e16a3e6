# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the key deploy of a service becomes."""

from __future__ import annotations

from ...module_utils.service.values import show_ratio
from .convert_stack import Stack
from .values import compact, cpus, duration, nonzero, restart, size

RESTART_TIMES = {"delay": duration, "window": duration}
ROLLOUT_TIMES = {"delay": duration, "monitor": duration}
AMOUNTS = {"cpus": cpus, "memory": size}


def mode(stack: Stack, path: tuple, deploy: dict) -> dict:
    """How many tasks there are. What is not said is left to the Engine."""
    wanted, replicas = (deploy.get("mode") or "").lower(), deploy.get("replicas")
    if wanted in ("global", "global-job") and replicas is not None:
        stack.wrong(
            (*path, "replicas"),
            f"a service of mode {wanted} has a task on each node; leave replicas out, or give mode replicated",
        )
        return {}
    # One replica is what the Engine makes of none.
    return {"mode": None if wanted == "replicated" else wanted, "replicas": replicas}


def rollout(stack: Stack, path: tuple, given: dict | None) -> dict | None:
    """How an update or a rollback replaces tasks: one at a time, unless the file says otherwise."""
    if given is None:
        return None
    parallelism, ratio = given.get("parallelism"), given.get("max_failure_ratio")
    options = {
        **stack.read_each(path, given, ROLLOUT_TIMES),
        "max_failure_ratio": ratio and show_ratio(float(ratio)),
        "failure_action": given.get("failure_action"),
        "order": given.get("order"),
    }
    return {"parallelism": 1 if parallelism is None else parallelism, **nonzero(options)}


def restart_config(stack: Stack, path: tuple, legacy: str | None, policy: dict | None) -> dict | None:
    """Restarts after ``deploy.restart_policy``, and after the service key ``restart`` where that is absent."""
    if policy is None:
        return stack.read((*path, "restart"), restart, legacy)
    times = stack.read_each((*path, "deploy", "restart_policy"), policy, RESTART_TIMES)
    return compact({"condition": policy.get("condition"), "max_attempts": policy.get("max_attempts"), **times})


def placement(given: dict) -> dict:
    """Where tasks may run."""
    spread = [{"spread": item.get("spread")} for item in given.get("preferences") or ()]
    return nonzero(
        {
            "constraints": given.get("constraints"),
            "preferences": spread,
            "replicas_max_per_node": given.get("max_replicas_per_node"),
        }
    )


def resources(stack: Stack, path: tuple, given: dict) -> dict:
    """What containers may use at the most, and what a node must have free for them."""
    limits, reserved = given.get("limits") or {}, given.get("reservations") or {}
    generic = [item.get("discrete_resource_spec") for item in reserved.get("generic_resources") or ()]
    return {
        "limits": nonzero({**stack.read_each((*path, "limits"), limits, AMOUNTS), "pids": limits.get("pids")}),
        "reservations": nonzero(
            {
                **stack.read_each((*path, "reservations"), reserved, AMOUNTS),
                "generic_resources": [{"kind": item["kind"], "value": item["value"]} for item in generic if item],
            }
        ),
    }
