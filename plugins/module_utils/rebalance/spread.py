# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How evenly the tasks of a service are spread, and whether they could be spread better. Plain functions.

swarmkit gives a task to the node that has the fewest of the service, within the branch of the placement preferences
that has the fewest (manager/scheduler). It moves none when a node comes back.
"""

from __future__ import annotations

from collections import Counter

from ..core.fields import get
from ..node.judge import is_active
from ..node.resolve import hostname
from ..service.placement import matches

NODE_LABEL, ENGINE_LABEL = "node.labels.", "engine.labels."
# Names that the kernel and Go have for the same architecture (swarmkit, manager/scheduler/filter.go).
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
KEEP, SPREAD, SKIP = "keep", "spread", "skip"
UNDER_WAY = {
    "updating": "an update is in progress",
    "paused": "its update is paused",
    "rollback_started": "it is being rolled back",
    "rollback_paused": "its rollback is paused",
}


def judge(service: dict, tasks: list, nodes: list, max_skew: int) -> dict:
    """What is to be done about a service, and why; ``action`` is keep, spread or skip."""
    now = spread(service, tasks, nodes)
    report = {"name": service["Spec"]["Name"], "id": service["ID"], "before": now, "after": now}
    reason = objection(service, running(tasks, service))
    if reason:
        return {**report, "action": SKIP, "reason": reason}
    ahead, allowed = skew(service, tasks, nodes), tolerance(service, max_skew)
    if ahead <= max_skew:
        return {**report, "action": KEEP, "reason": f"no node with room has more than {max_skew} fewer"}
    if ahead <= allowed:
        reason = f"with start-first an update may leave a node {allowed} fewer, and this one has {ahead} fewer"
        return {**report, "action": KEEP, "reason": reason}
    return {**report, "after": None, "action": SPREAD, "reason": f"a node with room has {ahead} fewer"}


def objection(service: dict, tasks: list) -> str | None:
    """Why a service is not touched, None if it may be. ``tasks`` are those that run."""
    mode = get(service, "Spec.Mode.Replicated")
    if mode is None:
        return "it is not replicated"
    state = get(service, "UpdateStatus.State")
    if state in UNDER_WAY:
        return UNDER_WAY[state]
    wanted = mode.get("Replicas", 1)
    if len(tasks) != wanted:
        return f"{len(tasks)} of {wanted} tasks run"
    return None


def tolerance(service: dict, max_skew: int) -> int:
    """The skew up to which a service is left alone.

    With start-first new tasks are given nodes while the old ones still count, so that a new roll may end with as many
    on the wrong node as are replaced at a time. To go on rolling then would never end.
    """
    config = get(service, "Spec.UpdateConfig") or {}
    if config.get("Order") != "start-first":
        return max_skew
    return max_skew + (config.get("Parallelism") or get(service, "Spec.Mode.Replicated.Replicas") or 0)


def running(tasks: list, service: dict) -> list:
    """The tasks of a service that run and are to go on."""
    return [
        task
        for task in tasks
        if task.get("ServiceID") == service["ID"]
        and task["DesiredState"] == "running"
        and task["Status"]["State"] == "running"
    ]


def spread(service: dict, tasks: list, nodes: list) -> dict:
    """How many tasks run on each node that could take one, or has one, by hostname."""
    counts = Counter(task["NodeID"] for task in running(tasks, service))
    shown = [node for node in nodes if counts[node["ID"]] or is_eligible(service, node)]
    return dict(sorted((hostname(node), counts[node["ID"]]) for node in shown))


def skew(service: dict, tasks: list, nodes: list) -> int:
    """By how many tasks the fullest place is ahead of the emptiest that has room for one more.

    Places are the nodes, and above them the branches of the placement preferences. What has no room does not count, so
    a service that the scheduler cannot spread any better has no skew.
    """
    counts = Counter(task["NodeID"] for task in running(tasks, service))
    eligible = [node for node in nodes if is_eligible(service, node)]
    roomy = {node["ID"] for node in eligible if has_room(service, counts[node["ID"]], tasks, node)}
    preferences = get(service, "Spec.TaskTemplate.Placement.Preferences") or []
    labels = [get(item, "Spread.SpreadDescriptor") for item in preferences]
    return skew_of(eligible, [label for label in labels if label], counts, roomy)


def skew_of(nodes: list, labels: list, counts: Counter, roomy: set) -> int:
    """The largest skew among these nodes, branch by branch."""
    places: dict = {}
    for node in nodes:
        places.setdefault(label_of(node, labels[0]) if labels else node["ID"], []).append(node)
    totals = {place: sum(counts[node["ID"]] for node in inside) for place, inside in places.items()}
    open_totals = [totals[place] for place, inside in places.items() if any(node["ID"] in roomy for node in inside)]
    here = max(totals.values()) - min(open_totals) if open_totals else 0
    deeper = [skew_of(inside, labels[1:], counts, roomy) for inside in places.values()] if labels else []
    return max([here, *deeper])


def label_of(node: dict, name: str) -> str:
    """A node's value of a label that tasks are spread over; nodes without it are one branch."""
    for prefix, path in ((NODE_LABEL, "Spec.Labels"), (ENGINE_LABEL, "Description.Engine.Labels")):
        if name.startswith(prefix):
            return (get(node, path) or {}).get(name[len(prefix) :], "")
    return ""


def is_eligible(service: dict, node: dict) -> bool:
    """Whether the scheduler gives tasks of the service to the node at all."""
    placement = get(service, "Spec.TaskTemplate.Placement") or {}
    return (
        get(node, "Status.State") == "ready"
        and get(node, "Spec.Availability") == "active"
        and matches(placement.get("Constraints"), node)
        and fits_platform(placement.get("Platforms"), node)
    )


def fits_platform(platforms, node: dict) -> bool:
    """Whether the node is of one of the platforms that the image is for."""

    def same(wanted, given):
        return not wanted or wanted == given

    system = get(node, "Description.Platform.OS")
    machine = architecture(get(node, "Description.Platform.Architecture"))
    return not platforms or any(
        same(item.get("OS"), system) and same(architecture(item.get("Architecture")), machine) for item in platforms
    )


def architecture(name):
    """One name for each architecture."""
    return ARCHITECTURES.get(name, name)


def has_room(service: dict, count: int, tasks: list, node: dict) -> bool:
    """Whether one more task of the service could run on the node."""
    limit = get(service, "Spec.TaskTemplate.Placement.MaxReplicas") or 0
    if limit and count >= limit:
        return False
    wanted = reservations(get(service, "Spec.TaskTemplate"))
    here = [task for task in tasks if task.get("NodeID") == node["ID"] and takes_resources(task)]
    for kind, amount in wanted.items():
        free = (get(node, f"Description.Resources.{kind}") or 0) - sum(
            reservations(task.get("Spec")).get(kind, 0) for task in here
        )
        if amount > free:
            return False
    return True


def takes_resources(task: dict) -> bool:
    """Whether the scheduler counts what the task reserves."""
    return task["DesiredState"] in ("ready", "running", "complete") and is_active(task)


def reservations(task_spec: dict | None) -> dict:
    """What a task reserves of a node."""
    kept = get(task_spec, "Resources.Reservations") or {}
    return {kind: kept[kind] for kind in ("NanoCPUs", "MemoryBytes") if kept.get(kind)}
