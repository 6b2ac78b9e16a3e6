# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.node.fields import change_labels, read_wishes
from ansible_collections.flotilla.swarm.plugins.module_utils.node.quorum import managers
from ansible_collections.flotilla.swarm.plugins.module_utils.node.resolve import resolve
from ansible_collections.flotilla.swarm.plugins.module_utils.node.steps import guard_quorum, plan_steps

FIXTURES = Path(__file__).parent / "fixtures"
DEFAULTS = {"labels_state": "merge", "state": "present", "force": False, "remove_stale": False}


def steps(swarm, *wishes, **outside):
    """The steps of one call as ``action hostname``, and what force overrides."""
    nodes = json.loads((FIXTURES / f"nodes_{swarm}.json").read_text())
    targets = resolve(read_wishes({**DEFAULTS, **outside, "nodes": wishes}), nodes)
    planned = plan_steps(targets, nodes)
    overridden = guard_quorum(planned, managers(nodes), wait=True)
    return [f"{step.action} {step.plan.name}" for step in planned], overridden


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ([{"hostname": "node1"}], []),
        ([{"hostname": "node1", "role": "manager", "availability": "active"}], []),
        ([{"hostname": "node4", "labels": {"a": "1"}}], ["update node4"]),
        ([{"hostname": "node4", "role": "manager", "labels": {"a": "1"}}], ["promote node4"]),
        ([{"hostname": "node9", "state": "absent"}], []),
        ([{"hostname": "node4", "state": "absent"}], ["remove node4"]),
        ([{"hostname": "node3", "state": "absent", "role": "worker"}], ["demote node3", "remove node3"]),
        ([{"hostname": "node3", "state": "absent", "force": True}], ["demote node3", "remove node3"]),
        # The unreachable one leaves 2 of 2, and the new one makes room for a demotion.
        (
            [
                {"hostname": "node3", "state": "absent", "role": "worker"},
                {"hostname": "node2", "role": "worker"},
                {"hostname": "node1", "labels": {"a": "1"}},
                {"hostname": "node4", "role": "manager"},
            ],
            ["promote node4", "update node1", "demote node3", "demote node2", "remove node3"],
        ),
    ],
)
def test_steps_come_in_the_order_in_which_they_are_safe(wishes, expected):
    assert steps("one_unreachable", *wishes) == (expected, [])


@pytest.mark.parametrize(
    ("wishes", "reason", "sentence"),
    [
        ([{"hostname": "node2", "role": "worker"}], "quorum", "demoting node2 would leave 2 managers of which 1 is"),
        ([{"hostname": "node2", "availability": "drain"}], "quorum", "draining node2 while 1 of 3 managers is"),
        (
            [{"hostname": "node3", "role": "worker"}, {"hostname": "node2", "role": "worker"}]
            + [{"hostname": "node1", "role": "worker", "force": True}],
            "last_manager",
            "demoting node1 would leave no manager; promote another node first",
        ),
        ([{"hostname": "node3", "state": "absent"}], "node_is_manager", "node3 is a manager and cannot be removed"),
    ],
)
def test_what_is_refused_says_why(wishes, reason, sentence):
    with pytest.raises(SwarmError) as caught:
        steps("one_unreachable", *wishes)
    assert caught.value.reason == reason
    assert str(caught.value).startswith(sentence)


def test_force_overrides_and_says_so():
    assert steps("one_unreachable", {"hostname": "node2", "role": "worker"}, force=True) == (
        ["demote node2"],
        [
            "demoting node2 would leave 2 managers of which 1 is reachable; a majority of 2 needs 2; "
            "done all the same because of force"
        ],
    )


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ([{"hostname": "node3"}], ["remove node3", "remove node3"]),
        ([{"hostname": "node3", "remove_stale": False}], []),
        ([{"hostname": "node1"}, {"hostname": "node4"}], []),
        ([{"hostname": "node3"}, {"hostname": "kmbxs7dwsyh4hwgq691g59zoi", "state": "absent"}], ["remove node3"] * 2),
    ],
)
def test_remove_stale_takes_what_is_left_of_earlier_memberships(wishes, expected):
    assert steps("stale", *wishes, remove_stale=True) == (expected, [])


@pytest.mark.parametrize(
    ("given", "present", "expected"),
    [
        ({"labels": {"b": 2}}, {"a": "1"}, {"a": "1", "b": "2"}),
        ({"labels": {"b": ""}}, None, {"b": ""}),
        ({"labels": {"b": None, "c": True}}, {}, {"b": "", "c": "true"}),
        ({"labels": {}}, {"a": "1"}, {"a": "1"}),
        ({"labels": {}, "labels_state": "replace"}, {"a": "1"}, {}),
        ({"labels_state": "replace"}, {"a": "1"}, {"a": "1"}),
        ({"labels": {"b": 2}, "labels_state": "replace"}, {"a": "1"}, {"b": "2"}),
        (
            {"labels": {"b": 2}, "labels_state": "replace"},
            {"flotilla.swarm.host": "x", "a": "1"},
            {"flotilla.swarm.host": "x", "b": "2"},
        ),
        (
            {"labels": {"flotilla.swarm.host": "y"}, "labels_state": "replace"},
            {"flotilla.swarm.host": "x"},
            {"flotilla.swarm.host": "y"},
        ),
        ({"labels_to_remove": ["flotilla.swarm.host"]}, {"flotilla.swarm.host": "x"}, {}),
        ({"labels_to_remove": ["a", "not there"]}, {"a": "", "b": "2"}, {"b": "2"}),
    ],
)
def test_labels(given, present, expected):
    assert change_labels(given, present) == expected


def test_a_label_is_not_set_and_removed_at_once():
    with pytest.raises(SwarmError, match="labels_to_remove: a is named in labels as well"):
        change_labels({"labels": {"a": 1}, "labels_to_remove": ["a"]}, {})


def test_what_a_node_does_not_say_is_taken_from_outside():
    first, second = read_wishes(
        {
            **DEFAULTS,
            "labels": {"a": "1"},
            "force": True,
            "nodes": [
                {"hostname": "x", "labels": None, "force": None},
                {"hostname": "y", "labels": {}, "force": False},
            ],
        }
    )
    assert (first["labels"], first["force"]) == ({"a": "1"}, True)
    assert (second["labels"], second["force"]) == ({}, False)
