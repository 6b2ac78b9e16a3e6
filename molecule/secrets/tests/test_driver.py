# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret whose value a plugin on the managers gives to tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

testinfra_hosts = ["ansible://node1"]

PLUGIN = (Path(__file__).resolve().parent / "provider.py").read_text(encoding="utf-8")
MANAGERS = ("node1", "node2")


@pytest.fixture
def provider(host):
    """The plugin ``provider`` on all managers."""
    machines = [host.get_host(f"ansible://{name}") for name in MANAGERS]
    for machine in machines:
        machine.check_output("printf %%s %s > /root/provider.py", PLUGIN)
        machine.check_output("systemd-run --unit=provider python3 /root/provider.py")
        machine.check_output("while ! test -S /run/docker/plugins/provider.sock; do sleep 0.1; done")
    yield
    for machine in machines:
        machine.check_output("systemctl stop provider; rm -f /run/docker/plugins/provider.sock")


def test_a_plugin_provides_the_value(provider, make, change, refuse, objects, service, read, docker):
    wanted = {"name": "key", "driver": "provider", "driver_options": {"path": "a", "depth": 1}}
    made = change("secret", objects, **wanted)["key"]
    assert made["Spec"]["Driver"] == {"Name": "provider", "Options": {"path": "a", "depth": "1"}}
    service("web", ["key"])
    assert read("web", "/run/secrets/key") == "value of key for web"
    make("secret", name="key", labels={"a": "1"})
    assert objects()["key"]["ID"] == made["ID"]
    other = {**wanted, "driver_options": {"path": "b"}}
    assert refuse("secret", "secret_in_use", objects, **other).startswith("secret key is used by service web; ")
    docker("service", "rm", "web")
    make("secret", **other)
    assert objects()["key"]["Spec"]["Driver"]["Options"] == {"path": "b"}
    make("secret", name="key", data="of the swarm")
    assert "Driver" not in objects()["key"]["Spec"]
