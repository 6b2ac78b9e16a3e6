# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError, Unreachable
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import detect

UFW_CONFIG = "# /etc/ufw/ufw.conf\n\n# Set to yes to start on boot.\nENABLED={}\n\nLOGLEVEL=low\n"
TARGET = [("inet", "filter", "input")]


@pytest.fixture
def find(monkeypatch, tmp_path):
    """``find(chosen, active services, ...)`` on a host with these programs and services."""

    def run(chosen, active="", ufw="no", targets=(), programs=("iptables", "ufw")):
        config = tmp_path / "ufw.conf"
        config.write_text(UFW_CONFIG.format(ufw))
        monkeypatch.setattr(detect, "UFW_CONFIG", str(config))
        monkeypatch.setattr(detect, "which", lambda name: name if name in programs else None)
        monkeypatch.setattr(detect.nftables, "targets", lambda asked: list(targets))
        return detect.find(Systemctl(active.split()), chosen)

    return run


class Systemctl:
    """What ``systemctl is-active`` says; without systemd there is no answer."""

    def __init__(self, active):
        self.active = active

    def ask(self, argv, stdin=""):
        if "no-systemd" in self.active:
            return 127, "", "systemctl is not installed"
        words = ["active" if unit.partition(".")[0] in self.active else "inactive" for unit in argv[2:]]
        return 3, "\n".join(words), ""


@pytest.mark.parametrize(
    ("host", "backend"),
    [
        pytest.param(
            {"active": "firewalld nftables", "ufw": "yes", "targets": TARGET}, "firewalld", id="firewalld first"
        ),
        pytest.param({"active": "nftables", "ufw": "yes", "targets": TARGET}, "ufw", id="then ufw"),
        pytest.param({"active": "nftables", "targets": TARGET}, "nftables", id="then nftables"),
        pytest.param({"active": "nftables"}, "iptables", id="nftables without a chain for packets to this host"),
        pytest.param({"targets": TARGET}, "iptables", id="chains that no service loads"),
        pytest.param({"ufw": "yes", "programs": ("iptables",)}, "iptables", id="ufw was removed, its file was not"),
        pytest.param({"active": "no-systemd"}, "iptables", id="no systemd"),
        pytest.param({}, "iptables", id="nothing runs"),
    ],
)
def test_auto(find, host, backend):
    assert find("auto", **host) == backend


@pytest.mark.parametrize(
    ("chosen", "host"),
    [
        ("firewalld", {"active": "firewalld"}),
        ("nftables", {"active": "nftables", "ufw": "yes"}),
        ("ufw", {"ufw": "yes"}),
        ("iptables", {"active": "nftables", "targets": TARGET}),
    ],
)
def test_a_chosen_one_that_runs(find, chosen, host):
    assert find(chosen, **host) == chosen


@pytest.mark.parametrize(
    ("chosen", "host", "remedy"),
    [
        ("firewalld", {}, "systemctl enable --now firewalld"),
        ("nftables", {"targets": TARGET}, "systemctl enable --now nftables"),
        ("ufw", {}, "ufw enable"),
        ("iptables", {"programs": ()}, "install it"),
        ("iptables", {"active": "firewalld"}, "choose firewalld"),
        ("ufw", {"active": "firewalld", "ufw": "yes"}, "systemctl disable --now firewalld"),
    ],
)
def test_a_chosen_one_that_does_not_decide_is_refused_with_the_remedy(find, chosen, host, remedy):
    with pytest.raises(SwarmError, match=remedy):
        find(chosen, **host)


@pytest.mark.parametrize(
    ("text", "enabled"),
    [("ENABLED=yes", True), ('ENABLED="yes"', True), ("#ENABLED=yes", False), ("ENABLED=no", False), ("", False)],
)
def test_ufw_enabled(text, enabled):
    assert detect.ufw_enabled(text) is enabled


@pytest.mark.parametrize(
    ("info", "backend"),
    [
        pytest.param({"ServerVersion": "26.1.5+dfsg1"}, "iptables", id="an Engine that does not say"),
        pytest.param({"FirewallBackend": {"Driver": "iptables"}}, "iptables", id="iptables"),
        pytest.param(
            {"FirewallBackend": {"Driver": "iptables+firewalld", "Info": [["ReloadedAt", "..."]]}}, "iptables"
        ),
        pytest.param({"FirewallBackend": {"Driver": "nftables"}}, "nftables", id="nftables"),
        pytest.param({"FirewallBackend": {"Driver": "nftables+firewalld"}}, "nftables", id="nftables with firewalld"),
        pytest.param(None, None, id="no answer"),
    ],
)
def test_docker_backend(info, backend):
    class Client:
        def get(self, path):
            assert path == "/info"
            if info is None:
                raise Unreachable("the Engine does not answer")
            return info

    assert detect.docker_backend(Client()) == backend
