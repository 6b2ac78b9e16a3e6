# SPDX-License-Identifier: GPL-3.0-or-later
"""An update, and one that fails, under a constant load of which every request is answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plays import play

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[3] / "examples/rolling/deploy.yml"
NODES, PORT = ("node1", "node2", "node3"), 8082
# A hundred requests a second, each over a connection of its own; at most for ten minutes.
LOAD = "-z 10m -c 4 -q 25 -disable-keepalive"
ANSWERED = re.compile(r"^\s+\[(\d+)\]\s+(\d+) responses$", re.MULTILINE)


@pytest.fixture
def load(host, address):
    """Send requests from one machine to another; ``load()`` ends that and returns how many got which status."""
    sender = host.get_host("ansible://node3")
    run = f"docker run --detach --network host flotilla/hey:1 {LOAD}"
    container = sender.check_output(f"{run} http://{address('node2')}:{PORT}/")

    def stop():
        sender.check_output(f"docker kill --signal INT {container} && docker wait {container}")
        report = sender.check_output(f"docker logs {container}")
        assert "Error distribution" not in report, report
        return {int(status): int(number) for status, number in ANSWERED.findall(report)}

    yield stop
    sender.run(f"docker rm --force {container}")


@pytest.fixture
def deploy(host):
    """Run the playbook with other variables."""

    def deploy(**variables):
        registry = host.ansible.get_variables()["examples_registry"]
        return play(PLAYBOOK, {"swarm_managers": ["node1"]}, examples_registry=registry, **variables)

    return deploy


@pytest.fixture
def versions(ask):
    """What is answered by the nodes, asked several times each."""
    return lambda: {ask(node, PORT).text.splitlines()[0] for node in NODES * 4}


def test_no_request_of_an_update_fails(load, deploy, versions):
    assert versions() == {"version: 1"}
    outcome = deploy(web_image="flotilla/web:2")
    assert outcome.changed == 1
    answered = load()
    assert list(answered) == [200]
    assert answered[200] > 500
    assert versions() == {"version: 2"}


def test_no_request_fails_when_an_update_goes_back(load, deploy, versions):
    outcome = deploy(web_image="flotilla/web:missing")
    assert outcome.status != 0
    assert "No such image: flotilla/web:missing" in outcome.text
    answered = load()
    assert list(answered) == [200]
    assert answered[200] > 100
    assert versions() == {"version: 2"}


def test_it_can_be_removed(deploy, docker):
    outcome = deploy(examples_state="absent")
    assert outcome.changed == 1
    assert "rolling" not in docker("stack", "ls", "--format", "{{.Name}}").split()
