# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and configs of a stack: named as docker's own command does, and in versions once their data changes.

The first has the plain name, later ones ``NAME_v2``, ``NAME_v3`` and so on. The newest is the one that services get.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..config.resolve import CONFIG
from ..core.plan import Plan
from ..core.run import converge
from ..secret.judge import REPLACE, plan_object
from ..secret.resolve import SECRET, Found, Kind, list_objects, named, read_data, same_data, version_of, versions_of
from ..secret.write import write

KINDS = {"secrets": SECRET, "configs": CONFIG}


@dataclass(frozen=True)
class Item:
    """One secret or config: its options, its data (None with a driver), what there is of it and what is to be done."""

    kind: Kind
    params: dict
    data: bytes | None
    found: Found
    plan: Plan

    @property
    def new(self) -> bool:
        """Whether there will be another object than the present one."""
        return self.plan.action in ("create", REPLACE)

    @property
    def name(self) -> str:
        """Name of the object that services get."""
        return self.found.new_name if self.new else self.found.current["Spec"]["Name"]

    @property
    def id(self) -> str | None:
        """Its ID, None before it is made."""
        return None if self.new else self.found.current["ID"]

    @property
    def older(self) -> list:
        """The versions before it, newest first."""
        return list(self.found.versions[0 if self.new else 1 :])


def find(name: str, objects: list) -> Found:
    """What there is of a secret or config of a stack, its first version among the versions."""
    plain = named(name, objects)
    versions = sorted((*versions_of(name, objects), *([plain] if plain else ())), key=_created, reverse=True)
    if not versions:
        return Found(None, (), None, name)
    number = 1 + max(version_of(raw) or 1 for raw in versions)
    while named(f"{name}_v{number}", objects):
        number += 1
    return Found(versions[0], tuple(versions), None, f"{name}_v{number}", number)


def _created(raw):
    return raw["CreatedAt"], version_of(raw) or 1


def plan_item(kind: Kind, params: dict, data: bytes | None, found: Found, told=()) -> Plan:
    """The plan for one; ``told`` are the IDs of secrets that a refused write has shown to have other data."""
    same = None
    if data is not None and found.current:
        same = False if found.current["ID"] in told else same_data(kind, found.current, data)
    return plan_object(kind, params, data is not None, same, found)


def plan_items(kind: Kind, wanted: list, objects: list) -> dict:
    """An ``Item`` for each that is declared, by its plain name."""
    items = {}
    for params in wanted:
        params = {**params, "rolling_versions": True, "force": False}
        data, found = read_data(params), find(params["name"], objects)
        items[params["name"]] = Item(kind, params, data, found, plan_item(kind, params, data, found))
    return items


def bring_about(client, item: Item) -> tuple:
    """Carry out what is planned: the plan, or the newer one that became necessary, and what there was before it."""
    told: dict = {}
    first = [item.found]
    return converge(
        observe=lambda: (
            first.pop() if first else find(item.params["name"], list_objects(client, item.kind, [item.params["name"]]))
        ),
        plan=lambda found: plan_item(item.kind, item.params, item.data, found, told),
        apply=lambda plan, found: write(client, item.kind, item.params, plan, found, item.data, told),
        check_mode=False,
    )
