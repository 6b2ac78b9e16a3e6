# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said where something is missing that everything needs: one sentence with what to do."""

from __future__ import annotations

import pytest
from plays import play

ABSENT = "Docker Engine is not installed on this host; install it with role flotilla.swarm.engine"
STOPPED = "Docker Engine is installed on this host and does not run; start it with systemctl start docker"
DENIED = "this user may not use its socket; use become: true, or put the user into group docker"
LIBRARY = "is not installed for the Python that runs this module on this host, and docker_host needs it"
REMOTE = "tcp://127.0.0.1:2375"

OTHERS = {"managers": ["node1"], "workers": ["node2", "node3"]}
NODES = {"swarm_managers": ["node1"], "swarm_workers": ["node2"]}


@pytest.fixture
def failure(on):
    """Why a module fails on a machine."""

    def failure(name, module="cluster_info", options=None):
        machine = on(name)
        try:
            return machine.ansible(f"flotilla.swarm.{module}", options, check=False)
        except machine.ansible.AnsibleException as exc:
            return exc.result

    return failure


@pytest.fixture(scope="module", autouse=True)
def no_swarm(on):
    """The example's swarm is taken apart."""
    for name in ("node3", "node2", "node1"):
        on(name).run("docker swarm leave --force")


@pytest.fixture(scope="module")
def without_engine(on):
    """A machine whose Engine was removed."""
    on("node3").check_output("DEBIAN_FRONTEND=noninteractive apt-get remove -qy docker.io python3-docker")
    return "node3"


@pytest.fixture
def stopped(on):
    """A machine whose Engine is stopped while a test goes on."""
    on("node2").check_output("systemctl stop docker.socket docker")
    yield "node2"
    on("node2").check_output("systemctl start docker.socket docker")


def test_no_engine(failure, without_engine):
    assert failure(without_engine)["msg"] == f"the Engine cannot be reached: {ABSENT}"


def test_no_engine_where_a_stack_is_to_run(without_engine):
    outcome = play("flotilla.swarm.deploy", {"swarm_managers": [without_engine]})
    told = f"no manager of a swarm is in service ({without_engine}: the Engine cannot be reached: {ABSENT})"
    assert told in outcome.text
    assert outcome.status == 2


def test_no_engine_where_a_swarm_is_to_be_built(without_engine, tmp_path):
    roles = tmp_path / "roles.yml"
    roles.write_text("- {hosts: 'swarm_*', gather_facts: false, roles: [flotilla.swarm.cluster]}\n", encoding="utf-8")
    outcome = play(roles, {"swarm_managers": ["node1"], "swarm_workers": [without_engine]})
    assert (
        f"{without_engine} could not be asked ({without_engine}: the Engine cannot be reached: {ABSENT})"
        in outcome.text
    )
    assert outcome.status == 2
    outcome = play(roles, {"swarm_workers": ["node1"]})
    assert "no host of this run is in group swarm_managers, and without a manager there is no swarm" in outcome.text
    assert outcome.status == 2


def test_an_engine_that_is_stopped(failure, stopped):
    assert failure(stopped)["msg"] == f"the Engine cannot be reached: {STOPPED}"


def test_no_permission_on_the_socket(on, failure):
    on("node1").check_output("id ada || useradd --create-home ada")
    outcome = play("flotilla.swarm.deploy", {"swarm_managers": {"node1": {"ansible_become_user": "ada"}}})
    assert f"(node1: the Engine cannot be reached: {DENIED})" in outcome.text
    assert outcome.status == 2


@pytest.mark.parametrize(
    ("machine", "address", "library", "remedy"),
    [
        ("node3", REMOTE, "docker", "install python3-docker"),
        ("node3", "ssh://root@127.0.0.1", "docker", "install python3-docker, or set use_ssh_client: true"),
        ("node1", "ssh://root@127.0.0.1", "paramiko", "install python3-paramiko, or set use_ssh_client: true"),
    ],
)
def test_no_library(failure, without_engine, machine, address, library, remedy):
    result = failure(machine, options=f"docker_host={address}")
    assert result["msg"].startswith(f"the Python library '{library}' {LIBRARY}")
    assert result["msg"].endswith(f"; {remedy}")
    assert result["failure"]["library"] == library


@pytest.mark.parametrize("playbook", ["site", "load_balancer"])
def test_groups_of_other_names(playbook):
    outcome = play(f"flotilla.swarm.{playbook}", OTHERS)
    assert "its groups with hosts are lab, managers, workers; put the" in outcome.text
    assert outcome.status not in (0, 2)
    assert outcome.recap == {}


def test_groups_of_other_names_that_are_told():
    names = {"swarm_managers_group": "managers", "swarm_workers_group": "workers"}
    outcome = play("flotilla.swarm.reset", OTHERS, **names)
    assert "say -e swarm_reset_confirm=true if that is meant" in outcome.text
    assert outcome.status == 2


@pytest.mark.parametrize(
    ("variables", "finding", "remedy"),
    [
        ({"ansible_user": "eve"}, "Permission denied", "check its ansible_user"),
        (
            {"ansible_ssh_common_args": "-o UserKnownHostsFile=/dev/null -o ControlPath=none"},
            "Host key verification failed.",
            "log in to it once with ssh",
        ),
    ],
    ids=["a user who is not let in", "a host that is not known"],
)
def test_who_is_not_let_in(variables, finding, remedy):
    outcome = play("flotilla.swarm.preflight", {**NODES, "swarm_managers": {"node1": variables}})
    assert "error answer node1 Ansible cannot reach it: " in outcome.text
    assert finding in outcome.text
    assert f"-> {remedy}" in outcome.text
    assert outcome.status == 2


@pytest.mark.parametrize(
    ("password", "finding", "remedy"),
    [
        ({}, "Missing sudo password", "give the password with --ask-become-pass"),
        ({"ansible_become_password": "wrong"}, "Incorrect sudo password", "give the right password"),
        (
            {"ansible_become_password": "right", "ansible_user": "bob"},
            "not in the sudoers file",
            "let its ansible_user",
        ),
    ],
)
def test_who_may_not_become_root(on, password, finding, remedy):
    host = on("node1")
    for user in ("ada", "bob"):
        host.check_output(f"id {user} || useradd --create-home {user}")
        host.check_output(f"echo {user}:right | chpasswd; install -d -m 700 -o {user} /home/{user}/.ssh")
        host.check_output(f"install -o {user} /root/.ssh/authorized_keys /home/{user}/.ssh")
    host.check_output("echo 'ada ALL=(ALL) ALL' > /etc/sudoers.d/ada")
    variables = {"ansible_user": "ada", **password}
    outcome = play(
        "flotilla.swarm.preflight", {**NODES, "swarm_managers": {"node1": variables}}, preflight_network=False
    )
    assert finding in outcome.text
    assert f"-> {remedy}" in outcome.text
    assert outcome.status == 2
