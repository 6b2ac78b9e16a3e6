# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of services and tasks, against what docker says of them. Engines are 26.1 and 20.10."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1", "ansible://node2"]


@pytest.fixture
def shown(run):
    """What service_info says of each service."""
    result = run("service_info")
    assert "msg" not in result, result["msg"]
    assert not result["changed"]
    return {service["name"]: service for service in result["services"]}


def test_services_are_what_docker_says(shown, docker, ps):
    listed = docker("service", "ls", "--format", "{{.Name}}|{{.Replicas}}").splitlines()
    assert sorted(f"{name}|{replicas(service)}" for name, service in shown.items()) == sorted(listed)
    for inspected in docker("service", "inspect", *shown):
        service = shown[inspected["Spec"]["Name"]]
        assert (service["id"], service["version"]) == (inspected["ID"], inspected["Version"]["Index"])
        assert (service["created"], service["updated"]) == (inspected["CreatedAt"], inspected["UpdatedAt"])
        assert service["spec"]["image"] == inspected["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
        vips = [network["vip"] for network in service["networks"] if network["vip"]]
        assert sorted(vips) == sorted(vip["Addr"] for vip in inspected["Endpoint"].get("VirtualIPs") or [])
        assert sorted(as_listed(task) for task in service["tasks"]) == sorted(ps(service["name"]))


def replicas(service):
    """The column of ``docker service ls``."""
    numbers = f"{service['running']}/{service['desired']}"
    completed = f" ({service['completed']}/{service['desired']} completed)"
    return numbers + completed if service["mode"] == "replicated-job" else numbers


def as_listed(task):
    """A task as the fixture ``ps`` returns it."""
    return (task["id"], task["name"], task["node"] or "", task["desired_state"], task["state"], task["error"] or "")


def test_the_spec_is_in_the_notation_of_module_service(shown):
    spec = shown["web"]["spec"]
    assert spec["replicas"] == 2
    assert [network["name"] for network in spec["networks"]] == ["front"]
    assert {port["mode"] for port in spec["publish"]} == {"host", "ingress"}


def test_endpoints_are_where_a_page_is_served(shown, address, page):
    open_port, mesh = shown["web"]["endpoints"]
    assert (open_port["mode"], mesh["mode"], mesh["published_port"]) == ("host", "ingress", 9090)
    assert open_port["addresses"] == [address("node2"), address("node3")]
    assert mesh["addresses"] == [address("node1"), address("node2"), address("node3")]
    assert all(page(where, open_port["published_port"]) for where in open_port["addresses"])
    assert not page(address("node1"), open_port["published_port"])
    (fixed,) = shown["each"]["endpoints"]
    assert len(fixed["addresses"]) == 3
    assert all(page(where, 8081) for where in fixed["addresses"])


def test_a_task_that_failed_has_the_exit_code_of_its_container(run, on):
    tasks = run("task_info", service=["bad"], state=["failed"])["tasks"]
    assert len(tasks) == 2
    assert tasks[0]["created"] > tasks[1]["created"]
    for task in tasks:
        inspect = f"docker inspect --format '{{{{.State.ExitCode}}}}' {task['container_id']}"
        assert on(task["node"]).check_output(inspect) == str(task["exit_code"]) == "3"


def test_what_runs_on_a_node(run, on, address):
    tasks = run("task_info", node=[address("node3")], desired_state=["running"])["tasks"]
    assert {task["node"] for task in tasks} == {"node3"}
    running = on("node3").check_output("docker ps --no-trunc --quiet").split()
    assert sorted(task["container_id"] for task in tasks) == sorted(running)
