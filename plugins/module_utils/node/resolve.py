# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which node is meant, and what a node looks like in a playbook."""

from __future__ import annotations

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get
from ..core.values import host

# A manager reports the address it listens on, which is none that others can use.
NO_ADDRESS = ("", "0.0.0.0", "127.0.0.1", "::", "::1")

# docker shows this many characters of an ID; fewer could be the name of a node that is gone.
SHORT_ID = 12


def show_node(raw: dict) -> dict:
    """One node of ``GET /nodes`` in the notation of playbooks."""
    manager = raw.get("ManagerStatus") or {}
    return {
        "id": raw["ID"],
        "hostname": get(raw, "Description.Hostname") or "",
        "address": address(raw),
        "manager_address": manager.get("Addr"),
        "role": get(raw, "Spec.Role"),
        "availability": get(raw, "Spec.Availability"),
        "state": get(raw, "Status.State"),
        "reachability": manager.get("Reachability"),
        "leader": bool(manager.get("Leader")),
        "labels": get(raw, "Spec.Labels") or {},
        "engine_version": get(raw, "Description.Engine.EngineVersion"),
        "platform": show_platform(get(raw, "Description.Platform") or {}),
        "resources": show_resources(get(raw, "Description.Resources") or {}),
    }


def address(raw: dict) -> str:
    """The address of a node, which for some managers only their raft address tells."""
    reported = get(raw, "Status.Addr") or ""
    if reported in NO_ADDRESS:
        return host(get(raw, "ManagerStatus.Addr") or "") or reported
    return reported


def show_platform(raw: dict) -> dict:
    """``{"os": "linux", "architecture": "x86_64"}``."""
    return {"os": raw.get("OS"), "architecture": raw.get("Architecture")}


def show_resources(raw: dict) -> dict:
    """CPUs as a number, memory in bytes."""
    return {"cpus": raw.get("NanoCPUs", 0) / 1e9, "memory": raw.get("MemoryBytes", 0)}


def list_nodes(client) -> list:
    """Every node of the swarm, in one request, ordered by hostname."""
    return sorted(client.get("/nodes"), key=lambda raw: (hostname(raw), raw["ID"]))


def hostname(raw: dict) -> str:
    """The name by which a node is spoken of."""
    return get(raw, "Description.Hostname") or raw["ID"]


def matches(name: str, nodes: list) -> list:
    """The nodes that ``name`` fits, in the first of the ways in which it fits any."""
    ways = (
        lambda raw: raw["ID"] == name,
        lambda raw: hostname(raw) == name,
        lambda raw: name in addresses(raw),
        lambda raw: len(name) >= SHORT_ID and raw["ID"].startswith(name),
    )
    found = ([raw for raw in nodes if fits(raw)] for fits in ways)
    return next(filter(None, found), [])


def addresses(raw: dict) -> set:
    """Every address of a node, with and without a port."""
    manager = get(raw, "ManagerStatus.Addr") or ""
    return {get(raw, "Status.Addr"), manager, host(manager)}.difference(NO_ADDRESS)


def stale_duplicates(of: dict, nodes: list) -> list:
    """The nodes that are down and have the hostname and address of ``of``, which is ready."""
    if get(of, "Status.State") != "ready":
        return []
    return [
        raw
        for raw in nodes
        if get(raw, "Status.State") == "down"
        and raw["ID"] != of["ID"]
        and (hostname(raw), address(raw)) == (hostname(of), address(of))
    ]


def living(candidates: list) -> list:
    """The candidates without those that are left of an earlier membership of another."""
    stale = {raw["ID"] for of in candidates for raw in stale_duplicates(of, candidates)}
    return [raw for raw in candidates if raw["ID"] not in stale]


def resolve(wishes: list, nodes: list) -> list:
    """``(wish, node)`` for each wish; the node is None where one that is to be absent is absent."""
    targets, unknown = [], []
    for wish in wishes:
        node = find_node(wish, nodes)
        if node is None and wish["state"] == "present":
            unknown.append(wish["hostname"])
        targets.append((wish, node))
    if unknown:
        raise unknown_nodes(unknown, nodes)
    named: dict = {}
    for wish, node in targets:
        if node is not None:
            named.setdefault(node["ID"], []).append(wish["hostname"])
    for node_id, names in named.items():
        if len(names) > 1:
            raise InvalidOption(f"{' and '.join(map(repr, names))} are the same node {node_id}; name it once")
    return targets


def find_node(wish: dict, nodes: list) -> dict | None:
    """The one node that is meant, or None; an error where that cannot be told."""
    candidates = matches(wish["hostname"], nodes)
    if wish["state"] == "present" or wish["remove_stale"]:
        candidates = living(candidates)
    if len(candidates) > 1:
        raise ambiguous_name(wish["hostname"], candidates)
    return candidates[0] if candidates else None


def ambiguous_name(name: str, candidates: list) -> SwarmError:
    """The error that lists the nodes that one name fits."""
    listed = "; ".join(
        f"{raw['ID']} ({hostname(raw)}, {address(raw)}, {get(raw, 'Status.State')})" for raw in candidates
    )
    return SwarmError(
        f"{name!r} fits {len(candidates)} nodes: {listed}; name the node by its ID",
        reason="ambiguous_node",
        candidates=[raw["ID"] for raw in candidates],
    )


def unknown_nodes(names: list, nodes: list) -> SwarmError:
    """The error that says which nodes there are instead."""
    listed = ", ".join(hostname(raw) for raw in nodes)
    return SwarmError(
        f"no node of this swarm has the ID, hostname or address {' or '.join(map(repr, names))}; "
        f"its nodes are {listed}",
        reason="unknown_node",
        unknown=names,
    )
