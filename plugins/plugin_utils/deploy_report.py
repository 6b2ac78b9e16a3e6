# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deploy has done, as rows of a table and as lines to look at."""

from __future__ import annotations

HEAD = ("STACK", "SERVICE", "IMAGE", "ACTION", "REPLICAS", "SECONDS", "ENDPOINTS")
NAMESPACE = "com.docker.stack.namespace"
DIGEST = len("@sha256:") + 12
ADDRESSES = 3


def outcome(result: dict) -> dict:
    """Of a result of module stack what is needed later; ``msg`` is why it has failed, None if it has not."""
    return {"changed": bool(result.get("changed")), "stack": result.get("stack") or {}, "msg": error_of(result)}


def error_of(result: dict) -> str | None:
    """Why a task has failed; a task of this collection has no message otherwise."""
    return str(result["msg"]) if result.get("msg") else None


def changed_services(done: dict) -> list:
    """The services that a deploy has changed."""
    return [one["name"] for one in done["stack"].get("services") or () if one["action"] != "keep"]


def rows(done: dict, stacks: list) -> list:
    """A row for each service: ``done`` are outcomes by stack, ``stacks`` what module stack_info says after them."""
    seen = {stack["name"]: {one["name"]: one for one in stack["services"]} for stack in stacks}
    found = []
    for name, result in done.items():
        services = {one["name"]: one for one in result["stack"].get("services") or ()}
        names = [*services, *(other for other in seen.get(name, {}) if other not in services)]
        found += [
            row(name, one, services.get(one), seen.get(name, {}).get(one), result.get("back", False)) for one in names
        ]
        gone = result["stack"].get("removed") or []
        if not names and gone:
            found.append(row(name, "-", {"action": "remove"}, None, False))
    return found


def row(stack: str, service: str, done: dict | None, seen: dict | None, back: bool) -> dict:
    """One service: what was done to it, and what it is now, if it is there."""
    action = (done or {}).get("action") or "-"
    if back and action not in ("-", "keep"):
        action = "removed again" if action == "remove" else "put back"
    spec = (seen or {}).get("spec") or {}
    return {
        "stack": stack,
        "service": service,
        "image": spec.get("image") or (done or {}).get("image"),
        "action": action,
        "mode": (seen or {}).get("mode"),
        "running": (seen or {}).get("running"),
        "desired": (seen or {}).get("desired"),
        "completed": (seen or {}).get("completed"),
        "seconds": (done or {}).get("seconds"),
        "endpoints": [address for endpoint in (seen or {}).get("endpoints") or () for address in addresses(endpoint)],
    }


def addresses(endpoint: dict) -> list:
    """Where a published port answers."""
    port = endpoint["published_port"]
    ending = "" if endpoint["protocol"] == "tcp" else f"/{endpoint['protocol']}"
    return [f"{host_of(address)}:{port}{ending}" for address in endpoint["addresses"] if port]


def host_of(address: str) -> str:
    """An address as it stands before a port."""
    return f"[{address}]" if ":" in address else address


def report(found: list) -> list:
    """The rows as the lines of a table."""
    if not found:
        return ["no service was deployed"]
    cells = [HEAD, *(shown(one) for one in found)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]


def shown(one: dict) -> tuple:
    """One row as texts."""
    seconds = "-" if one["seconds"] is None else f"{one['seconds']:.1f}"
    image = short(one["image"]) if one["image"] else "-"
    return one["stack"], one["service"], image, one["action"], replicas(one), seconds, listed(one["endpoints"])


def replicas(one: dict) -> str:
    """How many tasks run of how many that shall."""
    if one["desired"] is None:
        return "-"
    if (one["mode"] or "").endswith("-job"):
        return f"{one['completed']} completed"
    return f"{one['running'] + one['completed']}/{one['desired']}"


def short(image: str) -> str:
    """An image with the beginning of its digest."""
    name, at, _digest = image.partition("@")
    return image[: len(name) + DIGEST] if at else image


def listed(endpoints: list) -> str:
    """The first few addresses."""
    more = len(endpoints) - ADDRESSES
    return ", ".join(endpoints[:ADDRESSES]) + (f" and {more} more" if more > 0 else "") if endpoints else "-"


def plan_failures(plans: dict, tag: str = "") -> str:
    """Why nothing is deployed; empty if all stacks can be. ``tag`` is one that an image of each is to have."""
    told = [plan["msg"] for plan in plans.values() if plan["msg"]]
    told += [
        f"stack {name}: no image has the tag {tag}, which swarm_image_tag asks for; let a Compose file say ${{TAG}}"
        for name, plan in plans.items()
        if tag and not plan["msg"] and tag not in tags(plan)
    ]
    return "\n".join(["nothing was changed, as not all stacks can be deployed:", *told]) if told else ""


def tags(plan: dict) -> list:
    """The tags of the images of a stack."""
    images = [str(one.get("image") or "").partition("@")[0] for one in plan["stack"].get("services") or ()]
    return [image.rpartition(":")[2] for image in images]


def test_failures(failed: list, names: list, back: list, removed: list) -> str:
    """What failed smoke tests of these stacks have led to, in one message: ``back`` are results of going back,
    ``removed`` those of removing what was deployed for the first time."""
    told = [f"smoke test of stack{'s' * (len(names) > 1)} {', '.join(names)} failed: {'; '.join(failed)}"]
    again: list = []
    gone: list = []
    for result in back:
        for one in (result.get("stack") or {}).get("services") or ():
            if one["action"] != "keep":
                gone.append(f"service {one['name']}") if one["action"] == "remove" else again.append(one["name"])
    gone += [name for result in removed for name in (result.get("stack") or {}).get("removed") or ()]
    errors = [error_of(one) for one in (*back, *removed) if error_of(one) and not (removed and is_first(one))]
    told += [f"These services are again what they were: {', '.join(again)}"] if again else []
    told += [f"This was removed again: {', '.join(gone)}"] if gone else []
    told += [f"Not everything could be put back: {text}" for text in errors]
    if not any(not one.get("skipped") for one in back):
        told.append("Nothing was put back, as this run has changed no service")
    return ". ".join(told)


def is_first(result: dict) -> bool:
    """Whether a stack cannot go back because nothing was there before it."""
    return (result.get("failure") or {}).get("reason") == "nothing_to_roll_back"


def new_stacks(results: list, place: str) -> list:
    """Of results of going back, those of stacks that were deployed for the first time: what each has as ``place``."""
    return [result[place] for result in results if is_first(result)]


def went_back(done: dict, back: list, removed: list) -> dict:
    """Outcomes by stack, with those of stacks that went back or were removed again."""
    after = {one["stack"]["name"]: {**outcome(one), "back": True} for one in back if one.get("stack")}
    for name in [one["stack"]["name"] for one in removed if one.get("stack")]:
        services = [{**one, "action": "remove", "seconds": None} for one in done[name]["stack"]["services"]]
        after[name] = {**done[name], "stack": {"name": name, "services": services}, "back": True}
    return {**done, **after}
