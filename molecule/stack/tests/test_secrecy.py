# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a stack's secrets is searched for in all that a run prints, writes and starts. A config is found by the
same searches, so that they are known to find something."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from plays import play

PLAYBOOK = Path(__file__).resolve().parents[1] / "canary.yml"
SEARCH = Path(__file__).resolve().parents[2] / "secrets" / "tests" / "search.py"
CANARY = {"FIRST": "first-canary-Zm9vYg", "SECOND": "second-canary-aHVzaA", "CONTROL": "control-canary-b3Blbg"}
REMOTE = "/tmp /var/tmp /dev/shm /root/.ansible /run/user"


def texts(*names):
    """The values, and their base64 wherever it begins and ends."""
    found = []
    for name in names:
        encoded = [base64.b64encode(b"x" * shift + CANARY[name].encode()).decode() for shift in range(3)]
        found += [CANARY[name], *(text[4:-4] for text in encoded)]
    return found


@pytest.fixture
def debug(swarm):
    """An Engine that logs the requests that it gets."""
    swarm.on("node1", "sh", "-c", "mkdir -p /etc/docker; echo '{\"debug\": true}' > /etc/docker/daemon.json")
    swarm.on("node1", "systemctl", "reload", "docker")
    yield
    swarm.on("node1", "sh", "-c", "echo '{}' > /etc/docker/daemon.json; systemctl reload docker")
    swarm.on("node1", "rm", "/etc/docker/daemon.json")


@pytest.fixture
def searched(swarm, tmp_path):
    """Run the playbook while searches go on on both sides; return how it ended, and what was found on each side."""
    wanted, found, temporary, file = (tmp_path / name for name in ("texts", "found", "tmp", "key"))
    temporary.mkdir()
    wanted.write_text("\n".join(texts(*CANARY)), encoding="utf-8")
    file.write_text(CANARY["FIRST"], encoding="utf-8")
    for path, text in (("/root/search.py", SEARCH.read_text(encoding="utf-8")), ("/root/texts", wanted.read_text())):
        swarm.on("node1", "sh", "-c", f'rm -f /root/found; printf %s "$1" > {path}', "sh", text)
    command = f"python3 /root/search.py /root/texts /root/found {REMOTE}"
    swarm.on("node1", "systemd-run", "--quiet", "--unit=search", *command.split())
    local = subprocess.Popen([sys.executable, SEARCH, wanted, found, temporary])
    environment = {
        **{f"CANARY_{name}": value for name, value in CANARY.items()},
        "ANSIBLE_LOCAL_TEMP": str(temporary),
        "TMPDIR": str(temporary),
        # Without this no module but those with secrets is kept from going through files.
        "ANSIBLE_PIPELINING": "false",
    }

    def stop():
        wanted.unlink(missing_ok=True)
        swarm.on("node1", "sh", "-c", "rm -f /root/texts; while systemctl is-active -q search; do sleep 0.1; done")
        local.wait()

    def searched(*options, **more):
        groups = {"attempting": ["node1"]}
        outcome = play(PLAYBOOK, groups, "-vvvv", *options, environment={**environment, **more}, canary_file=str(file))
        stop()
        return outcome, swarm.on("node1", "cat", "/root/found"), found.read_text(encoding="utf-8")

    yield searched
    stop()


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_value_is_nowhere(options, debug, searched, swarm):
    since = swarm.on("node1", "date", "+%Y-%m-%d %H:%M:%S")
    outcome, remote, local = searched("--diff", *options)
    assert outcome.status == 0, outcome.printed
    journal = swarm.on("node1", "journalctl", "--no-pager", "--output=cat", "--since", since)
    secret, control = texts("FIRST", "SECOND"), CANARY["CONTROL"]
    for place in (outcome.printed, remote, local, journal):
        assert [text for text in secret if text in place] == []
    # Whatever is not declared secret is found in each of these places.
    for place in (outcome.printed, remote, local, journal):
        assert control in place
    if not options:
        assert "/secrets/create" in journal
        assert swarm.content("shop_web", "/run/secrets/key") == CANARY["SECOND"]


def test_data_that_would_go_through_a_file_is_not_sent(searched, swarm):
    outcome, remote, local = searched(ANSIBLE_KEEP_REMOTE_FILES="true")
    assert outcome.status != 0
    assert "reason: no_pipelining" in outcome.printed
    for place in (outcome.printed, remote, local):
        assert [text for text in texts("FIRST", "SECOND") if text in place] == []
    assert swarm.names("services") == []
    swarm.on("node1", "rm", "-rf", "/root/.ansible/tmp")
