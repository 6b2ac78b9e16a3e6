# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules are there again, once and in order, after what takes them away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from firewall.tests.machines import NODES

testinfra_hosts = ["ansible://node1"]

WAYS = {
    "ufw is reloaded": ("node1", "ufw reload"),
    "ufw is turned off and on": ("node1", "ufw disable && ufw --force enable"),
    "ufw is restarted": ("node1", "systemctl restart ufw"),
    "firewalld is reloaded": ("node2", "firewall-cmd --reload"),
    "firewalld is restarted": ("node2", "systemctl restart firewalld"),
    "nftables is reloaded": ("node3", "systemctl reload nftables && systemctl restart docker"),
    "nftables is restarted": ("node3", "systemctl restart nftables && systemctl restart docker"),
    "iptables are loaded": ("node4", "systemctl restart netfilter-persistent && systemctl restart docker"),
    "rules are loaded by hand": ("node4", "netfilter-persistent reload && systemctl restart docker"),
}


def at_once(function):
    """Do it to all nodes at the same time."""
    with ThreadPoolExecutor(len(NODES)) as pool:
        list(pool.map(function, NODES))


@pytest.mark.parametrize(("name", "command"), WAYS.values(), ids=WAYS)
def test_rules_are_there_again_after(name, command, on, rules, recover):
    before = {name: rules(name)}
    on(name).check_output(command)
    recover(before)


def test_rules_are_there_again_after_docker_was_restarted_and_a_jump_is_first(on, rules, recover):
    before = {name: rules(name) for name in NODES}
    at_once(lambda name: on(name).check_output("systemctl restart docker"))
    recover(before)
    for name in NODES:
        first = on(name).check_output("iptables -S DOCKER-USER").splitlines()[1]
        assert first.endswith("-j FLOTILLA-PUBLISHED")
    for name in ("node1", "node4"):
        assert on(name).check_output("iptables -S INPUT").splitlines()[1] == "-A INPUT -j FLOTILLA-SWARM"


def test_rules_are_there_again_after_the_machines_were_off(power, rules, recover):
    before = {name: rules(name) for name in NODES}
    at_once(lambda name: power("stop", name))
    at_once(lambda name: power("start", name))
    recover(before)


def test_the_role_finds_nothing_to_do_then(firewall):
    assert firewall().changed == 0
    assert firewall("--check").changed == 0
