# SPDX-License-Identifier: GPL-3.0-or-later
"""The stacks and smoke tests that are declared, and what a manager holds of them."""

from __future__ import annotations

import os
from pathlib import Path

from direct import engine

SCENARIO = Path(__file__).resolve().parents[1]
# Ansible is started in the directory of the tests, so this is found as a file of a project is.
FILE = os.path.relpath(SCENARIO / "files" / "shop.yml")
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
        spec = self.specs()["shop_web"]
        return spec["TaskTemplate"]["ContainerSpec"]["Image"].rpartition(":")[2], spec["Labels"]["word"]

    def deploys(self, stack: str) -> list:
        """The numbers of the deploys that are kept of a stack."""
        label = "flotilla.swarm.deploy"
        found = self.client.get("/configs", filters={"label": [f"{label}_of={stack}"]})
        return sorted(int(raw["Spec"]["Labels"][label]) for raw in found)
