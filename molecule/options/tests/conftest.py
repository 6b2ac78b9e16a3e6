# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines of three releases, each a swarm of its own, and module service called in this process."""

from __future__ import annotations

import base64
import itertools
import os
import subprocess
import time

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec, show_all
from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import WAIT
from ansible_collections.flotilla.swarm.plugins.module_utils.service.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SERVICE, SPEC
from ansible_collections.flotilla.swarm.tests.unit.plugins.module_utils.service import strategies

NODES = ("node1", "node2", "node3")
DATA = base64.b64encode(b"nothing").decode()


class Engine:
    """One Engine, and module service as a task calls it there."""

    def __init__(self, machine):
        self.client = Client({"docker_host": f"unix://{socket_of(machine)}"})
        self.validator = ArgumentSpecValidator(argument_spec((*SERVICE, *WAIT)))
        self.numbers = itertools.count()
        self.ids: dict = {}
        self.name = ""

    def begin(self):
        """Make the swarm anew, and what services refer to."""
        if self.client.get("/info")["Swarm"]["LocalNodeState"] != "inactive":
            self.client.post("/swarm/leave", force="true")
        self.client.post("/swarm/init", {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1"})
        for name in strategies.NETWORKS:
            made = self.client.post("/networks/create", {"Name": name, "Driver": "overlay", "CheckDuplicate": True})
            self.ids[name] = made["Id"]
        for kind, names in (("secrets", strategies.SECRETS), ("configs", strategies.CONFIGS)):
            for name in names:
                made = self.client.post(f"/{kind}/create", {"Name": name, "Data": DATA})
                self.ids[name] = made.get("ID") or made["Id"]

    def new(self, **options):
        """Another service: with an image that is there, and none of whose tasks need start."""
        self.name = f"web{next(self.numbers)}"
        return self.run(**{"image": "flotilla/web:1", "replicas": 0, **options})

    def run(self, check=False, **options):
        """What a task with these options returns."""
        checked = self.validator.validate({"name": self.name, "wait": False, **options})
        assert not checked.error_messages, checked.error_messages
        return ensure(self.client, checked.validated_parameters, check)

    def service(self, **query):
        """The service as the Engine has it."""
        return self.client.find(f"/services/{self.name}", **query)

    def settled(self):
        """The service once the swarm has given it its ports and addresses, which it notes in it by itself.

        It takes no note of a port that becomes one that the swarm chooses.
        """
        patience = time.monotonic() + 1
        seen, now = None, self.service()
        while has_endpoint(now) and (seen != now or (not given_out(now) and time.monotonic() < patience)):
            time.sleep(0.02)
            seen, now = now, self.service()
        return now

    def shown(self, **query):
        """The service's options as the table reads them."""
        return show_all(SPEC, self.service(**query)["Spec"])

    def remove(self):
        """Remove all services."""
        for service in self.client.get("/services"):
            self.client.delete(f"/services/{service['ID']}")

    def change(self, **options):
        """Run with options that make a difference, with all that must be true of it; return the Engine's spec.

        A check run says so and writes nothing, the real run writes, and after it neither kind of run does.
        """
        before = self.settled()
        told = self.run(check=True, **options)
        assert told["changed"]
        assert self.service() == before
        assert self.run(**options)["diff"] == told["diff"]
        after = self.settled()
        assert after["Version"]["Index"] > before["Version"]["Index"]
        self.keep(**options)
        return after["Spec"]

    def keep(self, **options):
        """Run with options that make no difference, in check mode and not: nothing is written."""
        before = self.settled()
        for check in (True, False):
            again = self.run(check=check, **options)
            assert not again["changed"], again["diff"]
            assert self.service() == before


def has_endpoint(service):
    """Whether there is anything that the swarm gives out to a service, or takes back."""
    endpoint, spec = service.get("Endpoint") or {}, service["Spec"]
    ports = (spec.get("EndpointSpec") or {}).get("Ports")
    return bool(ports or spec["TaskTemplate"].get("Networks") or endpoint.get("Ports") or endpoint.get("VirtualIPs"))


def given_out(service):
    """Whether a service has the ports and the networks that its spec asks for."""
    endpoint, spec = service.get("Endpoint") or {}, service["Spec"]
    asked = spec.get("EndpointSpec") or {}
    if (endpoint.get("Spec") or {}).get("Ports") != asked.get("Ports"):
        return False
    wanted = {item["Target"] for item in spec["TaskTemplate"].get("Networks") or ()}
    return asked.get("Mode") == "dnsrr" or wanted <= {item["NetworkID"] for item in endpoint.get("VirtualIPs") or ()}


def socket_of(machine):
    """An Engine's socket, as this host sees the file system of its machine."""
    name = f"{os.environ['LAB_NAME']}-{machine}"
    pid = subprocess.run(["docker", "inspect", "--format", "{{.State.Pid}}", name], capture_output=True, check=True)
    return f"/proc/{pid.stdout.decode().strip()}/root/run/docker.sock"


@pytest.fixture(scope="session", params=NODES)
def swarm(request):
    """An Engine that is a swarm."""
    engine = Engine(request.param)
    engine.begin()
    return engine


@pytest.fixture
def engine(swarm):
    """An Engine without the services of the test before."""
    yield swarm
    swarm.remove()
