# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import persistence
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.layer import Write, write_file

LINES = {"iptables": ["-N FLOTILLA-SWARM", "-A FLOTILLA-SWARM -i lo -j RETURN"], "ip6tables": []}


@pytest.fixture(autouse=True)
def host(monkeypatch, tmp_path):
    """A host without any of the files, and with netfilter-persistent."""
    (tmp_path / "plugins").mkdir()
    for name in ("SCRIPT", "UNITS", "ENABLED", "PLUGINS", "PLUGIN"):
        path = tmp_path / "plugins" / "50" if name == "PLUGIN" else tmp_path / name.lower()
        monkeypatch.setattr(persistence, name, str(path))
    return tmp_path


def write(layers):
    for layer in layers:
        for step in layer.apply:
            if isinstance(step, Write):
                write_file(step)


def changed(layers):
    return [layer.name.rpartition("/")[2] for layer in layers if layer.changed]


UNIT = persistence.UNIT


def test_the_next_boot_has_a_script_a_unit_and_a_plugin_until_there_are_no_rules(host):
    first = persistence.layers(LINES, [], "iptables")
    assert changed(first) == ["script", UNIT, "50"]
    write(first)
    assert changed(persistence.layers(LINES, [], "iptables")) == [UNIT]
    (host / "enabled").symlink_to("anywhere")
    assert changed(persistence.layers(LINES, [], "iptables")) == []
    assert changed(persistence.layers({"iptables": [], "ip6tables": []}, ["nft -f x"], "iptables")) == ["script"]
    last = persistence.layers({}, [], "iptables")
    assert changed(last) == ["script", UNIT, "50"]
    write(last)
    (host / "enabled").unlink()
    assert changed(persistence.layers({}, [], "iptables")) == []


def test_a_host_without_netfilter_persistent_gets_no_plugin(host):
    (host / "plugins").rmdir()
    assert changed(persistence.layers(LINES, [], "iptables")) == ["script", UNIT]


@pytest.mark.parametrize(
    ("there", "commands"), [(True, ["daemon-reload", "reenable", "restart"]), (False, ["disable", "daemon-reload"])]
)
def test_systemd_learns_of_the_unit(host, there, commands):
    (host / "enabled").symlink_to("anywhere")
    steps = persistence.unit_layer(there, "iptables").apply
    assert [step.argv[1] for step in steps if not isinstance(step, Write)] == commands


OTHERS = ("ufw", "nftables", "netfilter-persistent", "iptables")


@pytest.mark.parametrize(
    ("backend", "named", "unnamed"),
    [("iptables", OTHERS, ("firewalld",)), ("nftables", OTHERS, ("firewalld",)), ("firewalld", ("firewalld",), OTHERS)],
)
def test_the_unit_comes_after_all_that_loads_rules_and_before_the_engine(backend, named, unnamed):
    text = dict(line.partition("=")[::2] for line in persistence.unit_text(backend).splitlines() if "=" in line)
    for key in ("After", "PartOf", "ReloadPropagatedFrom", "WantedBy"):
        services = text[key].split()
        assert all(f"{name}.service" in services for name in named), key
        assert not any(f"{name}.service" in services for name in unnamed), key
    assert "docker.service" in text["Before"].split()


def test_the_script_loads_each_family_and_tells_of_a_failure(tmp_path):
    tools = {"iptables": "exit 1", "ip6tables": "echo '-P INPUT ACCEPT'", "ip6tables-restore": f"cat >{tmp_path}/six"}
    for name, body in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    both = {**LINES, "ip6tables": LINES["iptables"]}
    script = persistence.script(both, [f"echo more >{tmp_path}/more"])
    command = ["sh", "-c", script]
    done = subprocess.run(command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, check=False)
    assert done.returncode == 1
    assert "-A FLOTILLA-SWARM -i lo -j RETURN\n" in (tmp_path / "six").read_text(encoding="utf-8")
    assert (tmp_path / "more").exists()
