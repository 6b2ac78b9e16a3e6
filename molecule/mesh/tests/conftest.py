# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests from outside and from inside the swarm, and what goes between its nodes meanwhile.

Machines may be emulated, where each program that starts takes half a second: so no docker commands, and many steps in
one.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

NODES = ("node1", "node2", "node3")
SNIFFER = Path(__file__).with_name("sniffer.py").read_text(encoding="utf-8")
# Emulated machines take their time, lost packets take for ever.
TIMEOUT = 5  # seconds


@pytest.fixture(scope="module")
def on(host):
    """A machine of the lab."""
    return lambda name: host.get_host(f"ansible://{name}")


@pytest.fixture(scope="module")
def addresses(on):
    """The machines' addresses by name."""
    return {name: on(name).ansible.get_variables()["ansible_host"] for name in NODES}


@pytest.fixture(scope="module")
def engine(on):
    """What a machine's Engine says."""

    def engine(name, path, **filters):
        asked = urllib.parse.quote(json.dumps({key: [value] for key, value in filters.items()}))
        url = f"http://engine{path}?filters={asked}"
        return json.loads(on(name).check_output("curl --silent --unix-socket /run/docker.sock %s", url))

    return engine


@pytest.fixture(scope="module")
def hostnames(engine):
    """The nodes' names by ID."""
    return {node["ID"]: node["Description"]["Hostname"] for node in engine("node1", "/nodes")}


@pytest.fixture(scope="module")
def running(engine):
    """The tasks of a service that run, as the Engine has them."""

    def running(service):
        found = engine("node1", "/tasks", service=service, **{"desired-state": "running"})
        return [task for task in found if task["Status"]["State"] == "running"]

    return running


@pytest.fixture(scope="module")
def tasks(running, hostnames):
    """The nodes of a service's tasks that run, by the names that their pages show."""

    def tasks(service):
        found = {task["Status"]["ContainerStatus"]["ContainerID"][:12]: task["NodeID"] for task in running(service)}
        return {name: hostnames[node] for name, node in found.items()}

    return tasks


@pytest.fixture(scope="module")
def inside(on, engine):
    """Run a script inside the container that service at-NODE has on each node; return what it prints."""
    processes = {}

    def inside(name, script):
        if name not in processes:
            (container,) = engine(name, "/containers/json", label=f"com.docker.swarm.service.name=at-{name}")
            processes[name] = engine(name, f"/containers/{container['Id']}/json")["State"]["Pid"]
        return on(name).run(f"nsenter --target {processes[name]} --all sh -c %s", script).stdout

    return inside


@pytest.fixture
def vxlan_ids(engine):
    """The number of a network between the nodes."""

    def vxlan_ids(name):
        options = engine("node1", f"/networks/{name}")["Options"]
        return {int(number) for number in options["com.docker.network.driver.overlay.vxlanid_list"].split(",")}

    return vxlan_ids


@pytest.fixture
def task(addresses):
    """Which task answers at a port of a node, asked from outside; None if none does."""

    def task(name, port):
        try:
            url = f"http://{addresses[name]}:{port}/cgi-bin/index.cgi"
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                return names_in(answer.read().decode())[0]
        except OSError:
            return None

    return task


@pytest.fixture
def fetch(inside):
    """Which tasks answer at a service's name, asked so many times inside the container on that node."""

    def fetch(name, service, times=1):
        once = f"wget -q -O - -T {TIMEOUT} http://{service}:8080/cgi-bin/index.cgi"
        return names_in(inside(name, "; ".join([once] * times)))

    return fetch


def names_in(pages):
    """The names of the tasks on these pages."""
    return [line.removeprefix("task: ") for line in pages.splitlines() if line.startswith("task: ")]


@pytest.fixture
def eventually():
    """Wait until something is as it should be: the nodes tell each other what runs where, which takes a while."""

    def eventually(ask, wanted, seconds=60):
        deadline = time.monotonic() + seconds
        while (found := ask()) != wanted and time.monotonic() < deadline:
            time.sleep(1)
        assert found == wanted

    return eventually


@pytest.fixture
def between(on, addresses):
    """What a machine and the others send each other while something is done: see sniffer.py."""

    def between(name, do):
        peers = [address for peer, address in addresses.items() if peer != name]
        start = "rm -f /run/sniffing; setsid python3 -c %s %s >/run/sniffed 2>&1 </dev/null & "
        wait = "until test -e /run/sniffing; do sleep 0.1; done"
        on(name).check_output(f"{start}timeout 60 sh -c %s", SNIFFER, json.dumps(peers), wait)
        do()
        wait = "until test -s /run/sniffed; do sleep 0.1; done"
        return json.loads(on(name).check_output("rm /run/sniffing; timeout 60 sh -c %s; cat /run/sniffed", wait))

    return between


@pytest.fixture
def playbook():
    """Run a playbook of the collection over the scenario's inventory; return its exit status and what it printed."""

    def playbook(name, *options, **variables):
        command = ["ansible-playbook", f"flotilla.swarm.{name}", *options, "--extra-vars", json.dumps(variables)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return playbook
