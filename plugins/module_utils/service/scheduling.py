# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On which nodes the tasks of a service may run."""

from __future__ import annotations

from ..core.errors import InvalidOption
from ..core.fields import Field
from .values import constraints, count, show_constraints

# As the swarm's scheduler reads them.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def show_architecture(value):
    """One name for each architecture."""
    return ARCHITECTURES.get(value, value) if isinstance(value, str) else value


def label(value):
    """What tasks can be spread over."""
    if not value.startswith(("node.labels.", "engine.labels.")):
        raise InvalidOption(f"{value!r} is not a label; write it as node.labels.zone or engine.labels.zone")
    return value


PREFERENCE = (
    Field(
        "spread",
        "Spread.SpreadDescriptor",
        "str",
        "Label over whose values tasks are spread, such as V(node.labels.zone).",
        required=True,
        encode=label,
    ),
)

PLATFORM = (
    Field("os", "OS", "str", "Operating system, such as V(linux); any without it."),
    Field(
        "architecture",
        "Architecture",
        "str",
        "Architecture, such as V(amd64); any without it.",
        canonical=show_architecture,
    ),
)

PLACEMENT = (
    Field(
        "constraints",
        "Constraints",
        "list",
        "What nodes must match, such as V(node.labels.zone==a).",
        elements="str",
        encode=constraints,
        canonical=show_constraints,
    ),
    Field(
        "preferences",
        "Preferences",
        "list",
        "Over which labels tasks are spread, the most important first.",
        elements="dict",
        parts=PREFERENCE,
    ),
    Field(
        "replicas_max_per_node",
        "MaxReplicas",
        "int",
        "Tasks on one node at the most; V(0) is no limit.",
        engine_default=0,
        encode=count,
    ),
    Field(
        "platforms",
        "Platforms",
        "list",
        "Platforms of which a node must have one.",
        elements="dict",
        parts=PLATFORM,
        key="architecture",
    ),
)
