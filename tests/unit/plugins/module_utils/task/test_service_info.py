# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service is, runs and answers at."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.service.info import look_up

NOTHING = dict.fromkeys(("name", "label", "mode"))
NODES = ["192.0.2.2", "192.0.2.3", "192.0.2.4"]


@pytest.fixture
def service(client):
    """One service of the listing."""
    return lambda name: look_up(client, {**NOTHING, "name": [name]})["services"][0]


def test_all_services_take_four_requests(client):
    assert [item["name"] for item in look_up(client, NOTHING)["services"]] == ["bad", "each", "job", "web"]
    assert [path for path, _query in client.asked] == ["/services", "/tasks", "/nodes", "/networks"]


def test_names_ask_for_no_other_tasks(client):
    services = look_up(client, {**NOTHING, "name": ["web-id", "nowhere"]})["services"]
    assert [item["name"] for item in services] == ["web"]
    assert client.asked[1] == ("/tasks", {"filters": {"service": ["web-id"]}})


def test_labels_and_modes_are_asked_of_the_engine(client):
    look_up(client, {**NOTHING, "label": ["a=b"], "mode": ["global"]})
    assert client.asked[0] == ("/services", {"status": True, "filters": {"label": ["a=b"], "mode": ["global"]}})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", ("replicated", 2, 2, 0, 2)),
        ("each", ("global", 3, 3, 0, 3)),
        ("job", ("replicated-job", 0, 2, 2, 2)),
        ("bad", ("replicated", 0, 1, 0, 2)),
    ],
)
def test_mode_and_numbers(service, name, expected):
    shown = service(name)
    numbers = (shown["running"], shown["desired"], shown["completed"], len(shown["tasks"]))
    assert (shown["mode"], *numbers) == expected


def test_a_task_of_a_lost_node_does_not_run(service, swarm):
    next(node for node in swarm["nodes"] if node["ID"] == "node3-id")["Status"]["State"] = "down"
    shown = service("each")
    assert (shown["running"], shown["desired"], len(shown["tasks"])) == (2, 3, 3)


def test_a_task_that_is_being_stopped_does_not_count(service, swarm):
    next(task for task in swarm["tasks"] if task["ServiceID"] == "web-id")["DesiredState"] = "shutdown"
    assert (service("web")["running"], service("web")["desired"]) == (1, 2)


def test_the_spec_has_the_options_of_module_service(service):
    spec = service("web")["spec"]
    assert (spec["image"], spec["replicas"], spec["labels"]) == ("flotilla/web:1", 2, {"tier": "a"})
    assert [network["name"] for network in spec["networks"]] == ["front"]


def test_networks_with_their_addresses(service):
    assert service("web")["networks"] == [
        {"name": "front", "id": "front-id", "vip": "10.0.1.2/24"},
        {"name": "ingress", "id": "ingress-id", "vip": "10.0.0.5/24"},
    ]


def test_a_network_without_an_address(service, swarm):
    del swarm["services"][1]["Endpoint"]["VirtualIPs"]
    assert service("web")["networks"] == [{"name": "front", "id": "front-id", "vip": None}]


def port(mode, published, addresses):
    return {
        "mode": mode,
        "endpoint_mode": "vip",
        "published_port": published,
        "target_port": 8080,
        "protocol": "tcp",
        "addresses": addresses,
        "nodes": [
            {"id": f"node{number}-id", "hostname": f"node{number}", "address": address, "availability": "active"}
            for number, address in enumerate(NODES, 1)
            if address in addresses
        ],
    }


def test_endpoints_are_where_a_task_runs_or_on_every_node(service):
    # The Engine of each node has chosen the port that was left open.
    assert service("web")["endpoints"] == [port("host", 32768, NODES[:2]), port("ingress", 9090, NODES)]
    assert service("each")["endpoints"] == [port("host", 8081, NODES)]


def test_a_node_that_is_down_answers_nowhere(service, swarm):
    swarm["nodes"] = [{**node, "Status": {**node["Status"], "State": "down"}} if node["ID"] == "node2-id" else node
                      for node in swarm["nodes"]]  # fmt: skip
    assert service("web")["endpoints"] == [port("host", 32768, NODES[:1]), port("ingress", 9090, [NODES[0], NODES[2]])]


def test_nothing_answers_while_no_task_runs(service, swarm):
    for task in swarm["tasks"]:
        task["Status"]["State"] = "starting"
    assert service("web")["endpoints"] == [port("host", None, []), port("ingress", 9090, [])]
    assert service("each")["endpoints"] == [port("host", 8081, [])]


def test_a_task_that_is_being_stopped_answers_nowhere(service, swarm):
    for task in swarm["tasks"]:
        task["DesiredState"] = "shutdown"
    assert service("web")["endpoints"] == [port("host", None, []), port("ingress", 9090, [])]


def test_what_a_drained_node_is(service, swarm):
    swarm["nodes"][0]["Spec"]["Availability"] = "drain"
    mesh = service("web")["endpoints"][1]
    assert mesh["addresses"] == NODES
    assert [node["availability"] for node in mesh["nodes"]] == ["drain", "active", "active"]
