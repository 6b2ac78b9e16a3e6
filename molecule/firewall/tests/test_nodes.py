# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes come and go. The last test leaves node5 as worker in place of node4."""

from __future__ import annotations

import re

from firewall.tests.machines import MANAGERS, NODES

testinfra_hosts = ["ansible://node1"]

ELSEWHERE = "192.0.2.77"


def changed(outcome):
    """How many tasks changed something, by host; AssertionError if the run failed."""
    assert outcome.status == 0, outcome.printed
    return {name: count for name, (count, *_others) in outcome.recap.items()}


def test_check_mode_tells_what_would_change_but_where_a_host_is_left_alone(firewall, rules):
    before = [rules(name) for name in NODES]
    managers = {"node1": {"firewall_enabled": False}, "node2": {}, "node3": {}}
    outcome = firewall("--check", "--diff", managers=managers, firewall_extra_nodes=[ELSEWHERE])
    assert changed(outcome) == {"node1": 0, "node2": 1, "node3": 1, "node4": 1}
    assert re.search(rf"^\+.*{re.escape(ELSEWHERE)}", outcome.printed, re.MULTILINE)
    assert [rules(name) for name in NODES] == before


def test_hosts_outside_of_a_run_are_nodes_all_the_same(firewall):
    assert changed(firewall("--limit=node3")) == {"node3": 0}


def test_a_node_goes_and_another_one_comes(converge, firewall, on, address, fate, rules, recover):
    workers = ["node5"]
    assert changed(converge(MANAGERS, workers, swarm_remove_unlisted_nodes=True))["node5"] > 0
    shown = on("node1").check_output("docker node ls --format '{{.Hostname}} {{.Status}}'")
    assert sorted(shown.splitlines()) == ["node1 Ready", "node2 Ready", "node3 Ready", "node5 Ready"]
    assert set(fate("node5", MANAGERS, "tcp:2377", "tcp:7946").values()) == {"open"}

    # The one that went was a node until the swarm was without it.
    assert all(count > 0 for count in changed(firewall(workers=workers)).values())
    names = [*MANAGERS, "node5"]
    for name in names:
        assert address("node4") not in rules(name)
    recover({name: rules(name) for name in names}, stranger="node4")
    assert firewall(workers=workers).changed == 0


def test_the_new_one_keeps_its_rules(on, rules, recover):
    before = {"node5": rules("node5")}
    for command in ("firewall-cmd --reload", "systemctl restart firewalld"):
        on("node5").check_output(command)
        recover(before, stranger="node4")
