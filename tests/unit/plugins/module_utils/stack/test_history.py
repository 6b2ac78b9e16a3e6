# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import copy

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.history import (
    Deploy,
    choose,
    keep,
    needs,
    plan_restored,
    read,
    title,
)

SPEC = {
    "Name": "shop_web",
    "Labels": {"a": "b"},
    "TaskTemplate": {
        "ContainerSpec": {"Image": "web:1", "Secrets": [{"SecretName": "key_v2", "File": {"Name": "key"}}]},
        "Networks": [{"Target": "shop_default", "Aliases": ["web"]}],
    },
    "Mode": {"Replicated": {"Replicas": 2}},
}
NETWORKS, REFERENCES = {"n1": "shop_default"}, {"secrets": {"key_v2": "s2"}, "configs": {}}


def deploys(*numbers):
    return [Deploy(number, {"shop_web": {"Name": str(number)}}, f"id{number}") for number in numbers]


@pytest.mark.parametrize(
    ("kept", "number", "chosen"),
    [((3, 2, 1), None, 2), ((3, 2, 1), 1, 1), ((3, 2, 1), 3, 3), ((7,), 7, 7)],
    ids=["the one before the last", "a number", "the last itself", "the only one"],
)
def test_the_deploy_to_go_back_to(kept, number, chosen):
    assert choose("shop", deploys(*kept), number).number == chosen


@pytest.mark.parametrize(
    ("kept", "number", "told"),
    [
        ((), None, "stack shop has nothing to go back to: no deploy is kept; deploys are kept with history"),
        ((), 4, "stack shop has nothing to go back to: no deploy is kept; deploys are kept with history"),
        ((5,), None, "stack shop has nothing to go back to: only deploy 5 is kept; deploys"),
        ((5, 4), 3, "stack shop: deploy 3 is not kept; choose one of 5, 4"),
    ],
)
def test_no_deploy_to_go_back_to(kept, number, told):
    with pytest.raises(SwarmError) as caught:
        choose("shop", deploys(*kept), number)
    assert str(caught.value).startswith(told)
    assert caught.value.reason == "nothing_to_roll_back"


class Engine:
    """Takes configs."""

    def __init__(self, error=None):
        self.bodies, self.error = [], error

    def post(self, path, body):
        assert path == "/configs/create"
        if self.error:
            raise self.error
        self.bodies.append(body)
        return {"ID": "new"}


def test_what_is_kept_can_be_read_again():
    engine = Engine()
    kept = keep(engine, "shop", deploys(4, 3), {"shop_web": SPEC})
    assert (kept.number, kept.id) == (5, "new")
    body = engine.bodies[0]
    assert body["Name"] == "shop.deploy.5"
    assert b"key_v2" not in base64.b64decode(body["Data"])
    again = read({"ID": "new", "CreatedAt": "now", "Spec": body})
    assert (again.number, again.services, again.created) == (5, {"shop_web": SPEC}, "now")
    # It is kept already.
    assert keep(engine, "shop", [again], {"shop_web": SPEC}) is None
    assert keep(engine, "shop", [], {}).number == 1


def test_what_the_engine_does_not_keep():
    with pytest.raises(SwarmError, match="stack shop: .*too large; use history: 0 to do without") as caught:
        keep(Engine(EngineError("too large", status=400)), "shop", [], {"shop_web": SPEC})
    assert caught.value.reason == "deploy_not_kept"


def test_names_are_as_short_as_the_engine_wants():
    assert title("s" * 63, Deploy(12, {})) == "s" * 54 + ".deploy.12"


def test_what_a_deploy_needs():
    spec = {
        "TaskTemplate": {
            "ContainerSpec": {
                "Secrets": [{"SecretName": "key"}],
                "Configs": [{"ConfigName": "page"}, {"ConfigName": "also"}],
                "Privileges": {"CredentialSpec": {"Config": "credential"}},
            }
        }
    }
    wanted = {"networks": ["shop_default"], "secrets": ["key", "key_v2"], "configs": ["also", "credential", "page"]}
    assert needs(Deploy(1, {"shop_web": SPEC, "shop_api": spec})) == wanted


def live(**changes):
    """The service as the Engine has it."""
    spec = copy.deepcopy(SPEC)
    spec["TaskTemplate"]["Networks"][0]["Target"] = "n1"
    spec["TaskTemplate"]["ContainerSpec"]["Secrets"][0]["SecretID"] = "s2"
    return {"Spec": {**spec, **changes}}


@pytest.mark.parametrize(
    ("service", "action"),
    [(None, "create"), (live(), "keep"), (live(Labels={"a": "c"}), "update")],
    ids=["it is gone", "it is so", "it differs"],
)
def test_a_service_as_it_was(service, action):
    plan = plan_restored("shop_web", SPEC, service, NETWORKS, REFERENCES, recreate=False)
    assert plan.action == action
    assert plan.spec["Labels"] == {"a": "b"}
    assert plan.spec["TaskTemplate"]["Networks"] == [{"Target": "n1", "Aliases": ["web"]}]
    assert plan.spec["TaskTemplate"]["ContainerSpec"]["Secrets"][0]["SecretID"] == "s2"


def test_a_service_of_another_mode_is_created_again_on_request():
    other = live(Mode={"Global": {}})
    with pytest.raises(SwarmError, match="mode cannot be changed from global to replicated"):
        plan_restored("shop_web", SPEC, other, NETWORKS, REFERENCES, recreate=False)
    plan = plan_restored("shop_web", SPEC, other, NETWORKS, REFERENCES, recreate=True)
    assert (plan.action, plan.spec["Mode"]) == ("recreate", {"Replicated": {"Replicas": 2}})
