# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spread services over the nodes, one after the other."""

from __future__ import annotations

import copy

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, put
from ..core.plan import Plan
from ..core.run import Stopwatch, converge
from ..service.rollout import await_services, task_ids
from .spread import SKIP, SPREAD, judge, skew, spread, tolerance

FORCE = "TaskTemplate.ForceUpdate"


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Spread the services that ``params`` names where they are uneven, and return the module's result."""
    watch = Stopwatch()
    if params["max_skew"] < 1:
        raise InvalidOption(f"max_skew: {params['max_skew']} is less than 1, by which tasks may always differ")
    services = choose(client.get("/services"), params)
    seen = client.get("/tasks"), client.get("/nodes")
    reports = {raw["ID"]: judge(raw, *seen, params["max_skew"]) for raw in services}
    todo = [] if check_mode else [key for key, report in reports.items() if report["action"] == SPREAD]
    for number, key in enumerate(todo):
        try:
            reports[key] = roll(client, key, params)
        except SwarmError as exc:
            reason = f"service {reports[key]['name']} failed before its turn"
            reports.update(
                {later: {**reports[later], "action": SKIP, "reason": reason} for later in todo[number + 1 :]}
            )
            exc.result = {**show(reports), "elapsed": watch.read()}
            raise
    return {**show(reports), "elapsed": watch.read()}


def choose(services: list, params: dict) -> list:
    """The services that are asked for, by name."""
    if params["services"] is None:
        chosen = [raw for raw in services if params["all"] and "Replicated" in raw["Spec"]["Mode"]]
        return sorted(chosen, key=lambda raw: raw["Spec"]["Name"])
    known = {key: raw for raw in services for key in (raw["ID"], raw["Spec"]["Name"])}
    missing = [name for name in params["services"] if name not in known]
    if missing:
        raise SwarmError(
            f"there is no service {', '.join(missing)} in this swarm; correct services", reason="unknown_service"
        )
    return list({known[name]["ID"]: known[name] for name in params["services"]}.values())


def roll(client, service_id: str, params: dict) -> dict:
    """Have the Engine place all tasks of one service again, if it is still uneven, and return the report."""
    path, known = f"/services/{service_id}", task_ids(client, [service_id])

    def look():
        return client.get(path), client.get("/tasks"), client.get("/nodes")

    plan, seen = converge(
        observe=look,
        plan=lambda seen: plan_one(seen, params["max_skew"]),
        apply=lambda plan, seen: client.post(f"{path}/update", plan.spec, version=get(seen[0], "Version.Index")),
        check_mode=False,
    )
    report = judge(*seen, params["max_skew"])
    if plan.changed and params["wait"]:
        name = report["name"]
        await_services(client, {service_id: name}, {name: known[service_id]}, params["wait_timeout"])
        now = look()
        report["after"], left = spread(*now), skew(*now)
        if left > tolerance(now[0], params["max_skew"]):
            report["reason"] += f"; after it {left} fewer, for a reason that only the scheduler knows"
    return report


def plan_one(seen: tuple, max_skew: int) -> Plan:
    """The update that changes nothing but makes the Engine replace all tasks, if the service is uneven."""
    report, service = judge(*seen, max_skew), seen[0]
    if report["action"] != SPREAD:
        return Plan("keep", report["name"])
    spec = copy.deepcopy(service["Spec"])
    put(spec, FORCE, (get(spec, FORCE) or 0) + 1)
    return Plan("update", report["name"], spec)


def show(reports: dict) -> dict:
    """``changed``, ``diff`` and ``services`` of these reports."""
    moved = [report for report in reports.values() if report["action"] == SPREAD]
    before = {report["name"]: report["before"] for report in moved}
    after = {report["name"]: report["after"] or "placed again" for report in moved}
    return {"changed": bool(moved), "diff": {"before": before, "after": after}, "services": list(reports.values())}
