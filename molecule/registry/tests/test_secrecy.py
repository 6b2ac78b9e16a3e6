# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords are searched for in all that a run prints, writes and starts. A word that is no password is found by the
same searches, so that they are known to find something."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from registry.tests.conftest import PASSWORD

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "canary.yml"
SEARCH = Path(__file__).resolve().parents[2] / "secrets" / "tests" / "search.py"
SECOND, CONTROL = "second-canary-aHVzaA", "control-canary-b3Blbg"
REMOTE = "/tmp /var/tmp /dev/shm /root/.ansible /home/alice/.ansible /run/user"


def texts(*words):
    """The words, and their base64 wherever it begins and ends."""
    found = []
    for word in words:
        encoded = [base64.b64encode(b"x" * shift + word.encode()).decode() for shift in range(3)]
        found += [word, *(text[4:-4] for text in encoded)]
    return found


@pytest.fixture
def searched(host, login, tmp_path):
    """Run the playbook while searches go on on both sides; return how it ended, and what was found on each side."""
    wanted, found, temporary = tmp_path / "texts", tmp_path / "found", tmp_path / "tmp"
    temporary.mkdir()
    wanted.write_text("\n".join(texts(PASSWORD, SECOND, CONTROL)), encoding="utf-8")
    host.check_output("printf %%s %s > /root/search.py", SEARCH.read_text(encoding="utf-8"))
    host.check_output("rm -f /root/found && printf %%s %s > /root/texts", wanted.read_text(encoding="utf-8"))
    host.check_output(f"systemd-run --quiet --unit=search python3 /root/search.py /root/texts /root/found {REMOTE}")
    local = subprocess.Popen([sys.executable, SEARCH, wanted, found, temporary])
    environment = {
        "CANARY_SECOND": SECOND,
        "CANARY_CONTROL": CONTROL,
        "ANSIBLE_LOCAL_TEMP": str(temporary),
        "TMPDIR": str(temporary),
        # Without this no module but those with secrets is kept from going through files.
        "ANSIBLE_PIPELINING": "false",
    }

    def stop():
        wanted.unlink(missing_ok=True)
        host.check_output("rm -f /root/texts; while systemctl is-active -q search; do sleep 0.1; done")
        local.wait()

    def searched(*options, **more):
        given = {**environment, **more}
        outcome = login("-vvvv", "--diff", *options, nodes=("node1",), playbook=PLAYBOOK, environment=given)
        stop()
        return outcome, host.check_output("cat /root/found"), found.read_text(encoding="utf-8")

    yield searched
    stop()


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_password_is_nowhere(options, searched, host, login):
    login(nodes=("node1",), state="absent")
    since = host.check_output("date '+%Y-%m-%d %H:%M:%S'")
    outcome, remote, local = searched(*options)
    assert outcome.status == 0, outcome.printed
    journal = host.check_output("journalctl --no-pager --output=cat --since %s", since)
    for place in (outcome.printed, remote, local, journal):
        assert [text for text in texts(PASSWORD, SECOND) if text in place] == []
    for place in (outcome.printed, remote, local):
        assert CONTROL in place
    login(nodes=("node1",))


def test_a_password_that_would_go_through_a_file_is_not_sent(searched, host):
    outcome, remote, local = searched(ANSIBLE_KEEP_REMOTE_FILES="true")
    assert outcome.status != 0
    assert "reason: no_pipelining" in outcome.printed
    for place in (outcome.printed, remote, local):
        assert [text for text in texts(PASSWORD, SECOND) if text in place] == []
    host.check_output("rm -rf /root/.ansible/tmp")
