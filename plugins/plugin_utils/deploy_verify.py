# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether stacks and services run as they should."""

from __future__ import annotations

from .deploy_artifacts import REMOVED
from .deploy_stacks import names_of

# What the Engine says of an update that has not come to a good end, or to none yet.
BAD_UPDATES = {
    "paused": "its update is paused",
    "rollback_started": "it is being rolled back",
    "rollback_paused": "its rollback is paused",
    "rollback_completed": "the Engine has rolled back its last update",
    "updating": "it is still being updated",
}


def names(wanted, stacks: list, deployed: dict) -> list:
    """The stacks to look at: those named, else those of the deploy before this, else all that the inventory has.

    Those that were removed are not among them.
    """
    gone = [stack["name"] for stack in stacks if stack.get("state") == "absent"]
    gone += [name for name, one in deployed.items() if one["result"] == REMOVED]
    found = names_of(wanted) or list(deployed) or [stack["name"] for stack in stacks]
    return [name for name in found if name not in gone]


def unwell(stacks: list, names: list, services: list, others: list, deployed: dict) -> list:
    """What is not as it should be, each as a sentence.

    ``stacks`` is what module stack_info says of those in ``names``, ``services`` what module service_info says of those
    in ``others``, which belong to no stack. ``deployed`` is what a deploy before this in the same workflow has left.
    """
    seen, alone = {one["name"]: one for one in stacks}, {one["name"]: one for one in services}
    told = [f"there is no stack {name} in this swarm" for name in names if name not in seen]
    for name in names:
        if name in seen:
            told += stack_problems(seen[name], (deployed.get(name) or {}).get("deploy"))
    told += [f"there is no service {name} in this swarm" for name in others if name not in alone]
    return told + [text for name in others if name in alone for text in service_problems(alone[name])]


def stack_problems(stack: dict, number: int | None) -> list:
    """What is wrong with a stack: ``number`` is that of the deploy that is to be the last, if it is known."""
    name, newest = stack["name"], next(iter(stack["deploys"]), {"number": None, "services": {}})
    there = {one["name"]: one for one in stack["services"]}
    if not there:
        return [f"stack {name} has no services"]
    told = []
    if number and newest["number"] != number:
        told.append(f"stack {name} was to be at deploy {number}, and is at {newest['number']}")
    told += [f"service {one} of stack {name} is gone" for one in newest["services"] if one not in there]
    for one in there.values():
        image, wanted = one["spec"].get("image"), newest["services"].get(one["name"])
        if wanted and image != wanted:
            told.append(f"service {one['name']} has image {image}, and was deployed with {wanted}")
        told += service_problems(one)
    return told


def service_problems(service: dict) -> list:
    """What is wrong with one service."""
    name, told = service["name"], []
    status = service["update_status"] or {}
    if status.get("State") in BAD_UPDATES:
        message = f" ({status['Message']})" if status.get("Message") else ""
        told.append(f"service {name}: {BAD_UPDATES[status['State']]}{message}")
    if service["running"] + service["completed"] < service["desired"]:
        counted = f"{service['running'] + service['completed']} of {service['desired']} tasks run"
        told.append(f"service {name}: {counted}{last_error(service['tasks'])}")
    return told


def last_error(tasks: list) -> str:
    """What went wrong with a task last, as the end of a sentence."""
    found = sorted((one for one in tasks if one["error"]), key=lambda one: str(one["since"]))
    return f"; {found[-1]['name']} on {found[-1]['node'] or 'no node'}: {found[-1]['error']}" if found else ""
