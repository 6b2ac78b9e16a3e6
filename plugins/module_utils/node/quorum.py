# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the managers keep their majority: arithmetic over ``{ID: reachable}``."""

from __future__ import annotations

from ..core.fields import get


def managers(nodes: list) -> dict:
    """``{ID: reachable}`` of the nodes that take part in raft, whatever role they shall have."""
    return {
        raw["ID"]: get(raw, "ManagerStatus.Reachability") == "reachable" for raw in nodes if raw.get("ManagerStatus")
    }


def majority(count: int) -> int:
    """How many of ``count`` managers must be reachable for anything to be changed."""
    return count // 2 + 1


def object_to_demotion(present: dict, node_id: str, name: str) -> str | None:
    """Why this manager must not be taken from the managers, or None."""
    rest = {other: reachable for other, reachable in present.items() if other != node_id}
    if node_id not in present:
        return None
    if not rest:
        return f"demoting {name} would leave no manager"
    left, needed = sum(rest.values()), majority(len(rest))
    if left >= needed:
        return None
    return (
        f"demoting {name} would leave {count(len(rest), 'manager')} of which {is_are(left)} "
        f"reachable; a majority of {len(rest)} needs {needed}"
    )


def object_to_drain(present: dict, drained: set, node_id: str, name: str) -> str | None:
    """Why this drain must not be, or None; ``drained`` are the IDs that are drained before it.

    Nodes are drained in order to be stopped. While every manager is reachable nobody is asked, because
    managers are often drained for good, so that they run no tasks.
    """
    missing = sum(not reachable for reachable in present.values())
    if not missing or not present.get(node_id):
        return None
    left = sum(reachable for other, reachable in present.items() if other not in {*drained, node_id})
    needed = majority(len(present))
    if left >= needed:
        return None
    return (
        f"draining {name} while {missing} of {count(len(present), 'manager')} "
        f"{'is' if missing == 1 else 'are'} unreachable: were it stopped then, {left} would be "
        f"reachable, and a majority of {len(present)} needs {needed}"
    )


def count(number: int, noun: str) -> str:
    """``1 manager``, ``2 managers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def is_are(number: int) -> str:
    """``1 is``, ``2 are``."""
    return f"{number} is" if number == 1 else f"{number} are"
