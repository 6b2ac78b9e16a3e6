# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks over the inventory of the scenario with stacks that a test declares, and what they print."""

from __future__ import annotations

import re

import pytest
from deploy.tests.stacks import HIDDEN, Swarm, from_environment
from plays import play

GROUPS = {"swarm_managers": ["node1", "node2", "node3"], "swarm_workers": ["node4", "node5"]}


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
