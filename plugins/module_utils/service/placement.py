# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes match placement constraints, decided as swarmkit does (manager/constraint/constraint.go)."""

from __future__ import annotations

import ipaddress

from ..core.fields import get

NODE_LABEL, ENGINE_LABEL = "node.labels.", "engine.labels."

_PATHS = {
    "node.id": "ID",
    "node.hostname": "Description.Hostname",
    "node.role": "Spec.Role",
    "node.platform.os": "Description.Platform.OS",
    "node.platform.arch": "Description.Platform.Architecture",
}


def matches(constraints, node: dict) -> bool:
    """Whether a raw node matches all constraints, such as ``node.labels.zone==a``."""
    return all(_matches(constraint, node) for constraint in constraints or ())


def _matches(constraint, node):
    operator = "==" if "==" in constraint else "!="
    name, _operator, wanted = (part.strip() for part in constraint.partition(operator))
    if name.lower() == "node.ip":
        return _in_network(get(node, "Status.Addr"), wanted, operator)
    known, value = _value(name, node)
    # Values are compared without regard to case, names of labels are not.
    return known and ((value or "").lower() == wanted.lower()) == (operator == "==")


def _value(name, node):
    """Whether there is such a property, and the node's value of it."""
    lowered = name.lower()
    for prefix, path in ((NODE_LABEL, "Spec.Labels"), (ENGINE_LABEL, "Description.Engine.Labels")):
        if lowered.startswith(prefix) and len(name) > len(prefix):
            return True, (get(node, path) or {}).get(name[len(prefix) :])
    return lowered in _PATHS, get(node, _PATHS[lowered]) if lowered in _PATHS else None


def _in_network(address, wanted, operator):
    try:
        inside = ipaddress.ip_address(address or "") in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False
    return inside == (operator == "==")
