# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks deployed by docker's own command and by the module, and all that a manager holds."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import yaml
from direct import call, engine
from plays import play

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import WAIT
from ansible_collections.flotilla.swarm.plugins.module_utils.service.follow import PROGRESS
from ansible_collections.flotilla.swarm.plugins.module_utils.service.tasks import is_ended
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.fields import STACK
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.convert import convert
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.load import Settings, Source, load

MANAGER = "node1"
PLAYBOOK = Path(__file__).resolve().parents[1] / "stack.yml"
NAMESPACE = "com.docker.stack.namespace"
KINDS = ("services", "networks", "secrets", "configs")


class Swarm:
    """What a manager holds. Stacks are deployed from the files of ``directory``."""

    def __init__(self, directory: Path):
        self.directory, self._clients = directory, threading.local()

    @property
    def client(self):
        """A connection of this thread alone, as it carries one request at a time."""
        if not hasattr(self._clients, "one"):
            self._clients.one = engine(MANAGER)
        return self._clients.one

    def on(self, node: str, *command: str) -> str:
        """What a command prints on a machine."""
        words = ["docker", "exec", f"{os.environ['LAB_NAME']}-{node}", *command]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def docker(self, *words: str) -> str:
        """What docker's own command prints on the manager."""
        return self.on(MANAGER, "docker", *words)

    def write(self, **files: str) -> None:
        """Write files that a Compose file names."""
        for name, text in files.items():
            (self.directory / name).write_text(text, encoding="utf-8")

    def command(self, name: str, compose: dict, *words: str) -> None:
        """Deploy with docker's own command, and wait until all tasks run."""
        self.write(**{"compose.yml": yaml.safe_dump({"version": "3.12", **compose})})
        packed = subprocess.run(["tar", "-C", self.directory, "-c", "."], capture_output=True, check=True).stdout
        machine = f"{os.environ['LAB_NAME']}-{MANAGER}"
        unpack = ["sh", "-c", "rm -rf /root/stack; mkdir /root/stack; tar -C /root/stack -x"]
        subprocess.run(["docker", "exec", "-i", machine, *unpack], input=packed, check=True)
        options = ["--resolve-image", "never", "--compose-file", "/root/stack/compose.yml", *words]
        self.docker("stack", "deploy", *options, name)
        until(lambda: all(self.runs(raw) for raw in self.services(name).values()))

    def declared(self, name: str, compose: dict) -> dict:
        """What a Compose file declares."""
        source, settings = Source("compose", None, compose, str(self.directory)), Settings({}, False, read)
        return convert(load([source], settings), name, read)

    def run(self, name: str, compose: dict | None = None, check: bool = False, client=None, **options) -> dict:
        """What the module returns, with what its action plugin gives it for these options."""
        if compose is not None:
            declared = self.declared(name, compose)
            data = {item["name"]: item.pop("data") for item in declared["secrets"] if "data" in item}
            options = {"declaration": declared, "secret_data": data, **options}
        options = {"name": name, "wait_timeout": 60, **options}
        tables, client = (STACK, WAIT, PROGRESS), client or engine(MANAGER)
        return call(lambda client, params: ensure(client, params, check), tables, client, **options)

    def change(self, name: str, compose: dict | None = None, **options) -> dict:
        """Change a stack, with all that must be true of it; return what the module does.

        Check mode changes nothing and tells what the real run then does, and after that there is nothing to do.
        """
        before = self.everything(name)
        planned = good(self.run(name, compose, check=True, **options))
        assert self.everything(name) == before
        done = good(self.run(name, compose, **options))
        assert done["changed"]
        assert told(planned) == told(done)
        # Each time that it runs it goes back one more.
        if options.get("state") != "rolled_back":
            self.keep(name, compose, **options)
        return done

    def keep(self, name: str, compose: dict | None = None, **options) -> dict:
        """Run the module, which must find that nothing is to be done, and do nothing."""
        before = self.everything(name)
        for check in (True, False):
            result = good(self.run(name, compose, check=check, **options))
            assert not result["changed"], result["diff"]
            assert {one["action"] for one in result["stack"]["services"]} <= {"keep"}
        assert self.everything(name) == before
        return result

    def fail(self, reason: str, name: str, compose: dict | None = None, **options) -> dict:
        """Run the module, which must fail for this reason."""
        result = self.run(name, compose, **options)
        assert result.get("failure", {}).get("reason") == reason, result
        return result

    def everything(self, stack: str = "") -> dict:
        """All objects of the swarm by kind and name, each as what tells whether somebody has written it, and the
        tasks of services, or of those that are named as a stack.

        Not before the swarm has given services their ports, which counts as writing them.
        """
        until(lambda: all(has_ports(raw) for raw in self.listed("services")))
        found = {kind: {named(raw): identity(raw) for raw in self.listed(kind)} for kind in KINDS}
        return {**found, "tasks": {name: self.running(name) for name in self.names("services", stack)}}

    def listed(self, kind: str) -> list:
        """All objects of a kind; networks are those that can be removed."""
        found = self.client.get(f"/{kind}", filters={"scope": ["swarm"]} if kind == "networks" else None)
        return [raw for raw in found if raw.get("Name") != "ingress"]

    def specs(self, stack: str = "") -> dict:
        """The specs of everything, or of what is named as a stack, without how often it was written."""
        found = {kind: [raw for raw in self.listed(kind) if named(raw).startswith(stack)] for kind in KINDS}
        return {kind: {named(raw): raw.get("Spec") or raw["Id"] for raw in found[kind]} for kind in KINDS}

    def names(self, kind: str, stack: str = "") -> list:
        """The names of all objects of a kind, or of those that are named as a stack."""
        return sorted(name for name in map(named, self.listed(kind)) if name.startswith(stack))

    def services(self, stack: str) -> dict:
        """The services of a stack by name."""
        found = self.client.get("/services", filters={"label": [f"{NAMESPACE}={stack}"]})
        return {named(raw): raw for raw in found}

    def service(self, name: str) -> dict:
        """A service as the Engine has it."""
        return self.client.get(f"/services/{name}")

    def container(self, name: str) -> dict:
        """How the containers of a service are made."""
        return self.service(name)["Spec"]["TaskTemplate"]["ContainerSpec"]

    def tasks(self, name: str, **filters) -> list:
        """The tasks of a service."""
        return self.client.get("/tasks", filters={"service": [name], **filters})

    def running(self, name: str) -> set:
        """The IDs of the tasks of a service that run and shall."""
        tasks = self.tasks(name, **{"desired-state": ["running"]})
        return {task["ID"] for task in tasks if task["Status"]["State"] == "running"}

    def runs(self, raw: dict) -> bool:
        """Whether as many tasks of a service run as shall, and no update is going on."""
        tasks = self.tasks(raw["ID"], **{"desired-state": ["running", "ready"]})
        wanted = raw["Spec"]["Mode"].get("Replicated", {"Replicas": 3})["Replicas"]
        update = (self.service(raw["ID"]).get("UpdateStatus") or {}).get("State")
        return [task["Status"]["State"] for task in tasks] == ["running"] * wanted and update != "updating"

    def content(self, name: str, path: str) -> str:
        """A file in the task of a service, wherever it runs."""
        task = next(task for task in self.tasks(name) if task["ID"] in self.running(name))
        node = self.client.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"]
        return self.on(node, "docker", "exec", task["Status"]["ContainerStatus"]["ContainerID"], "cat", path)

    def clear(self) -> None:
        """Remove everything that is left, and wait until it is gone."""
        for raw in self.listed("services"):
            with suppress(SwarmError):
                self.client.delete(f"/services/{raw['ID']}")
        until(lambda: all(map(is_ended, self.client.get("/tasks"))))
        for kind in KINDS[1:]:
            until(partial(self.cleared, kind))

    def cleared(self, kind: str) -> bool:
        """Remove all objects of a kind; whether none is there any more."""
        for raw in self.listed(kind):
            with suppress(SwarmError):
                self.client.delete(f"/{kind}/{raw.get('ID') or raw['Id']}")
        return not self.listed(kind)


def has_ports(service: dict) -> bool:
    """Whether a service has the ports that it asks for, and no others."""
    given, wanted = service.get("Endpoint", {}).get("Spec", {}), service["Spec"].get("EndpointSpec", {})
    return given.get("Ports") == wanted.get("Ports")


def until(true, seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def read(path: str) -> bytes:
    """The content of a file."""
    return Path(path).read_bytes()


def named(raw: dict) -> str:
    """The name of an object."""
    return raw.get("Name") or raw["Spec"]["Name"]


def identity(raw: dict) -> tuple:
    """What changes when an object is written or created again."""
    return raw.get("ID") or raw["Id"], (raw.get("Version") or {}).get("Index")


def good(result: dict) -> dict:
    """The result of a run that did not fail: only then it has no ``msg``."""
    assert "msg" not in result, result["msg"]
    return result


def told(result: dict) -> dict:
    """What a result says will be done, or was."""
    stack = result["stack"]
    actions = {one["name"]: one["action"] for one in stack["services"]}
    objects = {kind: stack[kind] for kind in ("networks", "secrets", "configs", "removed")}
    return {"diff": result["diff"], "actions": actions, **objects}


@pytest.fixture(scope="session")
def manager(tmp_path_factory):
    """The manager, to which every test connects once."""
    return Swarm(tmp_path_factory.mktemp("stack"))


@pytest.fixture
def swarm(manager):
    """A manager that holds nothing yet."""
    yield manager
    manager.clear()


@pytest.fixture
def deploy():
    """Run the module in a playbook, as a user does, and return what is printed."""

    def deploy(*arguments, environment=None, **options):
        wanted = {"wait_timeout": 60, **options}
        return play(PLAYBOOK, {"swarm_managers": [MANAGER]}, *arguments, environment=environment, wanted=wanted)

    return deploy
