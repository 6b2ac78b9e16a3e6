# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be done to one resource, before anything is done. Plain functions over plain values."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from .fields import Field, Joint, get, is_empty, put, show

HIDDEN = "(hidden)"
CHANGED = "(changed)"


@dataclass(frozen=True)
class Change:
    """One option that differs, in the notation of playbooks. ``fixed``: the Engine takes it at creation only."""

    option: str
    before: Any
    after: Any
    fixed: bool = False


@dataclass(frozen=True)
class Plan:
    """``action`` is create, update, remove or keep; ``spec`` the whole Engine JSON to send (None to remove)."""

    action: str
    name: str = ""
    spec: dict | None = None
    changes: tuple = ()

    @property
    def changed(self) -> bool:
        return self.action != "keep"

    @property
    def fixed(self) -> tuple:
        """Changes that the Engine refuses on an object that exists; they are not in ``spec``."""
        return tuple(change for change in self.changes if change.fixed)

    def diff(self) -> dict:
        """The plan as Ansible shows it, an option a line, ``state`` where it changes."""
        changes = [c for c in self.changes if c not in self.fixed]
        before = {c.option: c.before for c in changes if c.before is not None}
        after = {c.option: c.after for c in changes if c.after is not None}
        if self.action in ("create", "remove"):
            before["state"] = "absent" if self.action == "create" else "present"
            after["state"] = "present" if self.action == "create" else "absent"
        shown = {"before": before, "after": after}
        if self.name:
            shown.update(before_header=self.name, after_header=self.name)
        return shown


def make_plan(table, params: dict, observed: dict | None, base: dict | None = None, name: str = "") -> Plan:
    """Plan one resource so that the options in ``params`` that are not None hold.

    ``observed`` is the Engine's spec or None. ``base`` is where options that were not given come from: the observed
    spec itself unless said otherwise, so that they keep their value; ``{}`` where the input is the whole truth.
    Values that mean the same keep the Engine's own form, so that an update never carries noise. What does not exist
    yet gets every value as it is written.
    """
    base = (observed or {}) if base is None else base
    spec = copy.deepcopy(base)
    changes: list = []
    for entry in table:
        if isinstance(entry, Joint):
            changes += _plan_joint(entry, params, observed, base, spec)
        else:
            changes += _plan_field(entry, params, observed, base, spec)
    if observed is None:
        return Plan("create", name, spec, tuple(changes))
    action = "update" if any(not change.fixed for change in changes) else "keep"
    return Plan(action, name, spec, tuple(changes))


def plan_removal(observed: dict | None, name: str = "") -> Plan:
    """Plan that the resource is gone."""
    return Plan("remove" if observed is not None else "keep", name)


def _plan_field(field: Field, params, observed, base, spec, parent="", prefix="", cleared=False):
    if not field.path:
        return []
    path, value = parent + field.path, params.get(field.option)
    if not field.grouped:
        given = cleared or value is not None
        after = (None if cleared else field.to_engine(value, prefix)) if given else get(base, path)
        return _set_leaf(field, path, after, observed, spec, prefix)
    changes = []
    for part in field.parts:
        inner = (f"{path}.", f"{prefix}{field.option}.", cleared or (value is not None and is_empty(value)))
        changes += _plan_field(part, value or {}, observed, base, spec, *inner)
    if changes and get(spec, path):
        _tidy(field, path, spec)
    return changes


def _tidy(field, path, spec):
    """Leave no dict that says nothing, and none that says less than the Engine wants."""
    nothing = show(field.parts, get(spec, path)) == show(field.parts, {})
    for part in field.parts:
        where = f"{path}.{part.path}"
        if nothing:
            put(spec, where, None)
        elif part.explicit and get(spec, where) is None:
            put(spec, where, part.engine_default)


def _set_leaf(field, path, after, observed, spec, prefix):
    before = get(observed, path)
    if field.meaning(before) == field.meaning(after):
        if before is not None or after is not None:
            put(spec, path, after if observed is None else before)
        return []
    fixed = field.fixed and observed is not None
    put(spec, path, before if fixed else after)
    # What does not exist yet has no value, whatever the Engine means by an absent one.
    shown = [None if observed is None else field.meaning(before), field.meaning(after)]
    if field.secret or any(part.secret for part in field.parts):
        shown = [HIDDEN if before is not None else None, CHANGED if before is not None else HIDDEN]
    return [Change(prefix + field.option, shown[0], shown[1], fixed)]


def _plan_joint(joint: Joint, params, observed, base, spec):
    given = {f.option: params[f.option] for f in joint.fields if params.get(f.option) is not None}
    before, after = get(observed, joint.path), get(base, joint.path)
    if given:
        after = joint.encode(given, after)
    shown_before, shown_after = joint.show(before), joint.show(after)
    if shown_before == shown_after:
        put(spec, joint.path, after if observed is None else before)
        return []
    put(spec, joint.path, after)
    there = observed is not None
    changes = [
        Change(f.option, shown_before.get(f.option) if there else None, shown_after.get(f.option), f.fixed and there)
        for f in joint.fields
        if shown_before.get(f.option) != shown_after.get(f.option)
    ]
    return [change for change in changes if change.before != change.after]
