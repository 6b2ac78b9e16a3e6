# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a node, and of the modules that change and list nodes."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import InvalidOption
from ..core.fields import Field, Joint
from ..core.values import strings

# The roles keep what they must know about a node in such labels.
OWN_PREFIX = "flotilla.swarm."


def change_labels(given: dict, present: dict | None) -> dict:
    """The labels of a node after the options that were given."""
    present = present or {}
    wanted = strings(given.get("labels"))
    unwanted = set(given.get("labels_to_remove") or ())
    if unwanted & set(wanted):
        names = ", ".join(sorted(unwanted & set(wanted)))
        raise InvalidOption(f"labels_to_remove: {names} is named in labels as well; name it in one of them")
    kept = present
    if given.get("labels_state") == "replace" and given.get("labels") is not None:
        kept = {name: value for name, value in present.items() if name.startswith(OWN_PREFIX)}
    labels = {**kept, **wanted}
    return {name: value for name, value in labels.items() if name not in unwanted}


def show_labels(raw: dict | None) -> dict:
    """Labels as the option of that name; how they are reached is no property of the node."""
    return {"labels": raw or {}}


LABELS = Joint(
    (
        Field("labels", "", "dict", "Labels of the node. Values are strings and may be empty."),
        Field(
            "labels_state",
            "",
            "str",
            (
                "With V(merge) the labels that O(labels) does not name stay.",
                "With V(replace) they are removed, except those whose name starts with "
                "C(flotilla.swarm.), which the roles of this collection keep on nodes. "
                "Without O(labels) nothing is replaced.",
            ),
            choices=("merge", "replace"),
            default="merge",
        ),
        Field(
            "labels_to_remove",
            "",
            "list",
            "Names of labels that the node must not have, whatever their value.",
            elements="str",
        ),
    ),
    path="Labels",
    encode=change_labels,
    show=show_labels,
)

SPEC = (
    LABELS,
    Field(
        "role",
        "Role",
        "str",
        "Role of the node. A manager that becomes a worker keeps running its tasks.",
        choices=("manager", "worker"),
    ),
    Field(
        "availability",
        "Availability",
        "str",
        "Whether the node takes tasks. V(pause) keeps the tasks that it has, V(drain) moves them "
        "elsewhere and is waited for.",
        choices=("active", "pause", "drain"),
    ),
)

HOSTNAME = Field(
    "hostname",
    "",
    "str",
    "The node: its ID (or the 12 characters that docker shows of it), its hostname or its IP "
    "address. A name that fits several nodes is an error that lists them, but a node that is down "
    "and whose hostname and address a ready node has is not counted: it is what is left of an "
    "earlier membership of that machine.",
    aliases=("name", "node"),
)

STEERING = (
    Field(
        "state",
        "",
        "str",
        (
            "With V(absent) the node is removed from the list of nodes. It must have left the "
            "swarm, so that it is down; a node that is just leaving is waited for.",
            "A manager is demoted first, which must be asked for with O(role=worker) or O(force).",
        ),
        choices=("present", "absent"),
        default="present",
    ),
    Field(
        "force",
        "",
        "bool",
        "Do what would cost the managers their majority, and remove a node that is ready or a "
        "manager. What was overridden is told in a warning.",
        default=False,
    ),
    Field(
        "remove_stale",
        "",
        "bool",
        "Remove the nodes that are down and have the hostname and the address of this node, which "
        "must be ready: what is left of earlier memberships of the same machine.",
        default=False,
    ),
)

NODE_OPTIONS = (*SPEC, *STEERING)


def without_defaults(table) -> tuple:
    """The same options, each unset where it is not given."""
    return tuple(
        replace(entry, fields=without_defaults(entry.fields))
        if isinstance(entry, Joint)
        else replace(entry, default=None)
        for entry in table
    )


NODES = Field(
    "nodes",
    "",
    "list",
    (
        "Several nodes at once, which takes one request to read them all and one for each that "
        "differs. All of them are found and planned before anything is changed.",
        "An option that a node does not have here is taken from outside of this list.",
        "Managers are promoted first, then come other changes, then demotions, then removals.",
    ),
    elements="dict",
    parts=(replace(HOSTNAME, required=True), *without_defaults(NODE_OPTIONS)),
)

NODE = (HOSTNAME, *NODE_OPTIONS, NODES)

NODE_INFO = (
    Field(
        "name",
        "",
        "list",
        "Nodes to return, each by ID, hostname or IP address. Without it all nodes are returned.",
        elements="str",
        aliases=("hostname",),
    ),
    Field("self", "", "bool", "Return the node that this Engine is.", default=False),
)


def read_wishes(params: dict) -> list:
    """What is asked of each node: the options of one, filled up with those outside of the list."""
    names = [entry.option for entry in (HOSTNAME, *STEERING)]
    names += [field.option for field in LABELS.fields] + ["role", "availability"]
    outside = {name: params.get(name) for name in names}
    if params.get("nodes") is None:
        return [outside]
    return [
        {**outside, **{name: value for name, value in item.items() if value is not None}} for item in params["nodes"]
    ]
