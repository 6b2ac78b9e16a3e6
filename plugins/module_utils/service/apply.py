# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan, apply and wait for one service or several."""

from __future__ import annotations

from ..core.errors import EngineError, NotFound, OutOfSequence, SwarmError
from ..core.fields import check_since, get, show_all
from ..core.plan import Plan
from ..core.run import Stopwatch, converge
from ..core.wait import poll
from ..registry.credentials import kept_from
from .fields import SERVICE
from .planning import RECREATE, ROLLBACK, TABLE, declared, givers, judge_released, order, plan_one, ports
from .resolve import IMAGE, Lookups, find_services, with_names
from .rollout import await_services, task_ids, wait_removed

CONFLICT = 409


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Bring all services that ``params`` name to what they say and return the module's result."""
    watch, lookups = Stopwatch(), Lookups(client)
    check_since(SERVICE, params, client.api_version)
    wanted = declared(params)
    found = find_services(client, {*wanted, *(item["renamed_from"] for item in wanted.values())} - {None})
    for name, item in wanted.items():
        if name not in found and item["renamed_from"] in found:
            found[name] = found.pop(item["renamed_from"])
    lookups.prepare(wanted.values(), found.values())
    plans = {name: plan(item, found.get(name), lookups) for name, item in wanted.items()}
    names = order(plans, found)
    look_up_credentials(client, plans, found)
    if check_mode:
        return {**outcome(plans, plans), **report(params, plans, found, lookups), "elapsed": watch.read()}
    before = task_ids(client, [found[name]["ID"] for name in names if name in found])
    write_all(client, plans, found, names, lambda name, now: plan(wanted[name], now, lookups), params["wait_timeout"])
    result = outcome(plans, plans)
    if params["wait"]:
        try:
            now = find_services(client, plans) if result["changed"] else found
            actions = None if params.get("progress") is None else {name: done.action for name, done in plans.items()}
            wait(client, plans, found, now, before, max(params["wait_timeout"] - round(watch.read()), 0), actions)
        except SwarmError as exc:
            exc.result = {**result, "elapsed": watch.read()}
            raise
    now = find_services(client, plans) if result["changed"] else found
    return {**result, **report(params, plans, now, lookups), "elapsed": watch.read()}


def plan(wanted, service, lookups) -> Plan:
    """The plan for one service, after the look-ups that it needs."""
    networks = lookups.networks(wanted, service)
    if wanted["state"] == "present":
        wanted = {**wanted, "image": lookups.image(wanted, service)}
    return plan_one(wanted, service, networks, lookups.references)


def look_up_credentials(client, plans, found) -> None:
    """Look up what will be sent with these plans, so that an error comes before anything is written."""
    for name, todo in plans.items():
        if todo.changed and todo.spec:
            for spec in (todo.spec, (found.get(name) or {}).get("Spec")):
                client.image_headers(get(spec, IMAGE))


def outcome(plans, names) -> dict:
    """What the module returns of the plans of these names."""
    changed = [plans[name] for name in names if plans[name].changed]
    return {"changed": bool(changed), "diff": [plan.diff() for plan in changed]}


def write_all(client, plans, found, names, plan_again, timeout) -> None:
    """Carry out the plans of these names, one after the other; an error tells which were carried out before it.

    ``plan_again(name, service)`` is asked where a service was changed since it was read.
    """
    for place, name in enumerate(names):
        try:
            await_ports(client, name, plans, found, timeout)
            plans[name] = write(client, plans[name], name, found.get(name), plan_again, timeout)
        except SwarmError as exc:
            done, undone = names[:place], names[place + 1 :]
            told = str(exc) if str(exc).startswith("service ") else f"service {name}: {exc}"
            told += f"; written before it: {', '.join(done)}" if done else ""
            told += f"; not written: {', '.join(undone)}" if undone else ""
            result = outcome(plans, done)
            raise SwarmError(
                told,
                reason=exc.reason,
                result={**result, "changed": result["changed"] or exc.result.get("changed", False)},
                **{**exc.details, "service": name, "written": done},
            ) from exc


def await_ports(client, name, plans, found, timeout) -> None:
    """Wait until the Engine has taken the ports of a service from those that had them."""
    updated = sorted(other for other in givers(name, plans, found) if plans[other].action != "remove")
    if updated:
        taken = ports(plans[name].spec)
        poll(lambda: find_services(client, updated).values(), lambda services: judge_released(taken, services), timeout)


def write(client, plan, name, service, plan_again, timeout) -> Plan:
    """Carry out one plan and return it, or the newer one that a change by others made necessary."""
    known, planned = [service], [plan]
    former = service["Spec"]["Name"] if service else name

    def observe():
        if known:
            return known.pop()
        found = find_services(client, {name, former})
        return found.get(name) or found.get(former)

    def apply(todo, now):
        if todo.action == ROLLBACK and now["Spec"] != service["Spec"]:
            raise SwarmError(
                f"service {name} was changed while it was about to be rolled back; look at it and run again",
                reason="changed_meanwhile",
            )
        carry_out(client, todo, now, timeout)

    def current(now):
        return planned.pop() if planned else plan_again(name, now)

    return converge(observe, current, apply, check_mode=False)[0]


def carry_out(client, plan, service, timeout) -> None:
    """Write one plan. OutOfSequence if the service came or went since it was read."""
    path = f"/services/{service['ID']}" if service else ""
    try:
        with client.for_image(get(plan.spec, IMAGE)):
            if plan.action == "create":
                client.post("/services/create", plan.spec)
            elif plan.action == "remove":
                client.delete(path)
            elif plan.action == RECREATE:
                recreate(client, service, plan.spec, timeout)
            elif plan.action == ROLLBACK:
                # The Engine wants a spec that it would take, and then goes back to the one that it kept.
                version = get(service, "Version.Index")
                client.post(f"{path}/update", service["Spec"], version=version, rollback="previous")
            else:
                keep = kept_from(service, get(plan.spec, IMAGE))
                version = get(service, "Version.Index")
                client.post(f"{path}/update", plan.spec, version=version, registryAuthFrom=keep)
    except EngineError as exc:
        gone = isinstance(exc, NotFound) and service and service["ID"] in str(exc)
        if gone or exc.status == CONFLICT:
            raise OutOfSequence(str(exc), status=exc.status) from exc
        raise


def recreate(client, service, spec, timeout) -> None:
    """Remove a service, and create it with this spec once its tasks are gone; if that fails, as it was."""
    name, tasks = spec["Name"], task_ids(client, [service["ID"]])[service["ID"]]
    client.delete(f"/services/{service['ID']}")
    try:
        wait_removed(client, sorted(tasks), timeout)
        client.post("/services/create", spec)
    except SwarmError as exc:
        if getattr(exc, "status", None) == CONFLICT:
            raise
        told = f"service {name} was removed to be created again, which failed: {exc}"
        try:
            with client.for_image(get(service["Spec"], IMAGE)):
                client.post("/services/create", service["Spec"])
        except SwarmError as again:
            told += f"; nor could it be created as it was: {again}"
        else:
            told += "; it was created again as it was"
        raise SwarmError(told, reason="not_recreated", result={"changed": True}) from exc


def wait(client, plans, found, now, before, timeout, progress=None) -> None:
    """Wait until every service is what was planned; SwarmError if one is not.

    ``found`` are the services before anything was written and ``now`` those after it, ``before`` the IDs of tasks
    by service. ``progress`` is that of ``await_services``.
    """
    watch = Stopwatch()
    removed = [found[name]["ID"] for name, plan in plans.items() if plan.action == "remove"]
    wait_removed(client, [task for service_id in removed for task in before[service_id]], timeout)
    ids = {now[name]["ID"]: name for name, plan in plans.items() if plan.action != "remove" and name in now}
    known = {name: before.get(service_id, set()) if plans[name].changed else None for service_id, name in ids.items()}
    rolled_back = {name for name, plan in plans.items() if plan.action == ROLLBACK}
    await_services(client, ids, known, max(timeout - round(watch.read()), 0), rolled_back, progress)


def report(params, plans, now, lookups) -> dict:
    """Each service as the Engine has it now; in check mode as it is."""
    services = [report_one(name, plan, now.get(name), lookups) for name, plan in plans.items()]
    if params["services"] is None:
        return {"services": services, "service": services[0]}
    return {"services": services}


def report_one(name, plan, service, lookups) -> dict:
    """One service as the module returns it."""
    shown = {"name": name, "id": None, "action": plan.action, "spec": None, "update_status": None}
    if service:
        spec = with_names(service["Spec"], lookups.networks({}, service))
        shown.update(id=service["ID"], spec=show_all(TABLE, spec), update_status=service.get("UpdateStatus"))
    return shown
