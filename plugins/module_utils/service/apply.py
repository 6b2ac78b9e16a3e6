# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan, apply and wait for one service or several."""

from __future__ import annotations

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import check_since, get, options, show_all
from ..core.plan import Plan, make_plan, plan_removal
from ..core.run import Stopwatch, converge
from .fields import ONE, SERVICE, SPEC
from .resolve import complete, find_networks, find_services, with_ids, with_names
from .rollout import await_services, task_ids, wait_removed
from .steering import NAME

TABLE = (NAME, *SPEC)


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Bring all services that ``params`` name to what they say and return the module's result."""
    watch = Stopwatch()
    check_since(SERVICE, params, client.api_version)
    wanted = declared(params)
    found = find_services(client, wanted)
    networks = find_networks(client) if any(item.get("networks") is not None for item in wanted.values()) else {}
    plans = {name: plan_one(item, found.get(name), networks) for name, item in wanted.items()}
    before = {}
    if not check_mode:
        before = task_ids(client, [found[name]["ID"] for name, plan in plans.items() if plan.changed and name in found])
        for name, plan in plans.items():
            if plan.changed:
                plans[name] = write(client, wanted[name], found.get(name), networks, plan)
    result = {
        "changed": any(plan.changed for plan in plans.values()),
        "diff": [p.diff() for p in plans.values() if p.changed],
    }
    if params["wait"] and not check_mode:
        try:
            wait(client, plans, found, before, params["wait_timeout"])
        except SwarmError as exc:
            exc.result = {**result, "elapsed": watch.read()}
            raise
    result["services"] = report(client, plans, found, check_mode)
    if params["services"] is None:
        result["service"] = result["services"][0]
    return {**result, "elapsed": watch.read()}


def declared(params) -> dict:
    """The services that are asked for, by name."""
    items = [params] if params["services"] is None else params["services"]
    beside = [field.option for field in options(ONE) if params.get(field.option) not in (None, field.default)]
    if params["services"] is not None and beside:
        raise InvalidOption(f"services excludes {', '.join(beside)}; put the options of every service into services")
    named = {item.get("name") or "": item for item in items}
    if "" in named:
        raise InvalidOption("every service needs a name")
    if len(named) < len(items):
        raise InvalidOption("services names a service twice; each may be there once")
    return named


def plan_one(wanted, service, networks) -> Plan:
    """The plan for one service; ``service`` is what the Engine has, or None."""
    name = wanted["name"]
    if wanted["state"] == "absent":
        return plan_removal(service and service["Spec"], f"service {name}")
    observed = with_names(service["Spec"], networks) if service else None
    plan = make_plan(TABLE, complete(wanted, observed, networks), observed, name=f"service {name}")
    for change in plan.fixed:
        raise SwarmError(
            f"service {name}: {change.option} cannot be changed from {change.before} to {change.after} on a service "
            "that exists; remove it with state absent first",
            reason="fixed_option",
            option=change.option,
        )
    with_ids(plan.spec, networks)
    return plan


def write(client, wanted, service, networks, plan) -> Plan:
    """Carry out one plan and return it, or the newer one that a change by others made necessary."""
    if plan.action == "create":
        client.post("/services/create", with_ids(plan.spec, networks))
        return plan
    if plan.action == "remove":
        client.delete(f"/services/{service['ID']}")
        return plan
    path = f"/services/{service['ID']}"
    first = iter([service])
    done, _observed = converge(
        observe=lambda: next(first, None) or client.get(path),
        plan=lambda now: plan_one(wanted, now, networks),
        apply=lambda plan, now: client.post(
            f"{path}/update", with_ids(plan.spec, networks), version=get(now, "Version.Index")
        ),
        check_mode=False,
    )
    return done


def wait(client, plans, found, before, timeout):
    """Wait until every service is what was planned; SwarmError if one is not."""
    watch = Stopwatch()
    removed = [found[name]["ID"] for name, plan in plans.items() if plan.action == "remove"]
    wait_removed(client, [task for service_id in removed for task in before[service_id]], timeout)
    kept = [name for name, plan in plans.items() if plan.action != "remove" and (plan.spec or name in found)]
    ids = {service["ID"]: name for name, service in find_services(client, kept).items()}
    known = {name: before.get(service_id, set()) if plans[name].changed else None for service_id, name in ids.items()}
    await_services(client, ids, known, max(timeout - round(watch.read()), 0))


def report(client, plans, found, check_mode) -> list:
    """Each service as the Engine has it now; in check mode as it is."""
    now = found if check_mode else find_services(client, plans)
    return [
        {
            "name": name,
            "id": now[name]["ID"] if name in now else None,
            "action": plan.action,
            "spec": show_all(TABLE, now[name]["Spec"]) if name in now else None,
            "update_status": now[name].get("UpdateStatus") if name in now else None,
        }
        for name, plan in plans.items()
    ]
