# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring nodes to what was asked of them, and list them."""

from __future__ import annotations

from ..core.errors import NotFound, SwarmError, WaitTimeout
from ..core.fields import get
from ..core.plan import make_plan
from ..core.run import Stopwatch, converge
from ..core.wait import DONE, FAILED, poll
from .fields import SPEC, read_wishes
from .judge import judge_drained, judge_gone, judge_roles, lost_tasks
from .quorum import managers
from .resolve import hostname, list_nodes, matches, resolve, show_node
from .steps import DEMOTE, PROMOTE, REMOVE, UPDATE, guard_quorum, plan_steps

INTERVAL = 0.5
# A node is down when it has missed this many heartbeats (swarmkit, manager/dispatcher).
MISSED_HEARTBEATS = 3
NANOSECONDS = 1e9


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Make the nodes what ``params`` says, and return the module's result."""
    watch, done = Stopwatch(), []

    def left():
        return max(round(params["wait_timeout"] - watch.read()), 0)

    nodes = list_nodes(client)
    targets = resolve(read_wishes(params), nodes)
    steps = plan_steps(targets, nodes)
    warnings = guard_quorum(steps, managers(nodes), params["wait"])
    if check_mode:
        warnings += [f"{name} must leave the swarm before it can be removed" for name in staying(steps)]
    else:
        try:
            await_departures(client, steps, left() if params["wait"] else 0)
            carry_out(client, steps, params["wait"], left, done)
            nodes = list_nodes(client) if steps else nodes
            if params["wait"]:
                nodes = await_roles(client, unsettled(targets, steps, nodes), left(), nodes)
                warnings += await_drained(client, targets, left())
        except SwarmError as exc:
            exc.result = {**report(done), "elapsed": watch.read()}
            raise
    return {**report(steps), **show_targets(params, targets, nodes), "warnings": warnings, "elapsed": watch.read()}


def report(steps: list) -> dict:
    """``changed`` and ``diff`` of these steps."""
    return {"changed": bool(steps), "diff": [step.plan.diff() for step in steps]}


def show_targets(params: dict, targets: list, nodes: list) -> dict:
    """The nodes that were asked for and are there, as ``nodes``, and the one of the single form as ``node``."""
    present = {raw["ID"]: show_node(raw) for raw in nodes}
    shown = [present[node["ID"]] for _wish, node in targets if node and node["ID"] in present]
    if params["nodes"] is None:
        return {"nodes": shown, "node": shown[0] if shown else None}
    return {"nodes": shown}


def carry_out(client, steps: list, wait: bool, left, done: list) -> None:
    """Do the steps in their order; those that were done are put into ``done``."""

    def of(action):
        return [step for step in steps if step.action == action]

    for step in of(PROMOTE):
        update(client, step, done)
    if wait and of(PROMOTE):
        await_roles(client, {step.node["ID"]: "manager" for step in of(PROMOTE)}, left())
    for step in of(UPDATE):
        update(client, step, done)
    for step in of(DEMOTE):
        guard_quorum([step], managers(list_nodes(client)), wait)
        update(client, step, done)
        if wait or of(REMOVE):
            await_roles(client, {step.node["ID"]: "worker"}, left())
    for step in of(REMOVE):
        remove(client, step, done)


def update(client, step, done: list) -> None:
    """Change the spec of one node, planned again if somebody else changes it at the same time."""
    path, known = f"/nodes/{step.node['ID']}", [step.node]
    converge(
        observe=lambda: known.pop() if known else client.get(path),
        plan=lambda raw: make_plan(SPEC, step.wish, raw["Spec"], name=hostname(raw)),
        apply=lambda plan, raw: client.post(f"{path}/update", plan.spec, version=raw["Version"]["Index"]),
        check_mode=False,
    )
    done.append(step)


def remove(client, step, done: list) -> None:
    """Remove one node from the list of nodes."""
    try:
        client.delete(f"/nodes/{step.node['ID']}", force=step.wish["force"])
    except NotFound:
        return
    done.append(step)


def staying(steps: list) -> list:
    """The names of nodes that shall be removed without force and are ready."""
    return [
        hostname(step.node)
        for step in steps
        if step.action == REMOVE and not step.wish["force"] and get(step.node, "Status.State") == "ready"
    ]


def await_departures(client, steps: list, timeout: float) -> None:
    """Wait until nodes that are about to leave are seen as gone; an error if they stay."""
    if not staying(steps):
        return
    leaving = {step.node["ID"] for step in steps if step.action == REMOVE and not step.wish["force"]}
    period = get(client.get("/swarm"), "Spec.Dispatcher.HeartbeatPeriod") / NANOSECONDS
    try:
        poll(
            lambda: [raw for raw in list_nodes(client) if raw["ID"] in leaving],
            judge_gone,
            min(timeout, (MISSED_HEARTBEATS + 1) * period),
            INTERVAL,
        )
    except WaitTimeout as exc:
        raise SwarmError(
            f"{exc.details['last']}; let it leave first (flotilla.swarm.member with state: absent on that "
            "host), or use force: true",
            reason="node_is_ready",
        ) from exc


def unsettled(targets: list, steps: list, nodes: list) -> dict:
    """``{ID: role}`` of the nodes whose role was changed, now or by a run that was interrupted."""
    changed = {step.node["ID"] for step in steps if step.action in (PROMOTE, DEMOTE)}
    asked = {node["ID"]: wish["role"] for wish, node in targets if node and wish["state"] == "present"}
    settled = {
        raw["ID"]
        for raw in nodes
        if bool(raw.get("ManagerStatus")) == (asked.get(raw["ID"]) == "manager") or get(raw, "Status.State") == "down"
    }
    return {node_id: role for node_id, role in asked.items() if role and (node_id in changed or node_id not in settled)}


def await_roles(client, wanted: dict, timeout: float, nodes: list | None = None) -> list:
    """Wait until the nodes have their roles, and return the nodes then."""
    if nodes is not None and judge_roles(wanted, nodes).state == DONE:
        return nodes
    verdict, nodes = poll(lambda: list_nodes(client), lambda seen: judge_roles(wanted, seen), timeout, INTERVAL)
    if verdict.state == FAILED:
        raise SwarmError(verdict.reason, reason="role_not_taken")
    return nodes


def await_drained(client, targets: list, timeout: float) -> list:
    """Wait until the nodes that are to be drained run no task, and return what cannot be known as warnings."""
    drained = sorted(
        node["ID"] for wish, node in targets if node and wish["state"] == "present" and wish["availability"] == "drain"
    )
    if not drained:
        return []
    services: dict = {}

    def look():
        tasks = client.get("/tasks", filters={"node": drained})
        if tasks and not services:
            services.update({raw["ID"]: raw["Spec"]["Name"] for raw in client.get("/services")})
        return list_nodes(client), tasks

    _verdict, (nodes, tasks) = poll(look, lambda seen: judge_drained(*seen, services), timeout, INTERVAL)
    return lost_tasks(nodes, tasks, services)


def look_up(client, params: dict) -> dict:
    """The result of node_info; a name that fits no node adds none."""
    nodes = list_nodes(client)
    wanted = params["name"]
    if params["self"]:
        wanted = [get(client.get("/info"), "Swarm.NodeID")]
    if wanted is not None:
        found = {raw["ID"] for name in wanted for raw in matches(name, nodes)}
        nodes = [raw for raw in nodes if raw["ID"] in found]
    return {"changed": False, "nodes": [show_node(raw) for raw in nodes]}
