# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, and that the engines are left as they are by it. The manager asked is Engine 26.1."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]


@pytest.fixture
def without_node3(on, docker, until):
    """A swarm in which one of three managers is stopped."""
    on("node3").check_output("systemctl stop docker.socket docker.service")
    until(lambda: docker("node", "inspect", "node3", "--format", "{{.ManagerStatus.Reachability}}") == "unreachable")
    yield
    on("node3").check_output("systemctl start docker.service")
    until(lambda: docker("node", "inspect", "node3", "--format", "{{.ManagerStatus.Reachability}}") == "reachable")


@pytest.fixture
def namesake(on, docker, until):
    """node4 under the name of node3."""
    for name, count in (("node3", 2), ("node4", 1)):
        on("node4").check_output(f"hostname {name} && systemctl restart docker")
        until(lambda count=count: docker("node", "ls", "--format", "{{.Hostname}}").split().count("node3") == count)
        if name == "node3":
            yield


def rejoin(node4, docker, address):
    """Leave and join again, so that the swarm has a second node of that name."""
    token = docker("swarm", "join-token", "--quiet", "worker")
    node4.check_output("docker swarm leave")
    node4.check_output(f"docker swarm join --token {token} {address}:2377")


def test_quorum(without_node3, refuse, run, nodes):
    assert refuse("node", "quorum", nodes, hostname="node2", role="worker").startswith(
        "demoting node2 would leave 2 managers of which 1 is reachable; a majority of 2 needs 2; "
    )
    assert refuse("node", "quorum", nodes, hostname="node1", availability="drain").startswith(
        "draining node1 while 1 of 3 managers is unreachable: were it stopped then, 1 would be reachable, "
        "and a majority of 3 needs 2; "
    )
    refuse("node", "node_is_manager", nodes, hostname="node3", state="absent")
    allowed = [{"hostname": "node3", "role": "worker"}, {"hostname": "node4", "availability": "drain"}]
    assert run("node", check=True, nodes=allowed)["changed"]
    assert run("node", check=True, hostname="node2", role="worker", force=True)["changed"]


def test_a_manager_that_is_gone_is_removed_and_its_successor_stays(without_node3, change, nodes, docker, on, host):
    address = host.ansible.get_variables()["ansible_host"]
    after = change("node", nodes, hostname="node3", role="worker", state="absent")
    assert sorted(after) == ["node1", "node2", "node4"]
    on("node3").check_output("systemctl start docker.service && docker swarm leave --force")
    token = docker("swarm", "join-token", "--quiet", "manager")
    on("node3").check_output(f"docker swarm join --token {token} {address}:2377")


def test_all_three_managers_cannot_become_workers(refuse, nodes):
    every = [{"hostname": name} for name in ("node1", "node2", "node3")]
    assert "would leave no manager" in refuse("node", "last_manager", nodes, nodes=every, role="worker")


def test_a_name_that_fits_no_node(refuse, nodes):
    wishes = [{"hostname": "node4", "labels": {"a": "1"}}, {"hostname": "node9"}]
    message = refuse("node", "unknown_node", nodes, nodes=wishes)
    assert message.endswith("'node9'; its nodes are node1, node2, node3, node4")


def test_a_name_that_fits_two_nodes(namesake, refuse, run, docker):
    def ask():
        return docker("node", "inspect", *docker("node", "ls", "--quiet").split())

    message = refuse("node", "ambiguous_node", ask, hostname="node3", labels={"a": "1"})
    assert message.startswith("'node3' fits 2 nodes: ")
    for node in ask():
        if node["Description"]["Hostname"] == "node3":
            assert node["ID"] in message
            assert run("node", hostname=node["ID"], labels={"a": "1"})["changed"]


def test_a_node_that_left_and_came_back(run, docker, on, until, host):
    def states():
        return sorted(docker("node", "ls", "--filter", "name=node4", "--format", "{{.Status}}").split())

    rejoin(on("node4"), docker, host.ansible.get_variables()["ansible_host"])
    until(lambda: states() == ["Down", "Ready"])
    assert run("node", hostname="node4", labels={"a": "1"})["node"]["state"] == "ready"
    assert run("node", hostname="node4", state="absent")["failure"]["reason"] == "ambiguous_node"
    assert run("node", check=True, hostname="node4", remove_stale=True)["changed"]
    assert states() == ["Down", "Ready"]
    assert run("node", hostname="node4", remove_stale=True)["changed"]
    assert states() == ["Ready"]
    assert not run("node", hostname="node4", remove_stale=True)["changed"]


def test_only_a_node_that_has_left_is_removed(run, nodes, docker, on, host):
    result = run("node", hostname="node4", state="absent", wait_timeout=2)
    assert result["failure"]["reason"] == "node_is_ready"
    assert "node4" in nodes()
    on("node4").check_output("docker swarm leave")
    assert run("node", hostname="node4", state="absent")["changed"]
    assert "node4" not in nodes()
    assert not run("node", hostname="node4", state="absent")["changed"]
    token = docker("swarm", "join-token", "--quiet", "worker")
    address = host.ansible.get_variables()["ansible_host"]
    on("node4").check_output(f"docker swarm join --token {token} {address}:2377")


@pytest.mark.parametrize("module", ["node_info", "node"])
def test_a_worker_says_where_to_run(module, on, host):
    options = {"node_info": '{"name": ["node1"]}', "node": '{"hostname": "node1"}'}
    result = on("node4").ansible(f"flotilla.swarm.{module}", options[module])
    assert f"{host.ansible.get_variables()['ansible_host']}:2377" in result["msg"]
