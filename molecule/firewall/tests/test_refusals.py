# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, before anything is changed. The nodes are node1, node2, node3 and node5."""

from __future__ import annotations

from firewall.tests.machines import MANAGERS

testinfra_hosts = ["ansible://node1"]

EVERY = [*MANAGERS, "node5"]
REFUSED = {
    "node1": ({"firewall_backend": "pf"}, "value of firewall_backend must be one of"),
    "node2": ({"swarm_published_ports_allow": {"20-30": ["192.0.2.0/24"]}}, "port 22, which would be closed"),
    "node3": ({"swarm_published_ports_allow": {"https": ["any"]}}, "https is no port"),
    "node5": ({"firewall_backend": "ufw"}, "ufw"),
}


def test_refused_are_rules_that_cannot_be_or_close_ssh(firewall, rules):
    before = [rules(name) for name in EVERY]
    given = {name: variables for name, (variables, _words) in REFUSED.items()}
    outcome = firewall(managers={name: given[name] for name in MANAGERS}, workers={"node5": given["node5"]})
    assert {name: failed for name, (*_others, failed) in outcome.recap.items()} == dict.fromkeys(EVERY, 1)
    assert not [words for _variables, words in REFUSED.values() if words not in outcome.text]
    assert [rules(name) for name in EVERY] == before


def test_refused_is_to_shut_out_a_host_whose_address_nobody_knows(firewall, rules):
    before = [rules(name) for name in EVERY]
    workers = {"node5": {}, "elsewhere": {"ansible_host": "elsewhere.invalid"}}
    outcome = firewall("--limit=!elsewhere", workers=workers)
    assert outcome.status != 0
    assert "the addresses of elsewhere are not known" in outcome.text
    assert [rules(name) for name in EVERY] == before
