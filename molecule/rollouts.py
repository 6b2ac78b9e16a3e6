# SPDX-License-Identifier: GPL-3.0-or-later
"""Services as the Engine's API takes them, and the module's own wait for them, in this process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.service.rollout import await_services, task_ids
from ansible_collections.flotilla.swarm.plugins.module_utils.service.tasks import is_ended

SECOND = 10**9
# A busy Engine tells late that a container has ended; a task that breaks is watched for longer than that.
WATCH = {"Monitor": 20 * SECOND}
NODES = ("node1", "node2", "node3")
IMAGE = "flotilla/web:1"
LAB = str(Path(__file__).parent / "lab" / "lab.py")


def shell(script: str) -> list:
    """Arguments that run a script."""
    return ["sh", "-c", script]


def replicas(number: int) -> dict:
    """A mode."""
    return {"Replicated": {"Replicas": number}}


def service(args=None, image=IMAGE, mode=None, container=None, update=None, rollback=None, **task) -> dict:
    """A ServiceSpec without its name; what else is given belongs into TaskTemplate."""
    return {
        "TaskTemplate": {"ContainerSpec": {"Image": image, "Args": args, **(container or {})}, **task},
        "Mode": mode or replicas(1),
        "UpdateConfig": {"Parallelism": 1, "Monitor": SECOND, **(update or {})},
        "RollbackConfig": {"Parallelism": 0, "Monitor": SECOND, **(rollback or {})},
    }


def restart(condition: str, attempts: int = 0) -> dict:
    """A RestartPolicy with a short delay."""
    return {"Condition": condition, "MaxAttempts": attempts, "Delay": SECOND // 5}


@dataclass(frozen=True)
class End:
    """How a wait ended: without an error, or with the reason, message and details of one."""

    reason: str = "done"
    message: str = ""
    details: dict = field(default_factory=dict)


def run(*command: str) -> str:
    """What a command of this host prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Swarm:
    """One manager, over its socket in the machine's file system."""

    def __init__(self, node: str) -> None:
        self.node, self.lab = node, os.environ["LAB_NAME"]
        process = run("docker", "inspect", "--format", "{{.State.Pid}}", f"{self.lab}-{node}")
        self.address = f"unix:///proc/{process}/root/run/docker.sock"

    @property
    def client(self) -> Client:
        """A connection of its own, as tests wait for many services at the same time."""
        return Client({"docker_host": self.address})

    def machine(self, *command: str) -> str:
        """What a command prints on the machine."""
        return run("docker", "exec", f"{self.lab}-{self.node}", *command)

    def stop(self) -> None:
        """Stop the machine."""
        run(sys.executable, LAB, "stop", self.node, "--name", self.lab)

    def start(self) -> None:
        """Start the machine again; its socket is another one then."""
        run(sys.executable, LAB, "start", self.node, "--name", self.lab)

    def create(self, name: str, spec: dict) -> None:
        """Create a service."""
        jobs = "Job" in next(iter(spec["Mode"]))
        plain = {key: part for key, part in spec.items() if not (jobs and key in ("UpdateConfig", "RollbackConfig"))}
        self.client.post("/services/create", {"Name": name, **plain})

    def clear(self) -> None:
        """Remove all services, and wait until their tasks are gone.

        Engine 26.1 may panic when a service is removed whose tasks are being replaced (swarmkit, SetServiceTasksRemove)
        and is back some seconds later, so what was not removed is removed again.
        """
        deadline = time.monotonic() + 90
        while self.client.get("/services") or any(not is_ended(task) for task in self.client.get("/tasks")):
            assert time.monotonic() < deadline
            for left in self.client.get("/services"):
                with suppress(SwarmError):
                    self.client.delete(f"/services/{left['ID']}")
            time.sleep(0.5)

    def read(self, name: str) -> dict:
        """A service as the Engine has it."""
        return self.client.get(f"/services/{name}")

    def tasks(self, name: str, **filters) -> list:
        """The tasks of a service that match the present spec."""
        return self.client.get("/tasks", filters={"service": [name], "_up-to-date": ["true"], **filters})

    def states(self, name: str) -> list:
        """The states of the tasks that are to run."""
        tasks = self.tasks(name, **{"desired-state": ["running"]})
        return sorted(task["Status"]["State"] for task in tasks)

    def wait(self, name: str, timeout: float = 100, known=None) -> End:
        """Wait for a service as the module does; ``known`` are the tasks before what was written, if anything was."""
        try:
            await_services(self.client, {self.read(name)["ID"]: name}, {name: known}, timeout)
        except SwarmError as exc:
            return End(exc.reason, str(exc), exc.details)
        return End()

    def begin(self, name: str, spec: dict, timeout: float = 100) -> End:
        """Create a service and wait for it."""
        self.create(name, spec)
        return self.wait(name, timeout, known=set())

    def change(self, name: str, spec: dict, timeout: float = 100) -> End:
        """Write another spec and wait for it."""
        before = self.read(name)
        known = task_ids(self.client, [before["ID"]])[before["ID"]]
        path, version = f"/services/{before['ID']}/update", before["Version"]["Index"]
        self.client.post(path, {"Name": name, **spec}, version=version)
        return self.wait(name, timeout, known)


def at_once(*actions) -> list:
    """Do what takes its time all at the same time, and return what came of each."""
    with ThreadPoolExecutor(len(actions)) as pool:
        return [job.result() for job in [pool.submit(action) for action in actions]]
