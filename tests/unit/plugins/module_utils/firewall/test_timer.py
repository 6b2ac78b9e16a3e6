# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import timer
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.layer import Command

pytestmark = pytest.mark.usefixtures("place")


class Systemd:
    """Keeps what it is asked to run, as ``Runner`` would run it."""

    def __init__(self):
        self.calls = []

    def __call__(self, argv, stdin="", name=""):
        self.calls.append(argv)

    def ask(self, argv, stdin=""):
        self.calls.append(argv)
        return 0, "", ""


def append(path, text):
    return Command(["sh", "-c", f"cat >>'{path}'"], text)


def fire(place):
    subprocess.run(["sh", str(place / "script")], check=False)


def test_what_nobody_confirms_is_taken_back_and_leaves_a_marker(place):
    systemd = Systemd()
    timer.arm(systemd, [append(place / "rules", "$old 'rules'"), append(place / "rules", "more\n")], 60)
    assert (timer.armed(), timer.restored()) == (True, False)
    assert systemd.calls[0][0] == "systemd-run"
    assert "--on-active=60" in systemd.calls[0]
    fire(place)
    assert (place / "rules").read_text(encoding="utf-8") == "$old 'rules'\nmore\n"
    assert (timer.armed(), timer.restored()) == (False, True)
    timer.forget()
    assert not timer.restored()


def test_a_command_that_fails_does_not_keep_the_others_from_it(place):
    timer.arm(Systemd(), [Command(["false"]), Command(["no-such-program"]), append(place / "rules", "old\n")], 1)
    fire(place)
    assert (place / "rules").exists()
    assert timer.restored()


def test_a_second_change_goes_back_over_the_first(place):
    systemd = Systemd()
    timer.arm(systemd, [append(place / "rules", "one\n")], 60)
    timer.arm(systemd, [append(place / "rules", "two\n")], 60)
    assert [call[0] for call in systemd.calls] == ["systemd-run", "systemctl", "systemd-run"]
    fire(place)
    assert (place / "rules").read_text(encoding="utf-8") == "two\none\n"


def test_a_confirmed_change_stays():
    systemd = Systemd()
    timer.confirm(systemd)
    assert systemd.calls == []
    timer.arm(systemd, [], 60)
    timer.confirm(systemd)
    assert systemd.calls[-1][:2] == ["systemctl", "stop"]
    assert (timer.armed(), timer.restored()) == (False, False)


def test_without_systemd_nothing_could_take_a_change_back(place, monkeypatch):
    monkeypatch.setattr(timer, "SYSTEMD", str(place / "none"))
    with pytest.raises(SwarmError, match="confirm_within: this host has no systemd.* set it to 0"):
        timer.arm(Systemd(), [], 60)
    assert not timer.armed()
