# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.wait import Verdict
from ansible_collections.flotilla.swarm.plugins.module_utils.service.judge import judge
from ansible_collections.flotilla.swarm.plugins.module_utils.service.progress import progress_line

MOMENTS = json.loads((Path(__file__).parent / "fixtures" / "moments.json").read_text())


def line(seen, known=frozenset()):
    verdict = judge(seen["service"], seen["tasks"], seen["nodes"], set(known))
    return progress_line(seen["service"], seen["tasks"], seen["nodes"], verdict)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("just created", "web  0/2 running · web.2 preparing on node2"),
        ("two running", "web  2/2 running · watched for 5s"),
        ("updating", "web  0/2 updated · web.2 starting on node3"),
        ("no suitable node", "nowhere  0/2 running · nowhere.2 pending: no suitable node "
         "(scheduling constraints not satisfied on 3 nodes)"),
        ("crash loop", "crash  0/1 running · crash.1 broke 4 times: task: non-zero exit (5)"),
        ("global", "agent  3/3 running · watched for 5s"),
    ],
)  # fmt: skip
def test_a_line_says_how_far_a_service_is_and_what_holds_it_up(name, told):
    assert line(copy.deepcopy(MOMENTS[name])) == told


def test_a_service_that_is_rolled_back():
    seen = copy.deepcopy(MOMENTS["two running"])
    seen["service"]["UpdateStatus"] = {"State": "rollback_started", "Message": "x"}
    assert line(seen) == "web  2/2 rolled back"


def test_a_job():
    service = {"Spec": {"Name": "job", "Mode": {"ReplicatedJob": {"TotalCompletions": 3}}, "TaskTemplate": {}}}
    tasks = [
        {"ID": "a", "DesiredState": "complete", "Status": {"State": "complete"}},
        {"ID": "b", "Slot": 1, "DesiredState": "complete", "Status": {"State": "running"}},
    ]
    assert progress_line(service, tasks, {}, Verdict("pending", "")) == "job  1/3 completed"
    tasks[1]["Status"] = {"State": "pending"}
    assert progress_line(service, tasks, {}, Verdict("pending", "")) == "job  1/3 completed · job.1 pending"
