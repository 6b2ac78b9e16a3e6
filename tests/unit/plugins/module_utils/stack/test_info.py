# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.fields import STACK_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.info import drift, show_stack
from ansible_collections.flotilla.swarm.plugins.module_utils.task.resolve import by_id

SWARM = Path(__file__).parents[1] / "task" / "fixtures" / "swarm.json"


class Engine:
    """An Engine with an empty swarm."""

    api_version = "1.44"

    def image_headers(self, _image):
        return {}

    def get(self, _path, **_query):
        return []


def compare(services):
    """What a stack of these services differs in."""
    params = {name: entry.get("default") for name, entry in argument_spec(STACK_INFO).items()}
    declaration = {"services": [{"name": name, "image": "web:1"} for name in services]}
    return drift(Engine(), {**params, "name": ["shop"], "declaration": declaration}, lambda values: None)


def test_what_is_not_there_differs():
    found = compare(["shop_web"])
    assert found["differs"]
    assert [one["after_header"] for one in found["differences"]] == ["service shop_web"]


def test_a_stack_of_nothing_does_not_differ_from_nothing():
    assert compare([]) == {"differs": False, "differences": []}


@pytest.mark.parametrize(
    ("state", "nodes", "healthy"), [("ready", ["node1", "node2", "node3"], True), ("down", ["node1", "node2"], False)]
)
def test_a_node_that_is_down_runs_nothing(state, nodes, healthy):
    """As long as no task has taken the place of the one that it ran."""
    swarm = json.loads(SWARM.read_text(encoding="utf-8"))
    next(node for node in swarm["nodes"] if node["ID"] == "node3-id")["Status"]["State"] = state
    each = [raw for raw in swarm["services"] if raw["ID"] == "each-id"]
    around = {"tasks": swarm["tasks"], "nodes": by_id(swarm["nodes"]), "networks": {}}
    stack = show_stack("shop", each, {"networks": [], "secrets": [], "configs": []}, around, [])
    assert (stack["nodes"], stack["healthy"]) == (nodes, healthy)
