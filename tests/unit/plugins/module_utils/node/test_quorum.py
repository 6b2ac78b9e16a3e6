# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.node.quorum import (
    majority,
    object_to_demotion,
    object_to_drain,
)


def swarm(signs):
    """Managers m1, m2, ... of which ``+`` is reachable and ``-`` is not."""
    return {f"m{number}": sign == "+" for number, sign in enumerate(signs, 1)}


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_majority(count, needed):
    assert majority(count) == needed


@pytest.mark.parametrize(
    ("managers", "demoted", "objection"),
    [
        ("+++", "m2", None),
        ("++-", "m3", None),
        ("+-", "m2", None),
        ("+", "m2", None),  # a worker, or a manager that has not joined the others yet
        ("+++--", "m5", None),
        ("+", "m1", "demoting m1 would leave no manager"),
        ("++-", "m2", "demoting m2 would leave 2 managers of which 1 is reachable; a majority of 2 needs 2"),
        ("+++--", "m1", "demoting m1 would leave 4 managers of which 2 are reachable; a majority of 4 needs 3"),
        ("+-", "m1", "demoting m1 would leave 1 manager of which 0 are reachable; a majority of 1 needs 1"),
    ],
)
def test_demotion(managers, demoted, objection):
    assert object_to_demotion(swarm(managers), demoted, demoted) == objection


@pytest.mark.parametrize(
    ("managers", "before", "drained", "objection"),
    [
        ("+++", set(), "m1", None),
        ("+++", {"m1", "m2"}, "m3", None),  # managers that are drained for good
        ("+", set(), "m1", None),
        ("++-", set(), "worker", None),
        ("++-", set(), "m3", None),  # it cannot be stopped again
        ("++++-", set(), "m1", None),
        (
            "++-",
            set(),
            "m1",
            "draining m1 while 1 of 3 managers is unreachable: were it stopped then, 1 would be reachable, "
            "and a majority of 3 needs 2",
        ),
        (
            "++++-",
            {"m1"},
            "m2",
            "draining m2 while 1 of 5 managers is unreachable: were it stopped then, 2 would be reachable, "
            "and a majority of 5 needs 3",
        ),
        (
            "+++--",
            set(),
            "m1",
            "draining m1 while 2 of 5 managers are unreachable: were it stopped then, 2 would be reachable, "
            "and a majority of 5 needs 3",
        ),
    ],
)
def test_drain(managers, before, drained, objection):
    assert object_to_drain(swarm(managers), before, drained, drained) == objection
