# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import apply, timer
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.layer import Command, Layer, Runner, Write
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.wanted import Wanted

pytestmark = pytest.mark.usefixtures("place")

SYSTEM = {"systemd-run", "systemctl"}


class Host(Runner):
    """Runs what is asked for, but leaves systemd alone."""

    def __init__(self):
        super().__init__(None)
        self.systemd = []

    def ask(self, argv, stdin=""):
        if argv[0] in SYSTEM:
            self.systemd.append(argv)
            return 0, "", ""
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def runtime(place, name="rules", fails=False):
    """A layer that writes `new` into a file and `old` back."""
    write = f"cat >'{place / name}'"
    apply_it = Command(["sh", "-c", f"{write}; exit 1" if fails else write], "new", name)
    return Layer(name, False, ["old"], ["new"], [apply_it], [Command(["sh", "-c", write], "old")])


def permanent(place):
    return Layer("boot", True, [], ["a line"], [Write(str(place / "boot"), "a line\n")])


def text(path):
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_a_change_that_needs_no_confirmation_is_for_now_and_for_the_next_boot(place):
    host = Host()
    (place / "marker").write_text("", encoding="utf-8")
    apply.change(host, [runtime(place), permanent(place)], 0)
    assert (text(place / "rules"), text(place / "boot")) == ("new", "a line\n")
    assert host.systemd == []
    assert not timer.restored()


def test_a_change_to_be_confirmed_is_for_now_alone_and_can_be_taken_back(place):
    apply.change(Host(), [runtime(place), runtime(place, "more"), permanent(place)], 60)
    assert (text(place / "rules"), text(place / "boot")) == ("new", None)
    assert timer.armed()
    subprocess.run(["sh", timer.SCRIPT], check=True)
    assert (text(place / "rules").strip(), text(place / "more").strip()) == ("old", "old")


def test_where_nothing_in_force_changes_there_is_nothing_to_confirm(place):
    host = Host()
    apply.change(host, [permanent(place)], 60)
    assert text(place / "boot") == "a line\n"
    assert host.systemd == []


def test_the_next_boot_waits_for_an_earlier_change_to_be_confirmed(place):
    apply.change(Host(), [runtime(place)], 60)
    apply.change(Host(), [permanent(place)], 60)
    assert text(place / "boot") is None
    assert timer.armed()


def test_a_change_that_fails_is_taken_back_with_all_before_it(place):
    host = Host()
    with pytest.raises(SwarmError) as caught:
        apply.change(host, [runtime(place), runtime(place, "more", fails=True), permanent(place)], 60)
    assert str(caught.value) == "more failed: it ended with 1; the rules are as they were before"
    assert [text(place / name) for name in ("rules", "more", "boot")] == ["old", "old", None]
    assert not timer.armed()


def test_what_cannot_be_taken_back_is_told(place):
    layer = Layer("x", False, ["a"], [], [Command(["false"])], [Command(["sh", "-c", "echo locked >&2; exit 1"])])
    with pytest.raises(SwarmError, match="^false failed: it ended with 1; nor could all be taken back: locked"):
        apply.change(Host(), [layer], 0)


def test_rules_that_no_packet_would_come_by_are_refused():
    apply.check_docker("iptables")
    apply.check_docker(None)
    with pytest.raises(SwarmError, match='set "firewall-backend": "iptables" in its daemon.json') as caught:
        apply.check_docker("nftables")
    assert caught.value.reason == "engine_nftables"


def test_a_diff_has_the_rules_in_force_and_names_the_rest(place):
    found = apply.diff([runtime(place), permanent(place)])
    assert found["before"] == "# rules\nold\n# boot: none\n"
    assert found["after"].startswith("# rules\nnew\n# boot: 1 lines, ")


class Backend:
    """One that tells what it was asked for."""

    def __init__(self, name):
        self.name = name

    def layers(self, run, wanted):
        return [(self.name, "absent" if wanted.absent else "present", True)]

    def boot_lines(self, wanted):
        return ["nft -f file"]


class Iptables:
    """The same of iptables, whose rules are asked for apart."""

    FAMILIES = {"iptables": 4}

    def families(self):
        return ["iptables"]

    def rules(self, wanted, version, guard):
        return ("absent" if wanted.absent else "present", guard)

    def layers(self, run, lines):
        return [(name, *asked) for name, asked in lines.items()]


@pytest.mark.parametrize(
    ("backend", "order", "boot"),
    [
        ("ufw", [("iptables", "present", True), ("firewalld", "absent", True), ("nftables", "absent", True)], []),
        (
            "firewalld",
            [("firewalld", "present", True), ("iptables", "present", False), ("nftables", "absent", True)],
            ["nft -f file"],
        ),
        (
            "nftables",
            [("nftables", "present", True), ("iptables", "present", False), ("firewalld", "absent", True)],
            [],
        ),
    ],
)
def test_one_backend_guards_and_the_others_are_cleared_after_it(monkeypatch, backend, order, boot):
    others = {name: Backend(name) for name in ("firewalld", "nftables")}
    monkeypatch.setattr(apply, "OTHERS", others)
    monkeypatch.setattr(apply, "firewalld", others["firewalld"])
    monkeypatch.setattr(apply, "iptables", Iptables())
    seen = []
    monkeypatch.setattr(apply.persistence, "layers", lambda lines, *more: seen.append(more) or [])
    assert apply.collect(None, Wanted(published_default="deny"), backend) == order
    assert seen == [(boot, backend)]


def test_a_host_without_iptables_is_told_so(monkeypatch):
    monkeypatch.setattr(apply, "OTHERS", {})
    monkeypatch.setattr(apply.iptables, "families", list)
    with pytest.raises(SwarmError, match="iptables is not installed on this host; install it"):
        apply.collect(None, Wanted(), "iptables")
