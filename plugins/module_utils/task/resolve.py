# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks are meant, and what a task looks like in a playbook."""

from __future__ import annotations

from ..core.fields import get
from ..node.resolve import SHORT_ID, hostname, matches


def show_task(raw: dict, services: dict, nodes: dict) -> dict:
    """One task of ``GET /tasks`` in the notation of playbooks; ``services`` and ``nodes`` are raw ones by ID."""
    status = raw["Status"]
    container = status.get("ContainerStatus") or {}
    node = nodes.get(raw.get("NodeID"))
    return {
        "id": raw["ID"],
        "name": name(raw, services),
        "service": service_name(raw, services),
        "slot": slot(raw, services),
        "node": hostname(node) if node else None,
        "node_id": raw.get("NodeID") or None,
        "state": status["State"],
        "desired_state": raw["DesiredState"],
        "error": status.get("Err"),
        "since": status["Timestamp"],
        "created": raw["CreatedAt"],
        "image": get(raw, "Spec.ContainerSpec.Image"),
        "container_id": container.get("ContainerID") or None,
        # The Engine says 0 of what still runs, and of what never ran.
        "exit_code": container.get("ExitCode") if has_ended(raw) else None,
        "networks": [show_attachment(item) for item in raw.get("NetworksAttachments") or []],
    }


def has_ended(raw: dict) -> bool:
    """Whether the task had a process and it is over."""
    container = get(raw, "Status.ContainerStatus") or {}
    return bool(container.get("ContainerID")) and raw["Status"]["State"] in ("complete", "shutdown", "failed")


def show_attachment(raw: dict) -> dict:
    """A network that a task is in."""
    return {"name": get(raw, "Network.Spec.Name"), "id": get(raw, "Network.ID"), "addresses": raw.get("Addresses")}


def service_name(raw: dict, services: dict) -> str | None:
    """The name of the task's service; none of one that was just removed."""
    return get(services.get(raw.get("ServiceID")), "Spec.Name")


def slot(raw: dict, services: dict) -> int | None:
    """The task's slot, which the Engine does not send if it is 0, as the first of a replicated job is."""
    is_job = get(services.get(raw.get("ServiceID")), "Spec.Mode.ReplicatedJob") is not None
    return raw.get("Slot", 0 if is_job else None)


def name(raw: dict, services: dict) -> str:
    """The name that docker shows: ``web.3``, or with the node's ID if the task has no slot."""
    return f"{service_name(raw, services) or raw.get('ServiceID')}.{raw.get('Slot') or raw.get('NodeID')}"


def in_order(tasks: list, services: dict, nodes: dict) -> list:
    """Raw tasks by service, slot and node; where one replaced another, the newest first."""

    def place(raw):
        node = nodes.get(raw.get("NodeID"))
        number = raw.get("Slot") or 0
        # Tasks of a slot are together wherever they were; those without one are told apart by their node.
        return service_name(raw, services) or "", number, "" if number or not node else hostname(node)

    newest_first = sorted(tasks, key=lambda raw: raw["CreatedAt"], reverse=True)
    return sorted(newest_first, key=place)


def by_id(items: list) -> dict:
    """Raw services, nodes or tasks by their ID."""
    return {item["ID"]: item for item in items}


def called(names: list, services) -> list:
    """The raw services of these names or IDs; a name that fits none adds none."""
    return [raw for raw in services if raw["Spec"]["Name"] in names or is_id(raw["ID"], names)]


def is_id(full: str, given: list) -> bool:
    """Whether an ID is among those that are given, in full or as docker shows them."""
    return any(full == short or (len(short) >= SHORT_ID and full.startswith(short)) for short in given)


def fits(raw: dict, wanted: dict, services: dict, node_ids: set | None) -> bool:
    """Whether a raw task is in the slots, states and on the nodes that are wanted; None leaves it open."""
    return (
        (wanted.get("id") is None or is_id(raw["ID"], wanted["id"]))
        and (node_ids is None or raw.get("NodeID") in node_ids)
        and (wanted.get("slot") is None or slot(raw, services) in wanted["slot"])
        and (wanted.get("state") is None or raw["Status"]["State"] in wanted["state"])
        and (wanted.get("desired_state") is None or raw["DesiredState"] in wanted["desired_state"])
    )


def ids_of_nodes(names: list | None, nodes: list) -> set | None:
    """The IDs of the nodes that are named; None if none are."""
    return None if names is None else {raw["ID"] for name in names for raw in matches(name, nodes)}
