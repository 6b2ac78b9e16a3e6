# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of each kind, made by docker's own commands, and what docker says of them."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest

NODES = ("node1", "node2", "node3")
CREATE = ("service", "create", "--detach", "--no-resolve-image")
LABEL = "com.example.tier=front"
EXPECTED = {"web": "2/2", "each": "3/3", "bad": "0/1", "job": "0/2 (2/2 completed)", "talk": "3/3", "stuck": "0/1"}


@pytest.fixture(scope="session")
def services():
    """What was created so far in this run."""
    return []


@pytest.fixture(autouse=True)
def as_created(host, docker, until, services):
    """Create the services once, for the tests of all hosts."""
    if services:
        return
    for name in docker("service", "ls", "--quiet").split():
        docker("service", "rm", name)
    if "front" not in docker("network", "ls", "--format", "{{.Name}}").split():
        docker("network", "create", "--driver", "overlay", "front")
    web = ("--name", "web", "--replicas", "2", "--constraint", "node.hostname!=node1", "--network", "front")
    ports = ("--publish", "mode=host,target=8080", "--publish", "published=9090,target=8080")
    docker(*CREATE, *web, *ports, "--label", LABEL, "flotilla/web:1")
    each = ("--name", "each", "--mode", "global", "--publish", "mode=host,published=8081,target=8080")
    docker(*CREATE, *each, "--label", LABEL, "flotilla/web:1")
    docker(*CREATE, "--name", "bad", "--restart-max-attempts", "1", "--restart-delay", "1s", "flotilla/web:1",
           "sh", "-c", "exit 3")  # fmt: skip
    docker(*CREATE, "--name", "job", "--mode", "replicated-job", "--replicas", "2", "flotilla/web:1", "true")
    docker(*CREATE, "--name", "talk", "--mode", "global", "flotilla/web:1", "sh", "-c", "echo a word; sleep 1000")
    docker(*CREATE, "--name", "stuck", "--constraint", "node.labels.nowhere==true", "flotilla/web:1")
    until(lambda: replicas(docker) == EXPECTED)
    until(lambda: docker("service", "ps", "bad", "--format", "{{.CurrentState}}").count("Failed") == 2)
    services.extend(EXPECTED)


def replicas(docker):
    """What ``docker service ls`` says is running of what is wanted."""
    listed = docker("service", "ls", "--format", "{{.Name}}={{.Replicas}}").splitlines()
    return dict(line.split("=") for line in listed)


@pytest.fixture
def settled(docker, until, containers):
    """Wait until all runs again as it did after an Engine was started again, whose tasks seem to run meanwhile."""

    def is_settled():
        found = [ids for name in ("each", "talk") for ids in containers(name).values()]
        return all(found) and replicas(docker) == EXPECTED

    return lambda: until(is_settled)


@pytest.fixture
def execute(run):
    """Run a command, which must succeed."""

    def execute(**options):
        result = run("service_exec", **options)
        assert "msg" not in result, result["msg"]
        assert result["changed"]
        return result

    return execute


@pytest.fixture
def ps(docker):
    """Tasks as ``docker service ps`` lists them: ID, name, node, state that is wanted, state, error."""

    def ps(service):
        form = "{{.ID}}|{{.Name}}|{{.Node}}|{{.DesiredState}}|{{.CurrentState}}|{{.Error}}"
        lines = docker("service", "ps", service, "--no-trunc", "--format", form).splitlines()
        rows = (line.replace("\\_ ", "").strip().split("|") for line in lines)
        return [
            (ident, name, node, desired.lower(), state.split()[0].lower(), error.strip('"'))
            for ident, name, node, desired, state, error in rows
        ]

    return ps


@pytest.fixture
def on(host):
    """Another machine of the lab."""
    return lambda name: host.get_host(f"ansible://{name}")


@pytest.fixture
def address(on):
    """The address of a machine."""
    return lambda name: on(name).ansible.get_variables()["ansible_host"]


@pytest.fixture
def containers(on):
    """IDs of the containers of a service that run, by machine."""

    def containers(service):
        command = f"docker ps --no-trunc --quiet --filter label=com.docker.swarm.service.name={service}"
        return {name: on(name).check_output(command).split() for name in NODES}

    return containers


@pytest.fixture
def page():
    """What a web server says at an address; nothing if none answers."""

    def page(where, port):
        try:
            with urlopen(f"http://{where}:{port}/", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    return page


@pytest.fixture
def recorded(on):
    """Whether a machine has written a text into its journal."""
    return lambda name, text: text in on(name).check_output("journalctl --no-pager --since '10 minutes ago'")


@pytest.fixture
def inventory(tmp_path, host):
    """An inventory of these hosts alone, and how the machines are reached."""

    def inventory(hosts, managers):
        known = host.ansible.get_variables()
        names = ("ansible_user", "ansible_ssh_private_key_file", "ansible_ssh_common_args")
        variables = {name: known[name] for name in names}
        groups = {"all": {"hosts": hosts, "vars": variables}, "swarm_managers": {"hosts": dict.fromkeys(managers, {})}}
        path = tmp_path / "hosts.json"
        path.write_text(json.dumps(groups), encoding="utf-8")
        return {"ANSIBLE_INVENTORY": str(path)}

    return inventory
