# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan, apply and wait for one service or several."""

from __future__ import annotations

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import check_since, get, options, show_all
from ..core.plan import Plan, make_plan, plan_removal
from ..core.run import Stopwatch, converge
from ..core.wait import DONE, FAILED, PENDING, Verdict, poll, poll_all
from .fields import SERVICE, SPEC, STATE
from .judge import BROKEN, ENDED, describe, judge
from .resolve import complete, find_networks, find_services, with_ids, with_names

TABLE = (STATE[0], *SPEC)


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
    beside = [field.option for field in options((STATE[0], *SPEC)) if params.get(field.option) is not None]
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


def task_ids(client, ids) -> dict:
    """IDs of the tasks of services, by the service's ID, as they are before anything is written."""
    known: dict = {service_id: set() for service_id in ids}
    for task in client.get("/tasks", filters={"service": ids}) if ids else ():
        known[task["ServiceID"]].add(task["ID"])
    return known


def wait(client, plans, found, before, timeout):
    """Wait until every service does what it should; SwarmError if one does not."""
    watch = Stopwatch()
    removed = [found[name]["ID"] for name, plan in plans.items() if plan.action == "remove"]
    wait_removed(client, [task for service_id in removed for task in before[service_id]], timeout)
    kept = [name for name, plan in plans.items() if plan.action != "remove" and (plan.spec or name in found)]
    ids = {service["ID"]: name for name, service in find_services(client, kept).items()}
    if not ids:
        return
    known = {name: before.get(service_id, set()) if plans[name].changed else None for service_id, name in ids.items()}
    broken: dict = {}
    verdicts, seen = poll_all(
        look=lambda: look(client, list(ids), broken),
        judge=lambda seen: judge_all(seen, ids, known),
        timeout=max(timeout - round(watch.read()), 0),
    )
    failed = {name: verdict for name, verdict in verdicts.items() if verdict.state == FAILED}
    if failed:
        raise rollout_failed(client, failed, ids, known, seen)


def look(client, ids, broken) -> dict:
    """All that the judges need, in three requests whatever the number of services.

    ``broken`` collects tasks that broke, as the Engine keeps only the last few of a slot.
    """
    tasks = {task["ID"]: task for task in client.get("/tasks", filters={"service": ids, "_up-to-date": ["true"]})}
    broken.update({i: task for i, task in tasks.items() if task["Status"]["State"] in BROKEN})
    return {
        "services": {s["ID"]: s for s in client.get("/services", filters={"id": ids})},
        "tasks": list({**broken, **tasks}.values()),
        "nodes": {node["ID"]: node for node in client.get("/nodes")},
    }


def judge_all(seen, ids, known) -> dict:
    """A verdict for each service."""
    verdicts = {}
    for service_id, name in ids.items():
        if service_id not in seen["services"]:
            verdicts[name] = Verdict(FAILED, "someone removed the service meanwhile")
            continue
        tasks = [task for task in seen["tasks"] if task["ServiceID"] == service_id]
        verdicts[name] = judge(seen["services"][service_id], tasks, seen["nodes"], known[name])
    return verdicts


def rollout_failed(client, failed, ids, known, seen) -> SwarmError:
    """The error that tells for each failed service why, with its tasks' own errors."""
    now = client.get("/tasks", filters={"service": [i for i, name in ids.items() if name in failed]})
    tasks = {task["ID"]: task for task in [*seen["tasks"], *now]}.values()
    told = {}
    for service_id, name in ids.items():
        if name not in failed:
            continue
        broken = [task for task in tasks if task["ServiceID"] == service_id and is_trouble(task, known[name])]
        troubles = describe({"Spec": {"Name": name}}, broken, seen["nodes"])
        reason = failed[name].reason
        told[name] = "; ".join([reason, *(trouble for trouble in troubles if trouble not in reason)])
    sentence = ". ".join(f"service {name} failed: {reason}" for name, reason in told.items())
    return SwarmError(sentence, reason="rollout_failed", services=told)


def is_trouble(task, known) -> bool:
    """Whether this task is of this run and says that something is wrong."""
    return task["ID"] not in (known or ()) and (task["Status"]["State"] in BROKEN or bool(task["Status"].get("Err")))


def wait_removed(client, tasks, timeout):
    """Wait until the tasks of removed services are gone."""
    if tasks:
        poll(lambda: client.get("/tasks", filters={"id": tasks}), judge_removed, timeout)


def judge_removed(tasks) -> Verdict:
    """``tasks`` are those of a service that does not exist any more."""
    alive = [task for task in tasks if task["Status"]["State"] not in ENDED]
    if alive:
        return Verdict(PENDING, f"{len(alive)} tasks are still {alive[0]['Status']['State']}")
    return Verdict(DONE, "all tasks are gone")


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
