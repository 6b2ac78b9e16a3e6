# SPDX-License-Identifier: GPL-3.0-or-later
"""The four modes of a service, which the Engine takes at creation only."""

from __future__ import annotations

import pytest

NOWHERE = {"constraints": ["node.labels.no==where"]}


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({}, {"Replicated": {"Replicas": 1}}),
        ({"mode": "replicated", "replicas": 3}, {"Replicated": {"Replicas": 3}}),
        ({"mode": "global"}, {"Global": {}}),
        ({"mode": "global-job"}, {"GlobalJob": {}}),
        ({"mode": "replicated-job"}, {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}),
        ({"mode": "replicated-job", "replicas": 4}, {"ReplicatedJob": {"MaxConcurrent": 4, "TotalCompletions": 4}}),
        (
            {"mode": "replicated-job", "replicas": 4, "max_concurrent": 2},
            {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 4}},
        ),
    ],
    ids=str,
)
def test_a_service_of_each_mode_is_made_once(given, held, engine):
    options = {"image": "flotilla/web:1", "placement": NOWHERE, **given}
    engine.name = "moody"
    assert engine.run(check=True, **options)["changed"]
    assert engine.service() is None
    assert engine.run(**options)["changed"]
    assert engine.service()["Spec"]["Mode"] == held
    engine.keep(**options)
    engine.keep(placement=NOWHERE)
    engine.keep(replicas=-1)


def test_a_job_is_changed_in_part(engine):
    engine.new(mode="replicated-job", replicas=4, placement=NOWHERE)
    changed = engine.change(max_concurrent=2)
    assert changed["Mode"] == {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 4}}
    changed = engine.change(replicas=3)
    assert changed["Mode"] == {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 3}}
