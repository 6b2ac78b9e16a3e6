# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, before anything is changed. The nodes are node1, node2, node3 and node5."""

from __future__ import annotations

import pytest
from firewall.tests.machines import MANAGERS

testinfra_hosts = ["ansible://node1"]

WORKERS = ["node5"]
EVERY = [*MANAGERS, *WORKERS]
REFUSED = {
    "rules that close ssh": (
        {"swarm_published_ports_allow": {"20-30": ["192.0.2.0/24"]}},
        "20-30 has ssh's port 22 in it",
    ),
    "a firewall that nobody knows": ({"firewall_backend": "pf"}, "value of firewall_backend must be one of"),
    "a firewall that does not run": ({"firewall_backend": "ufw"}, "ufw"),
    "what is no address": ({"firewall_extra_nodes": ["node7"]}, "firewall_extra_nodes has node7, which is neither"),
    "what is no port": ({"swarm_published_ports_allow": {"https": ["any"]}}, "https is no port"),
}


@pytest.mark.parametrize(("variables", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_is(variables, words, firewall, rules):
    before = [rules(name) for name in EVERY]
    outcome = firewall("--limit=node2,node3,node5", workers=WORKERS, **variables)
    assert outcome.status != 0
    assert words in outcome.text
    assert [rules(name) for name in EVERY] == before


def test_refused_is_to_shut_out_a_host_whose_address_nobody_knows(firewall, rules):
    before = [rules(name) for name in EVERY]
    workers = {"node5": {}, "elsewhere": {"ansible_host": "elsewhere.invalid"}}
    outcome = firewall("--limit=!elsewhere", workers=workers)
    assert outcome.status != 0
    assert "the addresses of elsewhere are not known" in outcome.text
    assert [rules(name) for name in EVERY] == before
