# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks over the inventory of the scenario with stacks that a test declares, and what a manager then holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from direct import engine
from plays import play

SCENARIO = Path(__file__).resolve().parents[1]
LAB = SCENARIO.parent / "lab" / "lab.py"
GROUPS = {"swarm_managers": ["node1", "node2", "node3"], "swarm_workers": ["node4", "node5"]}
# Ansible is started in the directory of the tests, so this is found as a file of a project is.
FILE = os.path.relpath(SCENARIO / "shop.yml")
PASSWORD, TOKEN, SECRET = "pw-Zm9vYmFy", "tk-aHVzaGh1c2g", "sc-bm9ib2R5"
HIDDEN = {"PASSWORD": PASSWORD, "TOKEN": TOKEN, "SECRET": SECRET}


def from_environment(name: str) -> str:
    """A value that a playbook looks up, so that it is in none."""
    return "{{ lookup('ansible.builtin.env', '" + name + "') }}"


def ask(body: str, **more) -> dict:
    """A smoke test of the shop, by a worker that runs it."""
    test = {"url": "http://127.0.0.1:8081/", "body": body, "from": "node5", "retries": "2", "delay": 1}
    return {**test, "headers": {"Authorization": f"Bearer {from_environment('TOKEN')}"}, **more}


def shop(tag: int = 1, word: str = "none", **more) -> dict:
    """The stack of the file, which needs what the inventory makes."""
    auth = [{"registry": "registry.example.com", "username": "me", "password": from_environment("PASSWORD")}]
    return {"name": "shop", "compose": FILE, "env": {"TAG": tag, "WORD": word}, "registry_auth": auth, **more}


def blog(tag: int = 1, constraint: str = "node.role == manager") -> dict:
    """A stack that needs a network of the shop."""
    deploy = {"placement": {"constraints": [constraint]}, "update_config": {"monitor": "1s"}}
    front = {"image": f"flotilla/web:{tag}", "command": "sleep 1000", "stop_grace_period": "1s", "networks": ["shop"]}
    networks = {"shop": {"external": True, "name": "shop_inner"}}
    return {"name": "blog", "compose": {"services": {"front": {**front, "deploy": deploy}}, "networks": networks}}


class Swarm:
    """What a manager holds."""

    def __init__(self, manager: str = "node1"):
        self.client = engine(manager)

    def specs(self) -> dict:
        """The specs of all services by name."""
        return {raw["Spec"]["Name"]: raw["Spec"] for raw in self.client.get("/services")}

    def everything(self) -> dict:
        """All that there is by kind, each with the number of times that it was written."""
        found = {kind: self.client.get(f"/{kind}") for kind in ("services", "secrets", "configs")}
        written = {kind: {raw["ID"]: raw["Version"]["Index"] for raw in raws} for kind, raws in found.items()}
        networks = self.client.get("/networks", filters={"scope": ["swarm"]})
        return {**written, "networks": {raw["Id"] for raw in networks if raw["Name"] != "ingress"}}

    def image(self, name: str) -> str:
        """The image of a service."""
        return self.specs()[name]["TaskTemplate"]["ContainerSpec"]["Image"]

    def shop(self) -> tuple:
        """Tag and word of the shop."""
        container = self.specs()["shop_web"]["TaskTemplate"]["ContainerSpec"]
        return container["Image"].rpartition(":")[2], container["Env"][0].partition("=")[2]

    def deploys(self, stack: str) -> list:
        """The numbers of the deploys that are kept of a stack."""
        label = "flotilla.swarm.deploy"
        found = self.client.get("/configs", filters={"label": [f"{label}_of={stack}"]})
        return sorted(int(raw["Spec"]["Labels"][label]) for raw in found)


@pytest.fixture
def swarm(host):
    """What the first manager holds. Tests that have nothing to do with a host would be run last."""
    return Swarm()


@pytest.fixture
def run():
    """Run a playbook of the collection, which shows nothing that is secret."""

    def run(name, *options, **variables):
        environment = {**HIDDEN, "ANSIBLE_SHOW_CUSTOM_STATS": "true"}
        done = play(f"flotilla.swarm.{name}", GROUPS, *options, environment=environment, **variables)
        assert not [value for value in HIDDEN.values() if value in done.printed]
        return done

    return run


@pytest.fixture
def deploy(run):
    """Run playbook deploy with these stacks and what they need."""

    def deploy(*stacks, options=(), **variables):
        made = {"swarm_networks": [{"name": "shared"}]}
        made["swarm_secrets"] = [{"name": "token", "data": from_environment("SECRET")}]
        return run("deploy", *options, **{**made, "swarm_stacks": stacks, **variables})

    return deploy


@pytest.fixture
def table():
    """The rows of the table that a run has shown, each as its cells."""

    def table(done):
        lines = [line.strip() for line in done.printed.partition("STACK  ")[2].splitlines()[1:]]
        end = lines.index("")
        return [re.split(r"  +", line) for line in lines[:end]]

    return table


@pytest.fixture
def artifact():
    """What a run has told to what comes after it."""

    def artifact(done, name):
        return json.loads(done.printed.partition("RUN: ")[2].splitlines()[0])[name]

    return artifact


@pytest.fixture
def power():
    """Stop or start a machine."""

    def power(command, name):
        subprocess.run([sys.executable, LAB, command, name, "--name", os.environ["LAB_NAME"]], check=True)

    return power
