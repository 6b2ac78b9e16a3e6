# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.findings import trouble
from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.hosts import of_silent_host


@pytest.mark.parametrize(
    ("unreachable", "trouble", "remedy"),
    [
        (True, "timed out", "start it, or take it from the inventory"),
        (True, "ssh: Host key verification failed.", "log in to it once with ssh, "),
        (True, "ssh: a@b: Permission denied (publickey).", "check its ansible_user, "),
        (True, "ssh: Could not resolve hostname b: Name or service", "correct its ansible_host"),
        (False, "Task failed: Missing sudo password", "give the password with --ask-become-pass, "),
        (False, "Task failed: Incorrect sudo password", "give the right password with --ask-become-pass"),
        (False, "No start of json char found: ada is not in the sudoers file.", "let its ansible_user use sudo"),
        (False, "/usr/bin/python3: not found", "Ansible needs Python 3.9 or newer on the host, "),
    ],
)
def test_what_to_do_about_a_host_that_does_not_answer(unreachable, trouble, remedy):
    found = of_silent_host({"name": "h1", "unreachable": unreachable, "trouble": trouble}, False)
    assert found["remedy"].startswith(remedy)
    assert found["finding"].endswith(trouble.replace("Task failed: ", ""))


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ({"msg": "timed out", "unreachable": True}, "timed out"),
        ({"failed": True}, "the host does not answer"),
        (
            {"msg": "no result", "module_stdout": "\r\na is not in the sudoers file.\r\n", "module_stderr": "closed."},
            "no result: a is not in the sudoers file.",
        ),
        ({"msg": "no result", "module_stdout": "", "module_stderr": "one\ntwo\n"}, "no result: two"),
    ],
)
def test_what_a_host_said_instead_of_an_answer(seen, told):
    assert trouble(seen) == told
