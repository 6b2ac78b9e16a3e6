# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a stack's secrets is searched for in all that a run prints, writes and starts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from plays import play
from searches import CONTROL, canary, spellings

PLAYBOOK = Path(__file__).resolve().parents[1] / "canary.yml"
REMOTE = "/srv/key"
FIRST, SECOND = canary("first"), canary("second")
SECRET = spellings(FIRST, SECOND)


@pytest.fixture
def debug(swarm):
    """An Engine that logs the requests that it gets."""
    swarm.on("node1", "sh", "-c", "mkdir -p /etc/docker; echo '{\"debug\": true}' > /etc/docker/daemon.json")
    swarm.on("node1", "systemctl", "reload", "docker")
    yield
    swarm.on("node1", "sh", "-c", "echo '{}' > /etc/docker/daemon.json; systemctl reload docker")
    swarm.on("node1", "rm", "/etc/docker/daemon.json")


@pytest.fixture
def run(search, swarm, tmp_path):
    """Run the playbook while searches go on; return how it ended, and all that it has left."""

    def run(*options, **environment):
        searches, file = search(lambda *words: swarm.on("node1", *words), FIRST, SECOND), tmp_path / "key"
        file.write_text(FIRST, encoding="utf-8")
        copy = ["docker", "cp", "--quiet", str(file), f"{os.environ['LAB_NAME']}-node1:{REMOTE}"]
        subprocess.run(copy, check=True)
        given = {**searches.environment, "CANARY_FIRST": FIRST, "CANARY_SECOND": SECOND, **environment}
        variables = {**searches.variables, "canary_file": str(file), "canary_remote": REMOTE}
        outcome = play(PLAYBOOK, {"attempting": ["node1"]}, "-vvvv", *options, environment=given, **variables)
        return outcome, searches.places(outcome.printed)

    return run


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_value_is_nowhere(options, debug, run, swarm):
    outcome, places = run("--diff", *options)
    assert outcome.status == 0, outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
        assert CONTROL in place
    if not options:
        assert "/secrets/create" in places[-1]
        assert swarm.content("shop_web", "/run/secrets/key") == SECOND


def test_data_that_would_go_through_a_file_is_not_sent(run, swarm):
    outcome, places = run(ANSIBLE_KEEP_REMOTE_FILES="true")
    assert outcome.status != 0
    assert "reason: no_pipelining" in outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
    assert swarm.names("services") == []
    swarm.on("node1", "rm", "-rf", "/root/.ansible/tmp")
