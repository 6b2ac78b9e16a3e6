# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.network.judge import (
    Users,
    judge_allocated,
    judge_gone,
    judge_unused,
    users,
)

FIXTURES = Path(__file__).parent / "fixtures"


def recorded(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())


def network(name):
    return next(raw for raw in recorded("networks") if raw["Name"] == name)


def test_a_service_on_a_network_uses_it():
    seen = recorded("used")
    verdict = judge_unused("full", users(network("full"), seen["services"], seen["tasks"], {}))
    assert (verdict.state, verdict.reason) == ("failed", "network full is used by service web")


def test_a_service_that_publishes_a_port_uses_the_routing_mesh():
    seen = recorded("used")
    assert users(network("ingress"), seen["services"], [], {}) == Users(services=("web",))
    seen["services"][0]["Spec"]["EndpointSpec"]["Ports"][0]["PublishMode"] = "host"
    assert users(network("ingress"), seen["services"], [], {}) == Users()


def test_others_do_not_use_it():
    seen = recorded("used")
    assert users(network("auto"), seen["services"], seen["tasks"] + seen["stopping"], {}) == Users()


def test_tasks_of_a_service_that_is_gone_are_waited_for():
    stopping = recorded("used")["stopping"]
    found = users(network("full"), [], stopping, {})
    assert found.stopping
    assert set(found.stopping) <= {task["ID"] for task in stopping}
    assert judge_unused("full", found).state == "pending"
    for task in stopping:
        task["Status"]["State"] = "shutdown"
    assert judge_unused("full", users(network("full"), [], stopping, {})).state == "done"


def test_a_container_without_a_service_is_found_on_its_node():
    seen = recorded("attached")
    hostnames = {raw["ID"]: raw["Description"]["Hostname"] for raw in seen["nodes"]}
    found = users({"Id": "8rznfafzj4x0cqj9r90a8ehkd", "Name": "net2"}, [], seen["tasks"], hostnames)
    assert judge_unused("net2", found).reason == (
        "network net2 is used by containers 000e4ae6ead0 on node4, 8846c2314dee on node3"
    )


def test_services_and_containers_are_told_together():
    found = Users(services=("api", "web"), containers=("1234 on node1",), stopping=("x",))
    assert (
        judge_unused("net", found).reason == "network net is used by services api, web and by container 1234 on node1"
    )


@pytest.mark.parametrize(
    ("name", "state", "hold"), [("full", "done", 0.0), ("mv", "done", 0.0), ("overlapping", "failed", 10.0)]
)
def test_a_network_without_a_driver_has_no_addresses(name, state, hold):
    verdict = judge_allocated(name, network(name))
    assert (verdict.state, verdict.hold) == (state, hold)


@pytest.mark.parametrize(("seen", "state"), [(None, "done"), ({"Id": "x"}, "pending")])
def test_gone(seen, state):
    assert judge_gone("net", seen).state == state
