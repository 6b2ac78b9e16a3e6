# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from contextlib import nullcontext

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, NotFound
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.checks import lacks, misplaced, presumed

FAR = (
    "service web: no node meets its constraints (node.role == worker); change the constraints, or label or activate a "
    "node"
)
SPEC = {"Mode": {"Global": {}}, "TaskTemplate": {"Placement": {"Constraints": ["node.role == worker"]}}}


def node(state, role="worker", availability="active"):
    return {
        "ID": "n1",
        "Spec": {"Role": role, "Availability": availability},
        "Status": {"State": state, "Addr": "192.0.2.1"},
        "Description": {"Hostname": "one"},
    }


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (node("ready"), []),
        (node("unknown"), []),
        (node("down"), [FAR]),
        (node("disconnected"), [FAR]),
        (node("unknown", role="manager"), [FAR]),
        (node("unknown", availability="drain"), [FAR]),
    ],
)
def test_a_node_that_a_new_leader_has_not_heard_of_yet_may_run_tasks(there, told):
    assert misplaced("web", SPEC, {"n1": presumed(there)}) == told


class Engine:
    """What an Engine answers that may have an image, and whose registry may: answers of Engine 26.1."""

    def __init__(self, here, answer, headers):
        self.here, self.answer, self.headers = here, answer, headers

    def image_headers(self, image):
        return self.headers

    def for_image(self, image):
        return nullcontext()

    def find(self, path):
        return {"Id": "sha256:1"} if self.here else None

    def get(self, path):
        if self.answer:
            raise self.answer
        return {"Descriptor": {"digest": "sha256:2"}}


DENIED = EngineError("the Engine refuses: unauthorized: authentication required", status=401)
UNKNOWN = NotFound("the Engine refuses: manifest unknown", status=404)
LOGIN = {"X-Registry-Auth": "e30"}


@pytest.mark.parametrize(
    ("here", "answer", "headers", "told"),
    [
        pytest.param(False, None, {}, None, id="in its registry"),
        pytest.param(True, UNKNOWN, {}, None, id="on this node alone"),
        pytest.param(False, UNKNOWN, {}, "its registry has no such image, and this node neither", id="nowhere"),
        pytest.param(False, DENIED, {}, "this node does not have it, and its registry could not be asked", id="denied"),
        pytest.param(True, DENIED, LOGIN, "its registry could not be asked", id="credentials that others will need"),
        pytest.param(True, None, LOGIN, None, id="credentials that are right"),
    ],
)
def test_whether_an_image_can_be_had(here, answer, headers, told):
    reason = lacks(Engine(here, answer, headers), "registry.example.com/web:1")
    assert reason is None if told is None else reason.startswith(told)
