# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deploy leaves for the plays and jobs after it, and what a rollback takes of it. Nothing is secret."""

from __future__ import annotations

from .deploy_report import changed_services, rows
from .deploy_stacks import names_of

SHOWN = ("image", "action", "running", "desired", "seconds", "endpoints")
# What has become of a stack.
DEPLOYED, UNCHANGED, REMOVED, PUT_BACK, FAILED = "deployed", "unchanged", "removed", "put_back", "failed"
NOT_DONE = {"changed": True, "stack": {}, "msg": None}


def artifacts(done: dict, stacks: list, unfinished=()) -> dict:
    """By stack what was done, what it is now and what it can go back to.

    ``done`` are outcomes by stack, ``stacks`` what module stack_info says after them; ``unfinished`` are names of
    stacks whose deploy has failed on the way.
    """
    done = {**done, **dict.fromkeys(unfinished, NOT_DONE)}
    found = rows(done, stacks)
    kept = {one["name"]: [deploy["number"] for deploy in one["deploys"]] for one in stacks}
    return {
        name: {
            "changed": result["changed"],
            "deploy": next(iter(kept.get(name, ())), None),
            "put_back": result.get("back", False),
            "result": FAILED if name in unfinished else result_of(result, name in kept),
            "rollback_to": earlier(result, kept.get(name, ())),
            "services": {
                one["service"]: {key: one[key] for key in SHOWN}
                for one in found
                if one["stack"] == name and one["service"] != "-"
            },
        }
        for name, result in done.items()
    }


def result_of(result: dict, there: bool) -> str:
    """What has become of one stack, in one word; ``there`` is whether the swarm has it now."""
    if result.get("back"):
        return PUT_BACK
    if not there:
        return REMOVED
    return DEPLOYED if result["changed"] else UNCHANGED


def earlier(result: dict, numbers) -> int | None:
    """The deploy that undoes this one: none where it has changed no service, or where nothing was there before."""
    undone = result.get("back") or not changed_services(result)
    return None if undone or len(numbers) < 2 else numbers[1]


def targets(wanted, number, deployed: dict, stacks: list) -> dict:
    """Stacks that go back, each with the number of the deploy, or None for the one before the last.

    ``deployed`` is what a deploy before this in the same workflow has left. Without a number it decides: stacks that it
    has not changed stay, and so do those that somebody has deployed since. ``stacks`` are what they are now, as module
    stack_info says it.
    """
    if number or not deployed:
        return dict.fromkeys(names_of(wanted), number or None)
    since = overtaken(wanted, number, deployed, stacks)
    names = [name for name in among(wanted, deployed) if name not in since]
    return {name: deployed[name]["rollback_to"] for name in names if deployed[name]["rollback_to"]}


def overtaken(wanted, number, deployed: dict, stacks: list) -> list:
    """The stacks of a deploy that somebody else has deployed after it. One that went back already is none of them."""
    if number or not deployed:
        return []
    now = {one["name"]: next((deploy["number"] for deploy in one["deploys"]), None) for one in stacks}
    return [
        name
        for name in among(wanted, deployed)
        if deployed[name]["rollback_to"]
        and now.get(name) not in (deployed[name]["deploy"], deployed[name]["rollback_to"])
    ]


def among(wanted, deployed: dict) -> list:
    """The stacks of a deploy that are meant: those named, and all of them if none is."""
    return [name for name in names_of(wanted) or deployed if name in deployed]


def stuck(wanted, number, deployed: dict) -> list:
    """The stacks that a deploy has changed and that cannot go back, as nothing is kept of what was there before."""
    if number or not deployed:
        return []
    return [name for name in among(wanted, deployed) if is_stuck(deployed[name])]


def is_stuck(one: dict) -> bool:
    """Whether services of a stack were changed and there is no deploy to go back to."""
    touched = any(service["action"] not in ("keep", "-") for service in one["services"].values())
    return one["result"] == DEPLOYED and touched and not one["rollback_to"]
