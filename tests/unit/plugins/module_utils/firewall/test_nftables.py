# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import nftables
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.nftables import (
    INCLUDE,
    State,
    base_chains,
    declares,
    script,
    state,
    wanted_state,
    with_include,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.own_table import parse
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import Published, Wanted

RULESET = (Path(__file__).parent / "fixtures" / "ruleset.txt").read_text()
NODES = (ip_network("198.51.100.2/32"), ip_network("198.51.100.3/32"))
PORTS = (("tcp", 2377), ("tcp", 7946), ("udp", 7946), ("udp", 4789))
WEB = Published("tcp", 9000, 9000, (ip_network("203.0.113.0/24"),))
WANTED = Wanted(nodes=NODES, ports=PORTS, published=(WEB,))
CONFIG = "flush ruleset\ntable inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0;\n\t}\n}\n"
INPUT = ("inet", "filter", "input")
EXEC = "ExecStart={{ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft -f {} ; ignore_errors=no ; pid=0 }}\n"


@pytest.fixture
def host(monkeypatch, tmp_path):
    """A host whose files are in a directory of the test; returns what runs programs there."""
    config = tmp_path / "nftables.conf"
    config.write_text(CONFIG)
    config.chmod(0o755)
    monkeypatch.setattr(nftables, "RULES_FILE", str(tmp_path / "ours.nft"))
    monkeypatch.setattr(nftables, "which", lambda name: name)
    return Host(config)


class Host:
    """Answers of programs; the configuration is a file."""

    def __init__(self, config, ruleset=RULESET):
        self.config, self.ruleset = config, ruleset

    def ask(self, argv, stdin=""):
        assert argv[:3] == ["systemctl", "show", "nftables.service"]
        return 0, EXEC.format(self.config), ""

    def __call__(self, argv, stdin=""):
        assert argv == ["nft", "-s", "-t", "list", "ruleset"]
        return self.ruleset


def test_what_is_in_force_already_is_kept(host):
    runtime, rules, include = nftables.layers(host, WANTED)
    assert not runtime.changed
    assert (rules.before, include.before, include.after) == ([], [], [INCLUDE])


def test_nothing_is_left_to_do_after_the_files_are_written(host):
    for layer in nftables.layers(host, WANTED)[1:]:
        write = layer.apply[0]
        Path(write.path).write_text(write.text)
    assert [layer.name for layer in nftables.layers(host, WANTED) if layer.changed] == []


def test_the_configuration_keeps_its_mode_and_all_of_its_text(host):
    write = nftables.layers(host, WANTED)[2].apply[0]
    assert (write.path, write.mode) == (str(host.config), 0o755)
    assert write.text == f"{CONFIG}{INCLUDE}\n"


def test_a_link_to_the_configuration_stays_one(host, tmp_path):
    link = tmp_path / "link.conf"
    link.symlink_to(host.config)
    host.config = link
    assert nftables.layers(host, WANTED)[2].apply[0].path == str(tmp_path / "nftables.conf")


def test_absent_takes_all_of_ours_away(host):
    host.config.write_text(f"{CONFIG}{INCLUDE}\n")
    runtime, rules, include = nftables.layers(host, WANTED.nothing())
    assert (runtime.after, rules.after, include.after) == ([], [], [])
    assert include.apply[0].text == CONFIG
    assert runtime.apply[0].stdin == (
        "table inet flotilla_swarm\ndelete table inet flotilla_swarm\n"
        "add table inet filter\n"
        "add chain inet filter flotilla_swarm_nodes\nadd chain inet filter flotilla_swarm\n"
        "flush chain inet filter flotilla_swarm_nodes\nflush chain inet filter flotilla_swarm\n"
        "delete chain inet filter flotilla_swarm\ndelete chain inet filter flotilla_swarm_nodes\n"
    )
    assert runtime.undo[0].stdin.endswith("insert rule inet filter input jump flotilla_swarm\n")


def test_a_host_without_nft_is_asked_for_no_rules(host, monkeypatch):
    monkeypatch.setattr(nftables, "which", lambda name: None)
    host.ruleset = None
    assert [layer.changed for layer in nftables.layers(host, WANTED.nothing())] == [False, False]


def test_a_jump_that_is_not_the_first_rule_or_is_there_twice_is_a_change(host):
    jump = "\t\tjump flotilla_swarm\n"
    for before in (f"\t\ttcp dport 23 drop\n{jump}", jump + jump):
        host.ruleset = RULESET.replace(jump, before)
        runtime = nftables.layers(host, WANTED)[0]
        assert set(runtime.before) - set(runtime.after) == {"inet filter input: jump flotilla_swarm at place 2"}


def test_rules_of_a_table_that_the_configuration_has_no_more_go(host):
    host.config.write_text(CONFIG.replace("filter {", "other {"))
    runtime = nftables.layers(host, WANTED)[0]
    assert not any(line.startswith("inet filter") for line in runtime.after)
    assert "delete chain inet filter flotilla_swarm\n" in runtime.apply[0].stdin


@pytest.mark.parametrize(
    ("family", "nodes"),
    [
        ("inet", ["ip saddr 198.51.100.2 accept", "ip6 saddr 2001:db8::/64 accept"]),
        ("ip", ["ip saddr 198.51.100.2 accept"]),
        ("ip6", ["ip6 saddr 2001:db8::/64 accept"]),
    ],
)
def test_a_table_gets_the_nodes_of_its_family(family, nodes):
    wanted = Wanted(nodes=(NODES[0], ip_network("2001:db8::/64")), ports=(("udp", 4789),), esp=True)
    after = wanted_state(wanted, [(family, "filter", "input")])
    assert after.accepts == {
        (family, "filter"): {
            "flotilla_swarm": [
                "udp dport 4789 jump flotilla_swarm_nodes",
                "meta l4proto esp jump flotilla_swarm_nodes",
            ],
            "flotilla_swarm_nodes": nodes,
        }
    }


def test_what_is_found_of_what_was_written():
    found = state(parse(RULESET))
    assert found == wanted_state(WANTED, [INPUT])
    assert state(parse("table inet filter {\n\tchain input {\n\t}\n}\n")) == State()


@pytest.mark.parametrize(
    ("chain", "line"),
    [
        ("input", "add chain ip filter input\n"),
        ("INPUT", "add chain ip filter INPUT { type filter hook input priority filter; }\n"),
    ],
)
def test_the_file_also_loads_where_the_base_chain_is_gone(chain, line):
    after = wanted_state(WANTED, [("ip", "filter", chain)])
    assert f"{line}insert rule ip filter {chain} jump flotilla_swarm\n" in script(after, after.accepts)


@pytest.mark.parametrize(
    ("config", "found"),
    [
        pytest.param(CONFIG, [INPUT], id="the base chain of the configuration"),
        pytest.param(
            "table ip filter {}", [("ip", "filter", "INPUT")], id="iptables' own, where the configuration has it"
        ),
        pytest.param("table filter {}", [("ip", "filter", "INPUT")], id="a table without a family is one of ip"),
        pytest.param("", [], id="those of other programs are theirs"),
        pytest.param("table inet flotilla_swarm {}", [], id="never our own"),
    ],
)
def test_base_chains(config, found):
    assert base_chains(parse(RULESET), config) == found


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("table inet filter {", True),
        ("add table inet filter", True),
        ("add chain inet filter input { type filter hook input priority 0; }", True),
        ("table\tinet   filter\n{", True),
        ("table inet filter_old {", False),
        ("table ip filter {", False),
        ("table filter {", False),
        ("set inet filter x", False),
    ],
)
def test_declares(config, expected):
    assert declares(config, "inet", "filter") is expected


def test_configuration_with_what_it_includes(monkeypatch, tmp_path):
    monkeypatch.setattr(nftables, "INCLUDE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(nftables, "RULES_FILE", str(tmp_path / "d" / "ours.nft"))
    (tmp_path / "d").mkdir()
    main = tmp_path / "main.conf"
    main.write_text('#flush ruleset\ninclude "d/*.nft"\ninclude "main.conf"\ninclude "missing.conf"\n')
    (tmp_path / "d" / "a.nft").write_text("table inet a {}\n")
    (tmp_path / "d" / "ours.nft").write_text("table inet ours {}\n")
    text = nftables.config_text(str(main))
    assert declares(text, "inet", "a")
    assert not declares(text, "inet", "ours")
    assert "flush" not in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        CONFIG,
        "table inet filter {}",
        f'{CONFIG}# include "/etc/flotilla-swarm/nftables.nft*"\n',
        "\n\n# ends with empty lines\n\n\n",
    ],
)
def test_the_line_comes_and_goes_without_a_trace(text):
    there = with_include(text, True)
    assert there.count(INCLUDE) == 1
    assert there.splitlines()[-1] == INCLUDE
    assert with_include(there, True) == there
    assert with_include(there, False) == text


def test_lines_that_others_wrote_after_ours_stay():
    text = f"{CONFIG}{INCLUDE}\ntable ip mine {{}}\n"
    assert with_include(text, False) == f"{CONFIG}table ip mine {{}}\n"
    assert with_include(text, True) == f"{CONFIG}table ip mine {{}}\n{INCLUDE}\n"


@pytest.mark.parametrize(
    ("config", "absent", "count"),
    [
        (CONFIG, False, 1),
        (CONFIG, True, 0),
        (CONFIG.replace("flush ruleset", "table inet filter\nflush table inet filter"), False, 0),
        (f"# {CONFIG}", False, 0),
    ],
)
def test_a_configuration_that_flushes_the_engines_rules_is_noted(host, config, absent, count):
    host.config.write_text(config)
    found = nftables.notes(host, WANTED.nothing() if absent else WANTED)
    assert len(found) == count
    assert all(note.startswith(f"{host.config} has `flush ruleset`") for note in found)


@pytest.mark.parametrize(
    ("shown", "path"),
    [
        (EXEC.format("/etc/sysconfig/nftables.conf"), "/etc/sysconfig/nftables.conf"),
        ("ExecStart={ path=/sbin/nft ; argv[]=/sbin/nft -I /etc -f /etc/my.conf ; pid=0 }\n", "/etc/my.conf"),
        ("ExecStart=\n", "/etc/nftables.conf"),
    ],
)
def test_config_path(monkeypatch, shown, path):
    monkeypatch.setattr(nftables, "CONFIGS", ("/etc/nftables.conf",))

    class Shown:
        def ask(self, argv, stdin=""):
            return 0, shown, ""

    assert nftables.config_path(Shown()) == path
