# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out what is planned for a stack, wait for it, and put everything back if it fails.

So that its progress can be shown, a deploy may be left while it waits and be gone on with by another process of this
host. Everything is looked at and planned again then: what is written already does not differ any more.
"""

from __future__ import annotations

import time

from ..core.errors import SwarmError
from ..core.plan import Plan
from ..core.run import Stopwatch
from ..network import apply as networks
from ..network.steps import create
from ..service import apply as services
from ..service.resolve import find_services
from ..service.rollout import Unfinished, await_services, follow, task_ids
from . import history, pre_pull
from .objects import KINDS, bring_about
from .planning import name_of
from .removal import remove_objects, remove_services, remove_stack
from .resolve import Todo, complete, plan_all, plan_services
from .undo import Journal, undone


def ensure(client, params: dict, check_mode: bool, hide=lambda values: None) -> dict:
    """Bring a stack to what its options say, and return the module's result; or how far it has come, with
    ``progress``, if there is something to show.

    ``hide(values)`` is told what must not be shown.
    """
    watch = Stopwatch()
    params, declared = complete(client, params, hide)
    if params["state"] == "absent":
        return {**remove_stack(client, params, check_mode), "elapsed": watch.read()}
    todo = plan_all(client, params, declared, check_mode)
    if check_mode:
        told = {**report(todo, as_planned(todo)), "warnings": todo.unknown()}
        return {**outcome(todo), **told, "elapsed": watch.read()}
    deploy = Deploy(client, todo, watch.start)
    try:
        return deploy.carry_out()
    except Unfinished as exc:
        result = {} if deploy.pulling else deploy.result
        return {**result, "progress": {"lines": exc.lines, "state": deploy.state(exc.wait)}}


def outcome(todo: Todo) -> dict:
    """Whether something is changed, and what."""
    return {"changed": todo.planned.changed, "diff": todo.planned.diff()}


class Deploy:
    """One deploy. ``step`` is how far it has come: each wave of services is two steps, to wait for what it depends
    on and to write it; after them all services are waited for."""

    def __init__(self, client, todo: Todo, began: float):
        state = todo.params.get("progress") or {}
        self.pulling = state.get("pulling")
        todo.planned.pulls = state.get("pulls", todo.planned.pulls)
        self.begun = bool(state) and not self.pulling
        self.client, self.todo = client, todo
        self.began = state.get("began", began)
        self.step = state.get("step", 0)
        self.waves = state.get("waves", todo.planned.waves)
        self.actions = state.get("actions") or {name: plan.action for name, plan in todo.planned.services.items()}
        self.result = {"changed": state["changed"]} if self.begun else outcome(todo)
        self.tasks = {name: set(ids) for name, ids in (state.get("tasks") or {}).items()}
        self.journal = Journal.unpack(state["journal"]) if state else Journal()
        self.unfinished = state.get("wait")
        self.moments: dict = {}

    def state(self, wait: dict) -> dict:
        """What another process needs to go on, as plain data."""
        return {
            "began": self.began,
            "step": self.step,
            "waves": self.waves,
            "actions": self.actions,
            "changed": self.result["changed"],
            "tasks": {name: sorted(ids) for name, ids in self.tasks.items()},
            "journal": self.journal.pack(),
            "wait": wait,
            "pulls": self.todo.planned.pulls,
            "pulling": self.pulling,
        }

    @property
    def wait(self) -> bool:
        return self.todo.params["wait"]

    def left(self) -> float:
        """Seconds that are left to wait."""
        return max(self.todo.params["wait_timeout"] - round(time.monotonic() - self.began), 0)

    def carry_out(self) -> dict:
        """Do what is planned, from where an earlier call has left it, and return the module's result."""
        if self.todo.params["pre_pull"] and not self.begun:
            self.pull()
        try:
            if not self.begun:
                self.prepare()
            self.roll_out()
        except Unfinished:
            raise
        except SwarmError as exc:
            raise self.failed(exc) from exc
        warnings = self.finish()
        found = find_services(self.client, self.todo.names) if self.result["changed"] else self.todo.seen.services
        told = report(self.todo, found, self.actions, self.seconds())
        return {**self.result, **told, "warnings": warnings, "elapsed": self.elapsed()}

    def elapsed(self) -> float:
        return round(time.monotonic() - self.began, 2)

    def seconds(self) -> dict:
        """How long each service that was changed took until it ran."""
        return {name: round(moment - self.began, 1) for name, moment in self.moments.items()}

    def pull(self) -> None:
        """Pull new images where services may run, which changes nothing of the stack."""
        self.pulling = self.pulling or {"pulls": self.todo.planned.pulls}
        shows = self.todo.params.get("progress") is not None
        pre_pull.pull_first(self.client, self.todo.stack, self.pulling, self.left(), shows)
        self.pulling = None

    def prepare(self) -> None:
        """Make what services need, and note which tasks there are."""
        todo = self.todo
        self.note_tasks()
        if self.result["changed"] and todo.params["history"] and todo.seen.services and not todo.target:
            self.keep_deploy(todo.seen.services)
        for name, plan in todo.planned.networks.items():
            if plan.changed:
                self.make_network(name, plan)
        made = [
            self.make_item(kind, plain, item)
            for kind in KINDS
            for plain, item in todo.planned.items[kind].items()
            if item.plan.changed
        ]
        self.plan_again([plan for plan in made if plan])

    def note_tasks(self) -> None:
        """Note which tasks the services have that are changed."""
        seen = self.todo.seen.services
        present = {name: seen[name] for wave in self.waves for name in wave if name in seen}
        tasks = task_ids(self.client, [raw["ID"] for raw in present.values()])
        self.tasks = {name: tasks[raw["ID"]] for name, raw in present.items()}

    def plan_again(self, others: list) -> None:
        """Plan the services again for secrets that have become other objects than planned, which only writing told."""
        if not others:
            return
        planned = self.todo.planned
        plan_services(self.todo)
        self.waves = planned.waves
        self.actions = {name: plan.action for name, plan in planned.services.items()}
        self.note_tasks()
        told = {diff["after_header"]: diff for diff in self.result["diff"]}
        told.update({plan.name: plan.diff() for plan in (*others, *planned.services.values()) if plan.changed})
        self.result["diff"] = list(told.values())

    def make_network(self, name: str, plan) -> None:
        """Create a network, or create it again."""
        seen = self.todo.seen
        if name in self.todo.planned.again:
            params = {**self.todo.planned.again[name], "state": "present", "recreate": True}
            params.update(wait=True, wait_timeout=self.left())
            networks.ensure(self.client, params, check_mode=False)
            seen.networks[:] = self.client.get("/networks", filters={"scope": ["swarm"]})
            return
        made = create(self.client, plan.spec, self.wait, self.left())
        self.journal.made.append(["networks", made["Id"], name])
        seen.networks.append(made)

    def make_item(self, kind: str, plain: str, item) -> Plan | None:
        """Create a secret or config, or a new version, or write its labels; what was done if it is not as planned."""
        done, before = bring_about(self.client, item)
        names = [before.new_name] if done.action in ("create", "replace") else [before.current["Spec"]["Name"]]
        raw = next(one for one in self.client.get(f"/{kind}", filters={"name": names}) if one["Spec"]["Name"] in names)
        if done.action in ("create", "replace"):
            self.journal.made.append([kind, raw["ID"], name_of(raw)])
        elif done.changed:
            self.journal.relabelled.append([kind, raw["ID"], before.current["Spec"]])
        self.todo.made(kind, plain, raw)
        return done if done.action != item.plan.action else None

    def roll_out(self) -> None:
        """Write the services wave by wave, and wait for them."""
        if self.unfinished:
            self.moments.update(follow(self.client, self.unfinished))
            self.step += 1
        while self.step < 2 * len(self.waves):
            wave, write = self.waves[self.step // 2], self.step % 2
            self.write(wave) if write else self.await_dependencies(wave)
            self.step += 1
        if self.wait and self.step == 2 * len(self.waves):
            self.moments.update(self.await_all(self.todo.names))
            self.step += 1

    def await_dependencies(self, wave: list) -> None:
        """Wait until what these services depend on runs."""
        depends_on = self.todo.declared["depends_on"]
        needed = {other for name in wave for other in depends_on.get(name, ())}
        if needed and self.wait:
            self.await_all(sorted(needed), watched=False)

    def await_all(self, names: list, watched: bool = True) -> dict:
        """Wait for services; the names that it took from the beginning until each ran."""
        found = find_services(self.client, names)
        known = {name: self.tasks.get(name, set()) if name in self.journal.former else None for name in found}
        ids = {raw["ID"]: name for name, raw in found.items()}
        progress = None if self.todo.params.get("progress") is None else {}
        moments = await_services(self.client, ids, known, self.left(), (), progress, watched)
        return {name: moment for name, moment in moments.items() if name in self.journal.former}

    def write(self, wave: list) -> None:
        """Write services that do not wait for each other."""
        plans = {name: self.todo.plan_service(name, self.todo.seen.services.get(name)) for name in wave}
        names = [name for name, plan in plans.items() if plan.changed]

        def plan_again(name, service):
            self.journal.former[name] = service["Spec"] if service else None
            return self.todo.plan_service(name, service)

        for name in names:
            service = self.todo.seen.services.get(name)
            self.journal.former[name] = service["Spec"] if service else None
        every = {**self.todo.planned.services, **plans}
        services.write_all(self.client, every, self.todo.seen.services, names, plan_again, self.left())

    def finish(self) -> list:
        """Remove what nothing uses any more, and keep the deploy; return warnings."""
        todo, timeout = self.todo, self.left() if self.wait else 0
        gone = [name for name, plan in todo.planned.services.items() if plan.action == "remove"]
        remove_services(self.client, [todo.seen.services[n] for n in gone if n not in self.journal.former], timeout)
        warnings = remove_objects(self.client, todo.planned.removals, timeout)
        if todo.target:
            history.forget(self.client, [one for one in todo.deploys if one.number > todo.target.number])
        elif todo.params["history"] and self.result["changed"]:
            self.keep_deploy(find_services(self.client, todo.names))
            history.forget(self.client, todo.deploys[todo.params["history"] :])
        return warnings

    def keep_deploy(self, found: dict) -> None:
        """Keep what the services are now, if that is not kept already."""
        specs = history.specs_of(found, {raw["Id"]: raw["Name"] for raw in self.todo.seen.networks})
        kept = history.keep(self.client, self.todo.stack, self.todo.deploys, specs)
        if kept:
            self.todo.deploys.insert(0, kept)
            self.journal.made.append(["configs", kept.id, history.title(self.todo.stack, kept)])

    def failed(self, exc: SwarmError) -> SwarmError:
        """Put back what is to be put back, and return the error that tells everything."""
        scope = self.todo.params["rollback_on_failure"]
        guilty = set(exc.details.get("services") or {}) | {exc.details.get("service")}
        names = set(self.journal.former) if scope == "stack" else guilty
        error = exc
        if scope != "none" and (self.journal.former or self.journal.made):
            error = undone(self.client, self.journal, names, scope == "stack", self.todo.params["wait_timeout"], exc)
        error.result = {**self.result, "elapsed": self.elapsed()}
        return error


def as_planned(todo: Todo) -> dict:
    """The services as they would be; one that is removed as it is."""
    seen = todo.seen.services
    would = {name: plan.spec for name, plan in todo.planned.services.items() if plan.action != "remove"}
    return {**seen, **{name: {**(seen.get(name) or {}), "Spec": spec} for name, spec in would.items()}}


def report(todo: Todo, found: dict, actions=None, seconds=None) -> dict:
    """The stack as the module returns it."""
    planned, seconds = todo.planned, seconds or {}
    actions = actions or {name: plan.action for name, plan in planned.services.items()}
    shown = [
        {
            "name": name,
            "id": (found.get(name) or {}).get("ID"),
            "action": action,
            "image": image_of(found.get(name)),
            "seconds": seconds.get(name),
        }
        for name, action in actions.items()
    ]
    stack = {"name": todo.stack, "services": shown, "networks": sorted(planned.networks)}
    for kind in KINDS:
        stack[kind] = [item.name for item in planned.items[kind].values()]
    if "credentials" in todo.params["pre_checks"]:
        stack["registries"] = todo.registries
    if todo.params["pre_pull"]:
        stack["pulled"] = pre_pull.shown(planned.pulls)
    stack["removed"] = [f"{kind[:-1]} {name_of(raw)}" for kind, raws in planned.removals.items() for raw in raws]
    return {"stack": stack}


def image_of(service: dict | None) -> str | None:
    """The image of a service, None if there is no service."""
    return service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] if service else None
