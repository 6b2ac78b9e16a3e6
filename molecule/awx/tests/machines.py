# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machines hold: their Engines, their firewalls, and the files that jobs may write."""

from __future__ import annotations

import json
import os
import subprocess

from direct import engine

NODES = ("node1", "node2", "node3", "node4")
# Their own files that Ansible's tasks leave behind, and what services of Debian renew, are left out.
FILES = r"""
find /etc /root /usr/local /opt \( -path /root/.ansible -o -path /root/.cache \) -prune \
  -o -type f -printf '%p %m %u %s %T@\n' | sort
{ iptables-save; ip6tables-save; nft -s list ruleset; } 2>/dev/null | grep -v '^#' | sed 's/\[[0-9:]*\]//'
"""


def on(machine: str, command: str) -> str:
    """What a command prints on a machine."""
    words = ["docker", "exec", f"{os.environ['LAB_NAME']}-{machine}", "sh", "-c", command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def address(machine: str) -> str:
    """The address of a machine."""
    return on(machine, "ip -4 -br addr show eth0").split()[2].partition("/")[0]


def config(machine: str) -> dict:
    """What docker's configuration of root has of registries."""
    return json.loads(on(machine, "cat /root/.docker/config.json"))["auths"]


def ids(image: str) -> dict:
    """The ID that each node of the swarm has for an image, None where it has no such image."""
    names = {node: engine(node).get("/images/json") for node in NODES[:3]}
    return {
        node: next((raw["Id"] for raw in raws if image in (raw["RepoTags"] or [])), None)
        for node, raws in names.items()
    }


class Swarm:
    """What the first manager holds."""

    def __init__(self):
        self.client = engine("node1")

    def state(self, machine: str = "node1") -> str:
        """Whether a machine is a member of a swarm."""
        return engine(machine).get("/info")["Swarm"]["LocalNodeState"]

    def specs(self) -> dict:
        """The specs of all services by name."""
        return {raw["Spec"]["Name"]: raw["Spec"] for raw in self.client.get("/services")}

    def image(self, name: str) -> str:
        """The image of a service, without its digest."""
        return self.specs()[name]["TaskTemplate"]["ContainerSpec"]["Image"].partition("@")[0]

    def running(self, name: str) -> int:
        """How many tasks of a service run."""
        found = self.client.get("/tasks", filters={"service": [name], "desired-state": ["running"]})
        return sum(task["Status"]["State"] == "running" for task in found)

    def everything(self) -> dict:
        """All that the swarm has, but for what it counts by itself."""
        if self.state() != "active":
            return {}
        found = {kind: self.client.get(f"/{kind}") for kind in ("services", "secrets", "configs", "nodes")}
        tasks = self.client.get("/tasks", filters={"desired-state": ["running"]})
        return {
            **{kind: {raw["ID"]: raw["Spec"] for raw in raws} for kind, raws in found.items()},
            "swarm": self.client.get("/swarm")["Spec"],
            "networks": {raw["Id"] for raw in self.client.get("/networks")},
            "tasks": {task["ID"] for task in tasks},
        }


def everything() -> dict:
    """What a job in check mode must not change."""
    swarm = Swarm()
    held = {"swarm": swarm.everything()}
    for machine in NODES:
        images = engine(machine).get("/images/json")
        held[machine] = {
            "state": swarm.state(machine),
            "images": {raw["Id"]: sorted(raw.get("RepoTags") or []) for raw in images},
            "files": on(machine, FILES).splitlines(),
        }
    return held
