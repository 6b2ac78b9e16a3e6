# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import ssh
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import EVERYBODY, Published, Wanted

OFFICE = (ip_network("198.51.100.0/24"),)


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ("HOME=/root\0SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 2222\0", 2222),
        ("SSH_CONNECTION=2001:db8::1 50000 2001:db8::2 22\0", 22),
        ("SSH_CONNECTION=\0", None),
        ("SSH_CONNECTION_OLD=192.0.2.1 50000 192.0.2.2 2222\0", None),
        ("", None),
    ],
)
def test_the_session_knows_the_port_it_came_through(environ, port):
    assert ssh.parse(environ) == port


def test_the_parent_is_asked_where_sudo_has_cleared_the_environment(monkeypatch):
    files = {
        "/proc/self/status": "Name:\tpython3\nPPid:\t20\n",
        "/proc/20/status": "Name:\tsudo\nPPid:\t10\n",
        "/proc/10/environ": "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 2222\0",
    }
    monkeypatch.setattr(ssh, "read", lambda path: files.get(path, ""))
    assert ssh.connection_port() == 2222


def test_without_a_session_it_is_the_usual_port(monkeypatch):
    monkeypatch.setattr(ssh, "read", lambda path: "PPid:\t1\n" if path.endswith("status") else "")
    assert ssh.connection_port() == 22


@pytest.mark.parametrize(
    ("wanted", "port"),
    [
        (Wanted(ports=(("udp", 4789),)), 4789),
        (Wanted(published=(Published("tcp", 1, 21, OFFICE), Published("udp", 22, 22, OFFICE))), 22),
        (Wanted(published=(Published("tcp", 22, 22, EVERYBODY), Published("tcp", 1, 100, OFFICE))), 22),
        (Wanted(published_default="deny"), 22),
    ],
    ids=["a port of UDP", "ranges beside it", "a narrow entry for everybody comes first", "the default"],
)
def test_rules_that_leave_ssh_alone_pass(wanted, port):
    ssh.check(wanted, port)


@pytest.mark.parametrize(
    ("wanted", "port", "message"),
    [
        (Wanted(ports=(("tcp", 2377),)), 2377, "ssh uses port 2377, which is one of the swarm's.*let ssh listen on"),
        (Wanted(closed=(("tcp", 2377),)), 2377, "ssh uses port 2377"),
        (
            Wanted(published=(Published("tcp", 20, 30, OFFICE),)),
            22,
            "published_ports_allow: 20-30 covers ssh's port 22",
        ),
        (Wanted(published=(Published("tcp", 22, 22, ()),)), 22, "published_ports_allow: 22 covers ssh's port 22"),
        (
            Wanted(published=(Published("tcp", 22, 22, OFFICE), Published("tcp", 1, 99, EVERYBODY))),
            22,
            "published_ports_allow: 22 ",
        ),
    ],
)
def test_rules_that_would_close_ssh_are_refused(wanted, port, message):
    with pytest.raises(SwarmError, match=message) as caught:
        ssh.check(wanted, port)
    assert caught.value.reason == "ssh_cut"
