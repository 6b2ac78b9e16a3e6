# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import published
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import EVERYBODY, Published, Wanted

OFFICE = (ip_network("198.51.100.0/24"), ip_network("2001:db8::/48"))


@pytest.mark.parametrize(
    ("entry", "version", "rules"),
    [
        (
            Published("tcp", 9000, 9000, OFFICE),
            4,
            [
                "-s 198.51.100.0/24 -p tcp -m conntrack --ctorigdstport 9000 -j RETURN",
                "-p tcp -m conntrack --ctorigdstport 9000 -j DROP",
            ],
        ),
        (
            Published("tcp", 9000, 9000, OFFICE),
            6,
            [
                "-s 2001:db8::/48 -p tcp -m conntrack --ctorigdstport 9000 -j RETURN",
                "-p tcp -m conntrack --ctorigdstport 9000 -j DROP",
            ],
        ),
        (Published("udp", 53, 53, EVERYBODY), 4, ["-p udp -m conntrack --ctorigdstport 53 -j RETURN"]),
        (Published("sctp", 7, 9, ()), 6, ["-p sctp -m conntrack --ctorigdstport 7:9 -j DROP"]),
        (
            Published("tcp", 80, 80, (ip_network("198.51.100.0/24"),)),
            6,
            ["-p tcp -m conntrack --ctorigdstport 80 -j DROP"],
        ),
    ],
    ids=["IPv4", "IPv6", "everybody", "nobody", "nobody over IPv6"],
)
def test_sources_go_on_to_the_engines_rules_and_others_do_not(entry, version, rules):
    assert published.rules(Wanted(published=(entry,)), version) == rules


def test_denied_is_what_was_given_another_destination():
    wanted = Wanted(published=(Published("tcp", 443, 443, EVERYBODY),), published_default="deny")
    assert published.rules(wanted, 4) == [
        "-p tcp -m conntrack --ctorigdstport 443 -j RETURN",
        "-m conntrack --ctstate RELATED -j RETURN",
        "-m conntrack --ctstate DNAT -j DROP",
    ]


@pytest.mark.parametrize(
    ("wanted", "chains"),
    [
        (Wanted(), []),
        (Wanted(published_default="deny"), ["DOCKER-USER"]),
        (Wanted(published=(Published("tcp", 80, 80, ()),)), ["DOCKER-USER", "INPUT"]),
        (Wanted(published=(Published("tcp", 80, 80, ()),), absent=True), []),
    ],
    ids=["nothing said", "denied by default", "an entry also holds for the Engine's proxy", "absent"],
)
def test_the_chain_is_entered_where_a_rule_may_match(wanted, chains):
    assert [chain for chain, match in published.jumps(wanted)] == chains
    assert bool(published.rules(wanted, 4)) == bool(chains)
