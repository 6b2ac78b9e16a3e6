# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the role is left where it is taken back. The nodes are node1, node2, node3 and node5."""

from __future__ import annotations

from firewall.tests.machines import FIREWALLS, MANAGERS, SCENARIO

testinfra_hosts = ["ansible://node1"]

NODES = [*MANAGERS, "node5"]
EVERYWHERE = (
    "{ iptables-save; ip6tables-save; nft list ruleset; systemctl list-unit-files; grep -r flotilla.swarm /etc; }"
)


def test_datagrams_of_nodes_are_let_in_and_of_no_others(on, fate):
    """A host whose Engine has no swarm says that nobody listens."""
    for name in NODES:
        on(name).check_output("docker swarm leave --force")
    others = [name for name in NODES if name != "node1"]
    assert set(fate("node1", others, "udp:7946", "udp:4789").values()) == {"refused"}
    assert set(fate("node4", NODES, "udp:7946", "udp:4789").values()) == {"silent"}


def test_nothing_of_the_role_is_left(firewall, on):
    workers = ["node4", "node5"]
    assert firewall(workers=workers, firewall_state="absent").changed == len(FIREWALLS)
    for name in FIREWALLS:
        assert on(name).run(f"{EVERYWHERE} 2>&1 | grep -i 'flotilla.swarm\\|FLOTILLA-'").stdout == ""
    assert firewall(workers=workers, firewall_state="absent").changed == 0


def test_what_was_there_before_is_there(on, fate):
    assert set(fate(None, FIREWALLS, "tcp:22").values()) == {"open"}
    assert set(fate(None, FIREWALLS, "tcp:12345").values()) == {"refused"}
    lines = (SCENARIO / "files" / "rules.v4").read_text(encoding="utf-8").splitlines()
    assert on("node4").check_output("iptables -S INPUT").splitlines()[1:] == [
        line for line in lines if line.startswith("-A INPUT")
    ]
    assert on("node3").file("/etc/nftables.conf").content_string == (SCENARIO / "files" / "nftables.conf").read_text(
        encoding="utf-8"
    )
    for name in ("node2", "node5"):
        for option in ("", "--permanent"):
            assert on(name).check_output(f"firewall-cmd --zone=public {option} --list-ports") == "12345/tcp"
            assert on(name).check_output(f"firewall-cmd --zone=public {option} --list-rich-rules") == ""
