# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed at -vvv holds no secret. The tests go on with the swarm that the first one builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play

testinfra_hosts = ["ansible://node1"]

SCENARIO = Path(__file__).resolve().parents[1]
GROUPS = {"swarm_managers": ["node1"], "swarm_workers": ["node2"]}
PASSWORD = "Pa55-of-the-engine"
HOSTS = {
    "tcp": f"tcp://admin:{PASSWORD}@hidden-host.invalid:2375",
    "tcp that refuses": f"tcp://admin:{PASSWORD}@127.0.0.1:1",
    "ssh": f"ssh://admin:{PASSWORD}@127.0.0.1:1",
    "unix": f"unix:///run/hidden-host-{PASSWORD}.sock",
    "nonsense": f"gopher://admin:{PASSWORD}@hidden-host.invalid",
}
SERVICE = {"name": "web", "image": "flotilla/web:1", "update_config": {"monitor": "1s"}}
# As long as a real one, and of no swarm.
FOREIGN_TOKEN = "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-7p73s1dx5in4tatdymyhg9hu2"
FOREIGN_KEY = "SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8"


@pytest.fixture
def secrets(host):
    """The secret parts of the swarm's tokens and key, as the engine has them when this is called."""

    def secrets():
        shown = [host.check_output(f"docker swarm join-token --quiet {role}") for role in ("worker", "manager")]
        shown.append(host.check_output("docker swarm unlock-key --quiet"))
        assert all(secret.startswith("SWM") for secret in shown)
        return {secret.split("-", 2)[2].rpartition("-")[2] for secret in shown}

    return secrets


def silent(outcome, secrets):
    """Whether a run printed all that it can, and none of the secrets."""
    assert "invocation:" in outcome.printed
    assert [secret for secret in secrets if secret in outcome.printed] == []
    return True


@pytest.fixture
def attempt(host):
    """Run modules on a machine, each of which must succeed or fail as told."""

    def attempt(name, *attempts, **variables):
        groups = {"attempting": {name: variables}}
        outcome = play(SCENARIO / "attempts.yml", groups, "-vvv", "--diff", attempts=attempts)
        assert outcome.status == 0, outcome.printed
        return outcome

    return attempt


@pytest.fixture
def address(host):
    """The manager's address."""
    return host.ansible.get_variables()["ansible_host"]


def test_site_builds_and_repeats(secrets):
    variables = {
        "swarm_cluster_settings": {"autolock_managers": True},
        # It joins later, by hand.
        "firewall_extra_nodes": ["{{ hostvars.node3.ansible_host }}"],
    }
    outcomes = [play("flotilla.swarm.site", GROUPS, "-vvv", "--diff", **variables) for _run in range(2)]
    assert outcomes[0].changed > 0
    assert outcomes[1].changed == 0
    assert all(silent(outcome, secrets()) for outcome in outcomes)


def test_joins(attempt, host, secrets, address):
    worker = host.check_output("docker swarm join-token --quiet worker")
    nobody = address.rpartition(".")[0] + ".250"
    outcome = attempt(
        "node3",
        {
            "module": "member",
            "options": {"join_token": FOREIGN_TOKEN, "remote_addrs": [address]},
            "reason": "wrong_token",
        },
        {"module": "member", "options": {"join_token": worker, "remote_addrs": [nobody]}, "reason": "wrong_address"},
        {
            "module": "member",
            "options": {"join_token": worker, "remote_addrs": [address], "cluster_id": "another"},
            "reason": "other_swarm",
        },
        {
            "module": "member",
            "options": {"join_token": worker, "remote_addrs": [address], "listen_addr": "nonsense"},
            "reason": "join_failed",
        },
        {"module": "member", "options": {"join_token": worker, "remote_addrs": [address]}},
    )
    assert silent(outcome, {*secrets(), FOREIGN_TOKEN.rpartition("-")[2]})


def test_rotation_and_services(attempt, secrets):
    before = secrets()
    outcome = attempt(
        "node1",
        {
            "module": "cluster",
            "options": {"rotate_worker_token": True, "rotate_manager_token": True, "rotate_unlock_key": True},
        },
        {"module": "service", "options": SERVICE},
        {"module": "service", "options": {**SERVICE, "image": "flotilla/none:1"}, "reason": "rollout_failed"},
        {"module": "cluster", "options": {"node_cert_expiry": "1s"}, "reason": "engine_error"},
    )
    assert not before & secrets()
    assert silent(outcome, before | secrets())


def test_unlock(attempt, host, secrets):
    key = host.check_output("docker swarm unlock-key --quiet")
    host.check_output("systemctl restart docker")
    assert host.check_output("docker info --format '{{.Swarm.LocalNodeState}}'") == "locked"
    outcome = attempt(
        "node1",
        {"module": "cluster", "options": {}, "reason": "swarm_locked"},
        {"module": "cluster", "options": {"unlock_key": FOREIGN_KEY}, "reason": "engine_error"},
        {"module": "cluster", "options": {"unlock_key": key}},
    )
    assert host.check_output("docker info --format '{{.Swarm.LocalNodeState}}'") == "active"
    assert silent(outcome, {*secrets(), FOREIGN_KEY.rpartition("-")[2]})


def test_addresses_of_engines(attempt):
    attempts = [
        {"module": module, "options": {"docker_host": where, **options, "timeout": 5}, "reason": "engine_unreachable"}
        for where in HOSTS.values()
        for module, options in (("cluster", {}), ("service", SERVICE))
    ]
    attempts += [
        {
            "module": "member",
            "options": {"state": "absent", "docker_host": HOSTS["ssh"], "use_ssh_client": True},
            "reason": "engine_unreachable",
        }
    ]
    outcome = attempt("node2", *attempts)
    assert silent(outcome, {PASSWORD, "hidden-host", "127.0.0.1:1"})


@pytest.mark.parametrize("where", ["tcp", "unix"])
def test_addresses_of_engines_in_the_environment(attempt, host, where):
    # Ansible itself prints a task's environment, so it is set where Ansible does not see it.
    script = f'#!/bin/sh\nDOCKER_HOST={HOSTS[where]} exec /usr/bin/python3 "$@"'
    host.check_output("echo %s > /root/python3 && chmod 755 /root/python3", script)
    outcome = attempt(
        "node1",
        {"module": "service", "options": SERVICE, "reason": "engine_unreachable"},
        {"module": "member", "options": {"state": "absent"}, "reason": "engine_unreachable"},
        ansible_python_interpreter="/root/python3",
    )
    assert silent(outcome, {PASSWORD, "hidden-host"})
