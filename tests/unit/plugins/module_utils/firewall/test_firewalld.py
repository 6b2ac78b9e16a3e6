# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import firewalld
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import Published, Wanted

FIXTURES = Path(__file__).parent / "fixtures"
ZONES = (FIXTURES / "zones-2.3.txt").read_text()
OLDER_ZONES = (FIXTURES / "zones-1.3.txt").read_text()
RULESET = (FIXTURES / "ruleset.txt").read_text()
NODES = (ip_network("198.51.100.2/32"), ip_network("198.51.100.3/32"))
PORTS = (("tcp", 2377), ("tcp", 7946), ("udp", 7946), ("udp", 4789))
WANTED = Wanted(nodes=NODES, ports=PORTS)
WEB = Published("tcp", 9000, 9000, (ip_network("203.0.113.0/24"),))
THIRD = ip_network("198.51.100.4/32")
TABLES = "nft -s list table inet flotilla_firewalld"


class Host:
    """Answers of programs, as one host gave them; what has none fails."""

    def __init__(self, **answers):
        self.answers = {
            "firewall-cmd --get-default-zone": "public\n",
            "firewall-cmd --list-all-zones": ZONES,
            "firewall-cmd --permanent --list-all-zones": ZONES.replace("docker0 docker_gwbridge", ""),
            **answers,
        }

    def ask(self, argv, stdin=""):
        answer = self.answers.get(" ".join(argv))
        return (1, "", "no such thing") if answer is None else (0, answer, "")

    def __call__(self, argv, stdin=""):
        code, out, err = self.ask(argv)
        assert code == 0, argv
        return out


@pytest.fixture(autouse=True)
def host_files(monkeypatch, tmp_path):
    monkeypatch.setattr(firewalld, "TABLE_FILE", str(tmp_path / "firewalld.nft"))
    monkeypatch.setattr(firewalld, "ZONE_FILES", str(tmp_path / "*.xml"))
    programs(monkeypatch, "firewall-cmd", "nft")


def programs(monkeypatch, *names):
    monkeypatch.setattr(firewalld, "which", lambda name: name if name in names else None)


def layers(wanted, **answers):
    return {(layer.name, layer.permanent): layer for layer in firewalld.layers(Host(**answers), wanted)}


def options(commands):
    return [argument for command in commands for argument in command.argv]


@pytest.mark.parametrize("zones", [ZONES, OLDER_ZONES], ids=["firewalld 2.3", "firewalld 1.3"])
def test_what_is_there_already_is_kept(zones):
    answers = {"firewall-cmd --list-all-zones": zones, "firewall-cmd --permanent --list-all-zones": zones}
    assert [layer.name for layer in layers(WANTED, **answers).values() if layer.changed] == []


@pytest.mark.parametrize("zones", [ZONES, OLDER_ZONES], ids=["firewalld 2.3", "firewalld 1.3"])
def test_zones_in_use(zones):
    found = firewalld.parse_zones(zones)
    assert {name: zone["used"] for name, zone in found.items()} == {"docker": True, "public": False, "trusted": False}


def test_the_default_zone_and_those_with_interfaces_get_rules():
    found = layers(WANTED)
    assert found["firewalld zone public", False].after == found["firewalld zone docker", True].after
    assert len(found["firewalld zone public", False].after) == 12
    assert found["firewalld zone trusted", False].after == []


def test_a_zone_that_has_a_source_for_the_next_boot_is_in_use():
    head, trusted = ZONES.split("trusted\n")
    with_source = f"{head}trusted\n{trusted.replace('sources: ', 'sources: 203.0.113.0/24')}"
    found = layers(WANTED, **{"firewall-cmd --permanent --list-all-zones": with_source})
    assert found["firewalld zone trusted", False].changed
    assert found["firewalld zone trusted", True].changed


def test_a_new_node_is_added_by_one_call_and_its_undo_removes_it():
    wanted = Wanted(nodes=(*NODES, THIRD), ports=PORTS)
    layer = layers(wanted)["firewalld zone public", False]
    assert len(layer.apply) == len(layer.undo) == 1
    assert layer.apply[0].argv[:2] == ["firewall-cmd", "--zone=public"]
    rule = 'rule priority="-32377" family="ipv4" source address="198.51.100.4" port port="2377" protocol="tcp" accept'
    assert layer.apply[0].argv[2] == f"--add-rich-rule={rule}"
    assert layer.undo[0].argv[2] == f"--remove-rich-rule={rule}"
    assert len(layer.apply[0].argv) == 2 + 4


def test_a_node_that_left_is_removed_after_what_is_new_is_there():
    layer = layers(Wanted(nodes=(NODES[0], THIRD), ports=PORTS))["firewalld zone public", False]
    add, remove = layer.apply
    assert all(option.startswith("--add-rich-rule=") and "198.51.100.4" in option for option in add.argv[2:])
    assert all(option.startswith("--remove-rich-rule=") and "198.51.100.3" in option for option in remove.argv[2:])


def test_for_the_next_boot_the_rules_of_a_zone_are_set_at_once_and_those_of_others_stay():
    layer = layers(Wanted(nodes=(NODES[0], THIRD), ports=PORTS))["firewalld zone public", True]
    assert layer.apply[0].argv[:5] == ["/bin/sh", "-c", firewalld.SET_RULES, "set", "public"]
    assert layer.apply[0].argv[5] == 'rule priority="-5" family="ipv4" source address="203.0.113.9" drop'
    assert sorted(layer.apply[0].argv[6:]) == layer.after


def test_an_old_data_path_port_goes_and_the_administrators_rule_stays():
    wanted = Wanted(nodes=NODES, ports=(*PORTS[:3], ("udp", 4790)), data_path_port=4790)
    removed = options(layers(wanted)["firewalld zone public", False].apply[1:])[2:]
    assert len(removed) == 3
    assert all('port="4789"' in option for option in removed)


def test_absent_takes_all_of_ours_from_every_zone():
    answers = {"systemctl is-active --quiet firewalld.service": ""}
    found = layers(WANTED.nothing(), **answers)
    changed = {key: layer for key, layer in found.items() if layer.changed}
    assert [len(layer.before) for layer in changed.values()] == [12, 12, 12, 12]
    assert all("203.0.113.9" not in option for option in options(changed["firewalld zone public", False].apply))
    assert len(changed["firewalld zone public", True].apply[0].argv) == 6


@pytest.mark.parametrize(
    ("networks", "wanted", "rule"),
    [
        pytest.param(
            ("2001:db8::/64",),
            {"esp": True},
            'rule priority="-32377" family="ipv6" source address="2001:db8::/64" protocol value="esp" accept',
            id="ESP of a network",
        ),
        pytest.param(
            ("0.0.0.0/0",),
            {"ports": (("tcp", 2377),)},
            'rule priority="-32377" family="ipv4" source address="0.0.0.0/0" port port="2377" protocol="tcp" accept',
            id="everybody",
        ),
        pytest.param(
            (),
            {"closed": (("tcp", 2377),)},
            'rule priority="-32376" port port="2377" protocol="tcp" drop',
            id="a port that is closed to all",
        ),
    ],
)
def test_rules_are_known_again(networks, wanted, rule):
    assert firewalld.rules(Wanted(nodes=tuple(map(ip_network, networks)), **wanted))[0] == rule
    assert firewalld.OURS.fullmatch(rule)


@pytest.mark.parametrize(
    "rule",
    [
        'rule priority="-32377" family="ipv4" source address="192.0.2.1" accept',
        'rule priority="-32376" service name="ssh" drop',
        'rule priority="-32375" port port="4789" protocol="udp" drop',
        'rule family="ipv4" source address="192.0.2.1" port port="4789" protocol="udp" accept',
        'rule priority="-32376" port port="4789" protocol="udp" log drop',
    ],
)
def test_rules_of_others(rule):
    assert not firewalld.OURS.fullmatch(rule)


def test_published_ports_are_a_table_now_and_for_the_next_boot():
    found = layers(Wanted(nodes=NODES, ports=PORTS, published=(WEB,)))
    now, later = found["nftables", False], found[firewalld.TABLE_FILE, True]
    assert now.before == []
    assert "inet flotilla_firewalld published: meta l4proto tcp ct original proto-dst 9000 drop" in now.after
    assert now.apply[0].stdin in later.apply[0].text
    assert firewalld.boot_lines(Wanted(published=(WEB,))) == [f"nft -f {firewalld.TABLE_FILE} || failed=1"]


def test_a_table_that_is_needed_no_longer_is_deleted():
    listed = RULESET[RULESET.index("table inet flotilla_swarm") :].replace("flotilla_swarm", "flotilla_firewalld")
    layer = layers(WANTED, **{TABLES: listed})["nftables", False]
    assert layer.changed
    assert layer.after == []
    assert layer.apply[0].stdin == "table inet flotilla_firewalld\ndelete table inet flotilla_firewalld\n"
    assert "chain published {" in layer.undo[0].stdin
    assert firewalld.boot_lines(WANTED) == []


def test_without_nft_published_ports_are_refused(monkeypatch):
    programs(monkeypatch, "firewall-cmd")
    assert not layers(WANTED)[firewalld.TABLE_FILE, True].changed
    with pytest.raises(SwarmError, match="install the package nftables"):
        layers(Wanted(nodes=NODES, ports=PORTS, drop_unencrypted=True))


def test_where_another_firewall_decides_a_resting_firewalld_is_only_asked_if_it_keeps_rules(tmp_path):
    assert {name for name, permanent in layers(WANTED.nothing())} == {"nftables", firewalld.TABLE_FILE}
    (tmp_path / "public.xml").write_text('<rule priority="-32377">')
    found = layers(WANTED.nothing(), **{"firewall-offline-cmd --list-all-zones": ZONES})
    layer = found["firewalld zone public", True]
    assert layer.apply[0].argv[:2] == ["firewall-offline-cmd", "--zone=public"]
    assert ("firewalld zone public", False) not in found


def test_a_host_without_firewalld_and_nft_is_asked_nothing(monkeypatch):
    programs(monkeypatch)
    assert list(layers(WANTED.nothing())) == [(firewalld.TABLE_FILE, True)]
