# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.host.collect import restart_needed
from ansible_collections.flotilla.swarm.plugins.module_utils.host.system import parse_os_release


@pytest.mark.parametrize(
    ("text", "family", "codename"),
    [
        ('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', "debian", "bookworm"),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n", "debian", "noble"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "redhat", None),
        ("ID=fedora\n", "redhat", None),
        ("# comment\nID=alpine\n", "alpine", None),
        ("", "unknown", None),
    ],
)
def test_distribution(text, family, codename):
    found = parse_os_release(text)
    assert (found["family"], found["codename"]) == (family, codename)


@pytest.mark.parametrize(
    ("running", "installed", "unread", "reason"),
    [
        ("26.1.5", "26.1.5", False, None),
        (None, "26.1.5", False, None),
        ("20.10.24", "26.1.5", False, "version 20.10.24 runs and 26.1.5 is installed"),
        ("26.1.5", "26.1.5", True, "daemon.json was written after the Engine read it"),
    ],
)
def test_whether_a_restart_would_give_another_engine(running, installed, unread, reason):
    assert restart_needed({"running": running, "installed": installed}, {"unread": unread}) == reason
