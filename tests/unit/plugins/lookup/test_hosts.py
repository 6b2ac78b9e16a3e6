# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible itself runs a playbook of the collection over inventories on which there is nothing to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils import groups

COLLECTIONS = groups.__file__.partition("/ansible_collections/")[0]
OTHERS = {"managers": {"hosts": {"a": {}}}, "workers": {"hosts": {"b": {}}}}
OWN_NAMES = json.dumps({"swarm_managers_group": "managers", "swarm_workers_group": "workers"})


@pytest.fixture
def play(tmp_path):
    """Exit status and output, in one line, of a playbook over these groups; without groups over no inventory."""

    def play(inventory, *options, playbook="flotilla.swarm.reset"):
        path = tmp_path / "hosts.json"
        path.write_text(json.dumps(inventory), encoding="utf-8")
        words = [sys.executable, "-m", "ansible", "playbook", playbook, *options]
        more = {"ANSIBLE_COLLECTIONS_PATH": COLLECTIONS, "ANSIBLE_INVENTORY": str(path if inventory else os.devnull)}
        ended = subprocess.run(
            words,
            cwd=tmp_path,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1", **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ended.returncode, " ".join(ended.stdout.split())

    return play


@pytest.mark.parametrize(
    ("inventory", "options", "sentence"),
    [
        pytest.param(None, (), "the inventory has no hosts; name one with -i", id="no inventory"),
        pytest.param(OTHERS, (), "its groups with hosts are managers, workers; put the managers", id="other names"),
        pytest.param(OTHERS, ("--limit", "a", "--check"), "no host is a manager", id="other names and a limit"),
    ],
)
def test_nothing_to_work_on_is_a_failure(play, inventory, options, sentence):
    status, output = play(inventory, *options)
    assert status != 0
    assert sentence in output
    assert "Traceback" not in output


def test_names_of_groups_are_variables(play):
    """Nothing is done to hosts, and they are not asked: reset wants to be confirmed first."""
    status, output = play(OTHERS, "-e", OWN_NAMES)
    assert status == 2
    assert "say -e swarm_reset_confirm=true if that is meant" in output


@pytest.mark.parametrize("option", ["--syntax-check", "--list-tasks", "--list-tags"])
def test_reading_a_playbook_takes_no_inventory(play, option):
    status, output = play(None, option, playbook="flotilla.swarm.load_balancer")
    assert status == 0
    assert "playbook: " in output
