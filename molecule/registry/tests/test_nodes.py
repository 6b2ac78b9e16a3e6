# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role makes of every node, and of one that joins later."""

from __future__ import annotations

import base64

import pytest
from registry.tests.conftest import CONFIG, NODES, PASSWORD

testinfra_hosts = ["ansible://node1"]

ENTRY = {"auth": base64.b64encode(f"deployer:{PASSWORD}".encode()).decode()}
# Ansible hides a password wherever it occurs, so that it must be no word of a message.
GUESS = "guess-0815"
ALICE = "/home/alice/.docker/config.json"


@pytest.fixture
def tasks(docker, until):
    """Wait until the service runs on these nodes, and on no others."""

    def tasks(nodes):
        words = (
            "service",
            "ps",
            "private",
            "--filter",
            "desired-state=running",
            "--format",
            "{{.Node}} {{.CurrentState}}",
        )

        def running():
            return sorted(line.split()[0] for line in docker(*words).splitlines() if " Running" in line)

        until(lambda: running() == sorted(nodes))

    return tasks


def test_every_node_is_logged_in_and_runs_the_image(host, address, auths, tasks, docker):
    for node in NODES:
        machine = host.get_host(f"ansible://{node}")
        for user, path in (("root", CONFIG), ("alice", ALICE)):
            file = machine.file(path)
            assert (file.user, file.group, file.mode) == (user, user, 0o600)
            folder = machine.file(path.rpartition("/")[0])
            assert (folder.user, folder.mode, folder.listdir()) == (user, 0o700, ["config.json"])
            assert auths(node, path) == {address: ENTRY}
        # Engines of the lab have no other way to this image.
        assert machine.run(f"docker pull -q {address}/team/other:1").rc == 0
        assert machine.run(f"su - alice -c 'cat {ALICE}'").rc == 0
    tasks(NODES)
    image = docker("service", "inspect", "private")[0]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    assert image.startswith(f"{address}/team/private:1@sha256:")


def test_without_a_login_the_image_cannot_be_had(host, address, login):
    machine = host.get_host("ansible://node6")
    assert login("--check", nodes=("node6",)).changed
    machine.check_output(f"mkdir -p /etc/docker/certs.d/{address}")
    ca = host.check_output(f"cat /etc/docker/certs.d/{address}/ca.crt")
    machine.check_output("printf %%s %s > %s", ca, f"/etc/docker/certs.d/{address}/ca.crt")
    assert "no basic auth credentials" in machine.run(f"docker pull {address}/team/other:1").stderr


def test_a_node_that_joins_later(login, on, address, auths, tasks, docker):
    token = docker("swarm", "join-token", "--quiet", "worker").strip()
    leader = docker("info", "--format", "{{.Swarm.NodeAddr}}").strip()
    on("node6", f"docker swarm join --token {token} {leader}:2377")
    outcome = login(nodes=(*NODES, "node6"))
    assert outcome.changed
    assert {node for node, (changed, *_rest) in outcome.recap.items() if changed} == {"node6"}
    assert auths("node6") == auths("node6", ALICE) == {address: ENTRY}
    tasks((*NODES, "node6"))
    on("node6", "docker swarm leave")
    on("node1", "docker node rm --force node6")
    on("node6", f"rm -rf /root/.docker /home/alice/.docker /etc/docker/certs.d; docker rmi -f {address}/team/private:1")


def test_a_wrong_password_changes_nothing(login, on):
    before = on("node5", f"stat -c %i%Y {CONFIG}")
    outcome = login(password=GUESS)
    assert {failed for _changed, _unreachable, failed in outcome.recap.values()} == {1}
    assert len(outcome.recap) == len(NODES)
    assert "does not take this password of user deployer (HTTP 401)" in outcome.text
    assert on("node5", f"stat -c %i%Y {CONFIG}") == before


@pytest.fixture
def no_registry(on):
    """No registry answers during the test."""
    on("node7", "systemctl stop docker-registry")
    yield
    on("node7", "systemctl start docker-registry")


def test_whoever_has_the_credentials_asks_nobody(no_registry, login, run, address):
    assert login(nodes=NODES[:2]).changed == 0
    guess = {"registry": address, "username": "deployer", "password": GUESS}
    planned = run("registry_login", check=True, **guess)
    assert planned["registries"][0]["changed"]
    down = run("registry_login", **guess)
    assert down["failure"]["reason"] == "registry_unreachable"
    assert "cannot be reached: Connection refused" in down["msg"]


def test_logged_out(login, auths, address):
    two = ("node2", "node5")
    assert login("--check", state="absent", nodes=two).changed == len(two)
    assert auths("node2") == {address: ENTRY}
    assert login(state="absent", nodes=two).changed == len(two)
    for node in two:
        assert auths(node) == auths(node, ALICE) == {}
    assert login(nodes=two).changed == len(two)
    assert auths("node5") == auths("node5", ALICE) == {address: ENTRY}
