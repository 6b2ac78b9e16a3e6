# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import iptables
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import EVERYBODY, Published, Wanted

# Recorded on trixie (nf_tables) behind ufw, with a rule of the Engine for an encrypted network.
SAVED = (Path(__file__).parent / "fixtures" / "iptables-save-1.8.11.txt").read_text(encoding="utf-8")
ENGINE_DROP = next(line for line in SAVED.splitlines() if "u32" in line)
# The same where the kernel has xt_bpf.
ENGINE_DROP_BPF = re.sub(r"-m u32 --u32 \S+", '-m bpf --bytecode "7,32 0 0 4294963252,6 0 0 4294967295"', ENGINE_DROP)


def networks(*texts):
    return tuple(ip_network(text) for text in texts)


WANTED = Wanted(
    nodes=networks("10.213.89.2", "10.213.89.3", "10.213.89.4"),
    ports=(("tcp", 2377), ("tcp", 7946), ("udp", 7946), ("udp", 4789)),
    published=(
        Published("tcp", 443, 443, EVERYBODY),
        Published("tcp", 9000, 9000, networks("10.213.89.3")),
        Published("tcp", 8000, 8010, networks("10.0.0.0/8", "fd00::/8")),
    ),
)


def test_rules_are_written_as_iptables_save_prints_them():
    assert iptables.own(SAVED) == iptables.rules(WANTED, 4)


def test_a_family_has_its_own_addresses_alone():
    rules = iptables.rules(WANTED, 6)
    assert not [rule for rule in rules if "10." in rule]
    assert [rule for rule in rules if "FLOTILLA-NODES -" in rule] == ["-A FLOTILLA-NODES -j DROP"]
    assert "-A FLOTILLA-PUBLISHED -s fd00::/8 -p tcp -m conntrack --ctorigdstport 8000:8010 -j RETURN" in rules


def chain(rules, name):
    return [rule.replace(f"-A {name} ", "") for rule in rules if rule.startswith(f"-A {name} ")]


def test_esp_of_others_goes_on_to_other_rules():
    wanted = Wanted(nodes=networks("10.0.0.1"), ports=(("udp", 4789),), esp=True)
    rules = iptables.rules(wanted, 4)
    assert chain(rules, "FLOTILLA-SWARM")[-1] == "-p esp -j FLOTILLA-NODES"
    assert chain(rules, "FLOTILLA-NODES") == ["-s 10.0.0.1/32 -j ACCEPT", "-p esp -j RETURN", "-j DROP"]


def test_unencrypted_vxlan_is_dropped_before_nodes_are_asked():
    wanted = Wanted(ports=(("udp", 7946), ("udp", 4790)), data_path_port=4790, drop_unencrypted=True)
    assert chain(iptables.rules(wanted, 4), "FLOTILLA-SWARM") == [
        "-i lo -j RETURN",
        "-p udp -m udp --dport 7946 -j FLOTILLA-NODES",
        "-p udp -m udp --dport 4790 -m policy --dir in --pol none -j DROP",
        "-p udp -m udp --dport 4790 -j FLOTILLA-NODES",
    ]


def test_a_closed_port_is_closed_to_nodes_as_well():
    rules = iptables.rules(Wanted(ports=(("tcp", 7946),), closed=(("tcp", 2377),)), 4)
    assert chain(rules, "FLOTILLA-SWARM")[-1] == "-p tcp -m tcp --dport 2377 -j DROP"


@pytest.mark.parametrize(
    ("wanted", "guard", "chains"),
    [
        (WANTED, True, ["FLOTILLA-SWARM", "FLOTILLA-NODES", "FLOTILLA-PUBLISHED"]),
        (WANTED, False, ["FLOTILLA-PUBLISHED"]),
        (Wanted(ports=(("tcp", 7946),)), True, ["FLOTILLA-SWARM", "FLOTILLA-NODES"]),
        (Wanted(ports=(("tcp", 7946),)), False, []),
        (WANTED.nothing(), True, []),
    ],
    ids=["all", "another backend guards", "nothing published", "nothing at all", "absent"],
)
def test_only_chains_with_a_purpose_are_there(wanted, guard, chains):
    rules = iptables.rules(wanted, 4, guard)
    assert [rule.split()[1] for rule in rules if rule.startswith("-N")] == chains
    assert {rule.split()[-1] for rule in rules if rule.startswith(("-A INPUT", "-A DOCKER-USER"))} == set(chains) - {
        "FLOTILLA-NODES"
    }


FIRST, SECOND, OTHER = "-A INPUT -j FLOTILLA-SWARM", "-A INPUT ! -i lo -j FLOTILLA-PUBLISHED", "-A INPUT -j ACCEPT"


@pytest.mark.parametrize(
    ("there", "seen"),
    [
        ([FIRST, SECOND, OTHER], [FIRST, SECOND]),
        ([ENGINE_DROP, ENGINE_DROP_BPF, FIRST, SECOND], [FIRST, SECOND]),
        ([OTHER, FIRST, SECOND], ["-I INPUT 2 -j FLOTILLA-SWARM", "-I INPUT 3 ! -i lo -j FLOTILLA-PUBLISHED"]),
        ([FIRST, ENGINE_DROP, SECOND], [FIRST, "-I INPUT 3 ! -i lo -j FLOTILLA-PUBLISHED"]),
        ([ENGINE_DROP, OTHER, FIRST], ["-I INPUT 3 -j FLOTILLA-SWARM"]),
        ([FIRST, OTHER, FIRST], [FIRST, "-I INPUT 3 -j FLOTILLA-SWARM"]),
        ([SECOND, FIRST], [SECOND, FIRST]),
    ],
    ids=[
        "first",
        "below what the Engine drops",
        "below a rule of others",
        "apart",
        "below a rule of others below the Engine's",
        "twice",
        "the wrong way round",
    ],
)
def test_a_jump_that_is_not_at_its_place_is_seen(there, seen):
    assert iptables.own("\n".join(["*filter", ":INPUT ACCEPT [0:0]", *there, "COMMIT"])) == seen


def load(tmp_path, rules, lines):
    """What the shell function has iptables-restore do where iptables prints these rules."""
    program = tmp_path / "tables"
    program.write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(rules) + "\nEND\n", encoding="utf-8")
    restore = tmp_path / "tables-restore"
    restore.write_text("#!/bin/sh\ncat\n", encoding="utf-8")
    for path in (program, restore):
        path.chmod(0o755)
    command = iptables.load(str(program), lines)
    done = subprocess.run(command.argv, input=command.stdin, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_one_transaction_exchanges_all_that_is_ours(tmp_path):
    drops = [ENGINE_DROP, ENGINE_DROP_BPF]
    there = ["-P INPUT ACCEPT", "-N DOCKER-USER", "-N FLOTILLA-SWARM", *drops, OTHER, SECOND, FIRST]
    there += ["-A DOCKER-USER -j RETURN", "-A FLOTILLA-SWARM -j FLOTILLA-NODES"]
    lines = iptables.rules(Wanted(ports=(("tcp", 7946),), published_default="deny"), 4)
    assert load(tmp_path, there, lines) == [
        "*filter",
        SECOND.replace("-A", "-D"),
        FIRST.replace("-A", "-D"),
        ":FLOTILLA-SWARM - [0:0]",
        ":FLOTILLA-NODES - [0:0]",
        ":FLOTILLA-PUBLISHED - [0:0]",
        "-A FLOTILLA-SWARM -i lo -j RETURN",
        "-A FLOTILLA-SWARM -p tcp -m tcp --dport 7946 -j FLOTILLA-NODES",
        "-A FLOTILLA-NODES -j DROP",
        "-A FLOTILLA-PUBLISHED -m conntrack --ctstate RELATED -j RETURN",
        "-A FLOTILLA-PUBLISHED -m conntrack --ctstate DNAT -j DROP",
        "-I INPUT 3 -j FLOTILLA-SWARM",
        "-I DOCKER-USER -m conntrack --ctstate DNAT --ctdir ORIGINAL -j FLOTILLA-PUBLISHED",
        "COMMIT",
    ]


def test_the_engines_chain_is_made_where_it_is_not_and_never_emptied(tmp_path):
    lines = iptables.rules(Wanted(published_default="deny"), 4, guard=False)
    assert ":DOCKER-USER - [0:0]" in load(tmp_path, ["-P INPUT ACCEPT"], lines)
    assert ":DOCKER-USER - [0:0]" not in load(tmp_path, ["-P INPUT ACCEPT", "-N DOCKER-USER"], lines)
    assert ":DOCKER-USER - [0:0]" not in load(tmp_path, ["-P INPUT ACCEPT"], [])


def test_nothing_wanted_leaves_nothing(tmp_path):
    done = load(tmp_path, ["-P INPUT ACCEPT", FIRST], [])
    assert done[1] == "-D INPUT -j FLOTILLA-SWARM"
    assert done[-4:] == ["-X FLOTILLA-SWARM", "-X FLOTILLA-NODES", "-X FLOTILLA-PUBLISHED", "COMMIT"]


def test_a_jump_at_a_wrong_place_is_put_back_at_the_right_one():
    lines = iptables.restore_lines(["-N FLOTILLA-SWARM", "-I INPUT 7 -j FLOTILLA-SWARM"])
    assert "-I INPUT @ -j FLOTILLA-SWARM\n" in lines
    assert "-X FLOTILLA-SWARM\n" not in lines


def test_a_table_that_iptables_cannot_read_is_an_error_with_its_remedy():
    def run(argv):
        return "# Table `filter' is incompatible, use 'nft' tool.\n"

    with pytest.raises(SwarmError, match="take it out with nft"):
        iptables.read(run, "iptables")


@pytest.mark.parametrize(
    ("installed", "ipv6", "found"),
    [
        ({"iptables", "ip6tables"}, True, ["iptables", "ip6tables"]),
        ({"iptables", "ip6tables"}, False, ["iptables"]),
        ({"iptables"}, True, ["iptables"]),
        (set(), True, []),
    ],
    ids=["both", "a kernel without IPv6", "no tool for IPv6", "no tool"],
)
def test_a_family_needs_its_tool_and_its_kernel(monkeypatch, tmp_path, installed, ipv6, found):
    monkeypatch.setattr(iptables, "which", lambda name: name if name in installed else None)
    monkeypatch.setattr(iptables, "IPV6", str(tmp_path if ipv6 else tmp_path / "none"))
    assert iptables.families() == found
