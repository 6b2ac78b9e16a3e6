# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.hosts import of_silent_host


@pytest.mark.parametrize(
    ("unreachable", "trouble", "remedy"),
    [
        (True, "timed out", "start it, or take it from the inventory"),
        (True, "ssh: Host key verification failed.", "log in to it once with ssh, "),
        (True, "ssh: a@b: Permission denied (publickey).", "check its ansible_user, "),
        (True, "ssh: Could not resolve hostname b: Name or service", "correct its ansible_host"),
        (False, "Task failed: Missing sudo password", "give the password with --ask-become-pass, "),
        (False, "Task failed: Incorrect sudo password", "give the right password with --ask-become-pass, "),
        (False, "/usr/bin/python3: not found", "Ansible needs Python 3.9 or newer on the host, "),
    ],
)
def test_what_to_do_about_a_host_that_does_not_answer(unreachable, trouble, remedy):
    found = of_silent_host({"name": "h1", "unreachable": unreachable, "trouble": trouble}, False)
    assert found["remedy"].startswith(remedy)
    assert found["finding"].endswith(trouble.replace("Task failed: ", ""))
