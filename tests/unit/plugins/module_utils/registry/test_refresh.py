# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.filter.registry import registry_auth
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.refresh import choose, why_not


class Client:
    """One that has credentials for one registry."""

    def image_headers(self, image):
        return {"X-Registry-Auth": "e30"} if image.startswith("reg.example.com/") else {}


def service(name="web", image="reg.example.com/web:1", mode="Replicated", state=None):
    spec = {"Name": name, "Mode": {mode: {}}, "TaskTemplate": {"ContainerSpec": {"Image": image}}}
    return {"ID": name, "Spec": spec, "UpdateStatus": {"State": state} if state else None}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(service(), None, id="a service"),
        pytest.param(service(state="completed"), None, id="one whose update is over"),
        pytest.param(service(image="other.example.com/web:1"), "", id="another registry"),
        pytest.param(service(mode="ReplicatedJob"), "a job would run again", id="a job"),
        pytest.param(service(mode="GlobalJob"), "a job would run again", id="a job on every node"),
        pytest.param(
            service(state="updating"),
            "it is being updated, and its tasks pull from reg.example.com with what that update was sent",
            id="one that is being updated",
        ),
    ],
)
def test_which_services_are_left_alone(raw, reason):
    assert why_not(Client(), raw) == reason


def test_services_are_taken_by_name():
    services = [service("b"), service("a")]
    assert [raw["ID"] for raw in choose(None, services)] == ["a", "b"]
    assert [raw["ID"] for raw in choose(["b"], services)] == ["b"]
    with pytest.raises(SwarmError, match="there is no service c, d in this swarm; correct services"):
        choose(["c", "b", "d"], services)


def test_credentials_of_an_inventory():
    gone = {"registry": "old.example.com", "state": "absent"}
    kept = {"registry": "reg.example.com", "username": "ann", "password": "pw", "ca_cert": "x", "state": "present"}
    assert registry_auth([gone, kept]) == [{"registry": "reg.example.com", "username": "ann", "password": "pw"}]
