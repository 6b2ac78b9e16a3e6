# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins that must fail, each with its own message, and leave the engine as it was. They are tried on node6, an Engine
20.10 that is in no swarm, against the swarm that the tests before have left; node4 is a swarm of its own."""

from __future__ import annotations

import json

import pytest
from faults.tests.test_dead_manager import MANAGERS, WORKERS
from plays import play

testinfra_hosts = ["ansible://node6"]

INIT = "docker swarm init --advertise-addr %s > /dev/null; docker info --format '{{.Swarm.Cluster.ID}}'"
TOKEN = "docker swarm join-token --quiet %s"


@pytest.fixture(scope="module", autouse=True)
def no_firewall():
    """Nodes answer machines that are none, which site has shut out."""
    groups = {"swarm_managers": MANAGERS, "swarm_workers": WORKERS}
    assert play("flotilla.swarm.firewall", groups, firewall_state="absent").changed == len(MANAGERS + WORKERS)


@pytest.fixture(scope="module", autouse=True)
def other(on, address):
    """ID of a swarm that is not the one to join."""
    return on("node4").check_output(INIT, address("node4"))


@pytest.fixture
def ours(on):
    """ID of the swarm to join."""
    return on("node1").check_output("docker info --format '{{.Swarm.Cluster.ID}}'")


@pytest.fixture
def refused(run, state):
    """Try to join; return why not. The engine must be as it was."""

    def refused(reason, name="node6", member=run, **options):
        before = state(name)
        result = member("member", **options)
        assert result["failure"]["reason"] == reason, result
        assert not result.get("changed")
        assert state(name) == before
        return result["msg"]

    return refused


def test_a_token_that_was_rotated(refused, on, address):
    old = on("node1").check_output(TOKEN, "worker")
    on("node1").check_output("docker swarm join-token --rotate worker")
    message = refused("wrong_token", join_token=old, remote_addrs=[address("node1")])
    assert message.startswith("this Engine cannot join: the swarm does not take the join token; it was rotated")
    assert old not in message


def test_a_token_of_another_swarm(refused, on, address):
    token = on("node4").check_output(TOKEN, "worker")
    message = refused("wrong_token", join_token=token, remote_addrs=[address("node1")])
    assert f"the join token is another swarm's than the one at {address('node1')}" in message


def test_what_is_no_token(refused, address):
    message = refused("wrong_token", join_token="SWMTKN-1-none", remote_addrs=[address("node1")])
    assert "the swarm does not take the join token" in message
    assert "give join_token" in refused("invalid_option", remote_addrs=[address("node1")])


def test_addresses_at_which_no_manager_answers(refused, address, on):
    token = on("node1").check_output(TOKEN, "worker")
    worker, nobody = address("node5"), address("node5").rpartition(".")[0] + ".250"
    message = refused("wrong_address", join_token=token, remote_addrs=[worker, nobody, "nowhere.invalid"])
    assert f"no manager answers at {worker} (Connection refused), {nobody} (No route to host)" in message
    assert "nowhere.invalid (" in message
    assert message.endswith("; check remote_addrs and that port 2377/tcp is open")


def test_the_swarm_that_answers_is_another(refused, on, address, ours, other):
    token = on("node4").check_output(TOKEN, "worker")
    message = refused("other_swarm", cluster_id=ours, join_token=token, remote_addrs=[address("node4")])
    assert f"the manager at {address('node4')} is of swarm {other}, not of {ours}" in message


def test_an_engine_that_is_stopped(run, on, address, state):
    on("node6").check_output("systemctl stop docker.socket docker")
    result = run("member", join_token=on("node1").check_output(TOKEN, "worker"), remote_addrs=[address("node1")])
    on("node6").check_output("systemctl start docker.socket docker")
    assert result["failure"]["reason"] == "engine_unreachable"
    assert result["msg"].endswith(
        "Docker Engine is installed on this host and does not run; start it with systemctl start docker"
    )
    assert state("node6") == "inactive"


def test_an_engine_of_another_swarm(refused, on, address, ours, other):
    def member(module, **options):
        try:
            return on("node4").ansible(f"flotilla.swarm.{module}", json.dumps(options))
        except on("node4").ansible.AnsibleException as exc:
            return exc.result

    options = {"join_token": on("node1").check_output(TOKEN, "worker"), "remote_addrs": [address("node1")]}
    message = refused("other_swarm", "node4", member, cluster_id=ours, **options)
    assert message.startswith(f"this Engine is already a manager of swarm {other}, not of {ours}")
    message = refused("other_swarm", "node4", member, **options)
    assert f"not of the one at {address('node1')}" in message


def test_hosts_of_two_swarms_of_which_one_is_known(converge, nodes, state, ours, other):
    before = nodes("node1")
    outcome = converge(["node1", "node2", "node3"], ["node5", "node7", "node6", "node4"])
    assert outcome.status == 2
    assert f"{other} (node4)" in outcome.text
    assert f"{ours} (managers in service)" in outcome.text
    assert nodes("node1") == before
    assert state("node6") == "inactive"
    assert state("node4") == f"active {other}"


def test_hosts_of_two_swarms_of_which_none_is_known(converge, on, address, state, other):
    third = on("node6").check_output(INIT, address("node6"))
    outcome = converge(["node6", "node4"], [])
    assert outcome.status == 2
    assert f"{other} (node4)" in outcome.text
    assert f"{third} (node6" in outcome.text
    assert (state("node6"), state("node4")) == (f"active {third}", f"active {other}")
    on("node6").check_output("docker swarm leave --force")


def test_dead_addresses_beside_a_live_one_do_no_harm(run, on, address, nodes):
    nobody = address("node5").rpartition(".")[0] + ".250"
    token = on("node1").check_output(TOKEN, "worker")
    assert run("member", join_token=token, remote_addrs=[nobody, address("node5"), address("node2")])["changed"]
    assert ["node6", "worker", "ready"] in [node[:3] for node in nodes("node1")]
