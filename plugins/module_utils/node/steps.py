# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that one call will do to nodes, in the order in which it is safe, before any of it is done."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import SwarmError
from ..core.fields import get
from ..core.plan import Plan, make_plan, plan_removal
from .fields import SPEC
from .quorum import object_to_demotion, object_to_drain
from .resolve import hostname, stale_duplicates

PROMOTE, UPDATE, DEMOTE, REMOVE = ORDER = ("promote", "update", "demote", "remove")


@dataclass(frozen=True)
class Step:
    """One change of one node; ``wish`` holds the options that it makes true."""

    action: str
    wish: dict
    node: dict
    plan: Plan


def plan_steps(targets: list, nodes: list) -> list:
    """The steps for all ``(wish, node)``; an error if one of them must not be."""
    named = {node["ID"] for _wish, node in targets if node}
    steps: list = []
    for wish, node in targets:
        if node is None:
            continue
        steps += plan_node(wish, node)
        if wish["remove_stale"]:
            leftover = {**wish, "state": "absent", "role": "worker"}
            for stale in stale_duplicates(node, nodes):
                steps += plan_node(leftover, stale) if stale["ID"] not in named else []
    return sorted(steps, key=lambda step: ORDER.index(step.action))


def plan_node(wish: dict, node: dict) -> list:
    """The steps for one node."""
    if wish["state"] == "absent":
        return plan_absence(wish, node)
    plan = make_plan(SPEC, wish, node["Spec"], name=hostname(node))
    return [Step(kind(plan), wish, node, plan)] if plan.changed else []


def plan_absence(wish: dict, node: dict) -> list:
    """The steps that remove a node; a manager only if its demotion was asked for."""
    name = hostname(node)
    steps = [Step(REMOVE, wish, node, plan_removal(node["Spec"], name))]
    if get(node, "Spec.Role") == "manager":
        if wish["role"] != "worker" and not wish["force"]:
            raise SwarmError(
                f"{name} is a manager and cannot be removed; demote it with role: worker beside state: absent, "
                "or use force: true",
                reason="node_is_manager",
                node=node["ID"],
            )
        demotion = {"role": "worker", "force": wish["force"]}
        plan = make_plan(SPEC, demotion, node["Spec"], name=name)
        steps.insert(0, Step(DEMOTE, demotion, node, plan))
    return steps


def kind(plan: Plan) -> str:
    """What an update is, as it matters for the order of steps."""
    role = next((change.after for change in plan.changes if change.option == "role"), None)
    return {"manager": PROMOTE, "worker": DEMOTE}.get(role, UPDATE)


def guard_quorum(steps: list, present: dict, wait: bool) -> list:
    """The objections that ``force`` overrides; any other is an error.

    A promotion counts from when it has been waited for.
    """
    present, drained = dict(present), set()
    overridden, refused = [], []
    for step in steps:
        node_id, name, objection = step.node["ID"], hostname(step.node), None
        if drains(step.plan):
            objection = object_to_drain(present, drained, node_id, name)
            drained.add(node_id)
        if step.action == PROMOTE and wait:
            present.setdefault(node_id, True)
        if step.action == DEMOTE:
            objection = object_to_demotion(present, node_id, name) or objection
            if set(present) == {node_id}:
                raise SwarmError(f"{objection}; promote another node first", reason="last_manager")
            present.pop(node_id, None)
        if objection:
            (overridden if step.wish["force"] else refused).append(objection)
    if refused:
        raise SwarmError(
            f"{'; '.join(refused)}; bring managers back or promote others first, or use force: true", reason="quorum"
        )
    return [f"{objection}; done all the same because of force" for objection in overridden]


def drains(plan: Plan) -> bool:
    """Whether the plan drains the node."""
    return any(change.option == "availability" and change.after == "drain" for change in plan.changes)
