# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull the images that services will get on every node that may run them, before anything is changed.

Only a service can make other nodes pull: a global job of each image, which is no part of the stack. A task that has got
beyond its preparation has its image, whatever becomes of its container then; an image need not have a program for it.

What is to be pulled, and how far that has come, is plain data, so that it can be gone on with by another process.
"""

from __future__ import annotations

import hashlib
import json
import time

from ..core.errors import NotFound, SwarmError, WaitTimeout
from ..core.fields import get
from ..core.wait import DONE, FAILED, PENDING, Verdict, poll_all
from ..node.resolve import hostname
from ..service.rollout import PACE, SLOWING, Unfinished
from ..service.tasks import STATES, eligible_nodes
from .checks import IMAGE, presumed

# Says of a job which stack it pulls for. It is not in the stack's own namespace, so that nobody takes it for a part.
LABEL = "flotilla.swarm.pre_pull"
# States that a task has after its preparation. If its container could not be made it is rejected.
PULLED = ("ready", "starting", "running", "complete", "failed")
# Nodes tell these architectures in other words than images do (swarmkit, manager/scheduler/filter.go).
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def wanted_pulls(plans: dict, services: dict, nodes: dict) -> list:
    """What is to be pulled: each image that a service newly gets, with the services and the nodes that may run it."""
    found: dict = {}
    for name, plan in plans.items():
        image = get(plan.spec, IMAGE)
        known = get(services.get(name), f"Spec.{IMAGE}")
        if not plan.changed or image in (None, known) or get(plan.spec, "Mode.Replicated.Replicas") == 0:
            continue
        placement = get(plan.spec, "TaskTemplate.Placement") or {}
        where = {key: placement[key] for key in ("Constraints", "Platforms") if placement.get(key)}
        pull = {"image": image, "services": [], "placement": where, "nodes": able(plan.spec, where, nodes)}
        found.setdefault(json.dumps([image, where], sort_keys=True), pull)["services"].append(name)
    return [pull for pull in found.values() if pull["nodes"]]


def able(spec: dict, placement: dict, nodes: dict) -> dict:
    """Host names, by ID, of the nodes that may run a service."""
    nodes = {node_id: presumed(node) for node_id, node in nodes.items()}
    chosen = [nodes[node_id] for node_id in eligible_nodes({"Spec": spec}, nodes)]
    fitting = [node for node in chosen if has_platform(node, placement.get("Platforms"))]
    return {node["ID"]: hostname(node) for node in sorted(fitting, key=hostname)}


def has_platform(node: dict, platforms) -> bool:
    """Whether a node is of one of these platforms, if there are any; what a platform leaves out is any."""
    mine = platform_of(get(node, "Description.Platform") or {})
    wanted = [platform_of(platform) for platform in platforms or ()]
    return not wanted or any(all(one in ("", own) for one, own in zip(platform, mine)) for platform in wanted)


def platform_of(raw: dict) -> tuple:
    """System and architecture, as images tell them."""
    architecture = (raw.get("Architecture") or "").lower()
    return (raw.get("OS") or "").lower(), ARCHITECTURES.get(architecture, architecture)


def shown(pulls: list) -> list:
    """What is to be pulled, as the module returns it."""
    return [
        {"image": pull["image"], "services": pull["services"], "nodes": sorted(pull["nodes"].values())}
        for pull in pulls
    ]


def diffs(pulls: list) -> list:
    """What is to be pulled, as the diff has it."""
    return [
        {
            "before": {},
            "after": {"pulled_first_on": one["nodes"]},
            "before_header": f"image {one['image']}",
            "after_header": f"image {one['image']}",
        }
        for one in shown(pulls)
    ]


def job(stack: str, pull: dict) -> dict:
    """The job that pulls one image."""
    told = json.dumps([stack, pull["image"], pull["placement"]], sort_keys=True)
    return {
        "Name": f"flotilla-pre-pull-{hashlib.sha256(told.encode()).hexdigest()[:16]}",
        "Labels": {LABEL: stack},
        "TaskTemplate": {
            "ContainerSpec": {"Image": pull["image"], "Command": ["true"], "Healthcheck": {"Test": ["NONE"]}},
            "RestartPolicy": {"Condition": "none"},
            "Placement": pull["placement"],
        },
        "Mode": {"GlobalJob": {}},
    }


def judge(pull: dict, tasks: list, nodes: dict) -> dict:
    """For each node of a pull, by ID, whether it has the image. ``nodes`` are those that may run it now."""
    return {
        node_id: judge_node([task for task in tasks if task.get("NodeID") == node_id])
        if node_id in nodes
        else Verdict(DONE, "not in service any more")
        for node_id in pull["nodes"]
    }


def judge_node(tasks: list) -> Verdict:
    """Whether a node has the image, by the tasks that it has of the job."""
    states = {task["Status"]["State"]: task for task in tasks}
    got = next((state for state in PULLED if state in states), None)
    if got:
        return Verdict(DONE, got)
    if "rejected" in states:
        return Verdict(FAILED, states["rejected"]["Status"].get("Err") or "rejected")
    latest = max(states, key=STATES.index, default="pending")
    return Verdict(PENDING, get(states.get(latest), "Status.Err") or latest)


def pull_first(client, stack: str, going: dict, timeout: float, shows: bool) -> None:
    """Pull everything, or go on with it; SwarmError if that fails on a node.

    ``going`` holds ``pulls`` and then all that it takes to go on. With ``shows`` Unfinished is raised when there is
    something to show.
    """
    if not going["pulls"]:
        remove_jobs(client, stack)
        return
    over = True
    try:
        if "jobs" not in going:
            remove_jobs(client, stack)
            going["jobs"], going["memory"], going["told"] = {}, {}, {}
            for place, pull in enumerate(going["pulls"]):
                pull["credentials"] = bool(client.image_headers(pull["image"]))
                with client.for_image(pull["image"]):
                    going["jobs"][client.post("/services/create", job(stack, pull))["ID"]] = place
        follow(client, stack, going, timeout, shows)
    except Unfinished:
        over = False
        raise
    finally:
        if over:
            remove_jobs(client, stack)


def remove_jobs(client, stack: str) -> None:
    """Remove the jobs of this stack, those included that a run has left which was killed."""
    for raw in client.get("/services", filters={"label": [f"{LABEL}={stack}"]}):
        try:
            client.delete(f"/services/{raw['ID']}")
        except NotFound:
            continue


def follow(client, stack: str, going: dict, timeout: float, shows: bool) -> None:
    """Wait until every node has its images."""
    began, last = time.monotonic(), {}

    def look():
        tasks = client.get("/tasks", filters={"service": list(going["jobs"])})
        return tasks, {node["ID"]: node for node in client.get("/nodes")}

    def judged(seen):
        last.clear()
        for service_id, place in going["jobs"].items():
            pull, (tasks, nodes) = going["pulls"][place], seen
            mine = [task for task in tasks if task["ServiceID"] == service_id]
            last[place] = judge(pull, mine, able({"TaskTemplate": {"Placement": pull["placement"]}}, {}, nodes))
        return {f"{place} {node_id}": verdict for place, nodes in last.items() for node_id, verdict in nodes.items()}

    def watch(_verdicts, end):
        if shows:
            show(going, last, began, end)

    try:
        poll_all(look, judged, timeout, memory=going["memory"], watch=watch)
    except WaitTimeout:
        raise refused(stack, going["pulls"], last, PENDING, timeout) from None
    if any(verdict.state == FAILED for nodes in last.values() for verdict in nodes.values()):
        raise refused(stack, going["pulls"], last, FAILED, timeout)


def show(going: dict, last: dict, began: float, end: float) -> None:
    """Raise Unfinished if what there is to show has changed, unless the end is so near that it would come late."""
    now = time.monotonic()
    if now - began < PACE + SLOWING * (now - going["memory"]["began"]) or end - now < PACE:
        return
    lines = {str(place): line(going["pulls"][place], verdicts) for place, verdicts in last.items()}
    changed = [text for place, text in lines.items() if going["told"].get(place) != text]
    if changed:
        going["told"] = lines
        raise Unfinished(changed, None)


def line(pull: dict, verdicts: dict) -> str:
    """How many nodes have an image, and one that does not."""
    waiting = [node_id for node_id, verdict in verdicts.items() if verdict.state != DONE]
    text = f"pulling {pull['image']}  {len(verdicts) - len(waiting)}/{len(verdicts)} nodes"
    return text + (f" · {pull['nodes'][waiting[0]]} {verdicts[waiting[0]].reason}" if waiting else "")


def refused(stack: str, pulls: list, verdicts: dict, state: str, timeout: float) -> SwarmError:
    """The error of the nodes whose verdict is this one, image by image."""
    told, details = [], {}
    for place, pull in enumerate(pulls):
        bad = {pull["nodes"][node]: v.reason for node, v in verdicts.get(place, {}).items() if v.state == state}
        if bad:
            services = f"service{'s' * (len(pull['services']) > 1)} {', '.join(pull['services'])}"
            bare = "" if pull.get("credentials") else " (no credentials for its registry were sent)"
            told.append(f"image {pull['image']} of {services}{bare}: {by_reason(bad)}")
            details.setdefault(pull["image"], {}).update(bad)
    if state == PENDING:
        return WaitTimeout(
            f"stack {stack} was not changed, as its images were not pulled within {timeout:g} seconds: "
            f"{'; '.join(told)}; raise wait_timeout, or look at the nodes",
            images=details,
        )
    return SwarmError(
        f"stack {stack} was not changed, as not every node could pull its images: {'; '.join(told)}; what the registry "
        "said is in the log of the Engine of such a node",
        reason="pre_pull_failed",
        images=details,
    )


def by_reason(nodes: dict) -> str:
    """Reasons of nodes as text, each once with the nodes that share it."""
    shared: dict = {}
    for node in sorted(nodes):
        shared.setdefault(nodes[node], []).append(node)
    return ", ".join(f"{reason} on {' '.join(names)}" for reason, names in shared.items())
