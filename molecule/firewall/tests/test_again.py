# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules are there again, once and in order, after what takes them away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from firewall.tests.machines import NODES

testinfra_hosts = ["ansible://node1"]

# Docker's own rules are gone with nftables and netfilter-persistent, until it makes them anew.
WAYS = {
    "reloaded": {
        "node1": "ufw reload",
        "node2": "firewall-cmd --reload",
        "node3": "systemctl reload nftables && systemctl restart docker",
        "node4": "netfilter-persistent reload && systemctl restart docker",
    },
    "restarted": {
        "node1": "ufw disable && ufw --force enable && systemctl restart ufw",
        "node2": "systemctl restart firewalld",
        "node3": "systemctl restart nftables && systemctl restart docker",
        "node4": "systemctl restart netfilter-persistent && systemctl restart docker",
    },
}


def at_once(function):
    """Do it to all nodes at the same time."""
    with ThreadPoolExecutor(len(NODES)) as pool:
        list(pool.map(function, NODES))


@pytest.mark.parametrize("commands", WAYS.values(), ids=WAYS)
def test_rules_are_there_again_after_firewalls_were(commands, on, rules, recover):
    before = {name: rules(name) for name in NODES}
    at_once(lambda name: on(name).check_output(commands[name]))
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
