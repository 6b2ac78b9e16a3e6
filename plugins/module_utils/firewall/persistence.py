# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of iptables for the next boot: a script, and a unit that runs it before the Engine starts.

The unit also runs when a service that loads all rules anew is started again. The rules are loaded into what is there,
so other rules are kept, unlike with a saved copy of the whole table, which would bring back old rules of the Engine.
"""

from __future__ import annotations

import os

from .iptables import FAMILIES, LOAD, restore_lines
from .layer import DIRECTORY, HEADER, Command, Layer, Write, file_layer, read_text

SCRIPT = f"{DIRECTORY}/firewall"
UNIT = "flotilla-swarm-firewall.service"
UNITS = "/etc/systemd/system"
ENABLED = f"{UNITS}/multi-user.target.wants/{UNIT}"
PLUGINS = "/usr/share/netfilter-persistent/plugins.d"
PLUGIN = f"{PLUGINS}/50-flotilla-swarm"
# The services that load rules. firewalld conflicts with most of the others, and systemd refuses to restart it where the
# stop of one of them would stop our unit, so the unit names either firewalld or the others.
LOADERS = ("ufw", "nftables", "netfilter-persistent", "iptables", "ip6tables")
# firewalld before 2.0 is started for systemd once it has its name on the bus, and empties all chains after that.
WAIT = "if systemctl is-active --quiet firewalld.service; then firewall-cmd --state >/dev/null 2>&1; fi\n"

PLUGIN_TEXT = f"""#!/bin/sh
{HEADER}case "$1" in
    start|restart|reload|force-reload) exec /bin/sh {SCRIPT} ;;
esac
"""


def layers(lines: dict, more: list, backend: str) -> list:
    """The script, the unit and the plugin.

    ``lines`` are those of each family as ``iptables.rules`` returns them, and ``more`` what the script does besides.
    """
    there = any(lines.values()) or bool(more)
    text = script(lines, more) if there else None
    return [file_layer(SCRIPT, text, 0o755), unit_layer(there, backend), *plugin_layers(there)]


def script(lines: dict, more: list) -> str:
    """A shell script that makes ``lines`` all that is ours. A family that fails does not keep the other from it."""
    parts = ["#!/bin/sh\n", HEADER, LOAD, WAIT, "failed=0\n"]
    for tables in FAMILIES:
        if lines.get(tables):
            parts.append(f"load {tables} <<'END' || failed=1\n{restore_lines(lines[tables])}END\n")
    return "".join([*parts, *(f"{line}\n" for line in more), "exit $failed\n"])


def unit_text(backend: str) -> str:
    """The unit. Starting one of the services that load rules brings it along, also after that service was stopped."""
    services = " ".join(f"{name}.service" for name in (("firewalld",) if backend == "firewalld" else LOADERS))
    return f"""{HEADER}[Unit]
Description=Firewall rules of the swarm's ports
DefaultDependencies=no
Conflicts=shutdown.target
Wants=network-pre.target
After=local-fs.target {services}
Before=network-pre.target docker.service shutdown.target
PartOf={services}
ReloadPropagatedFrom={services}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh {SCRIPT}
ExecReload=/bin/sh {SCRIPT}

[Install]
WantedBy=multi-user.target {services}
"""


def unit_layer(there: bool, backend: str) -> Layer:
    """The unit, and whether it is enabled."""
    path = f"{UNITS}/{UNIT}"
    enabled = os.path.lexists(ENABLED)
    before = [*(read_text(path) or "").splitlines(), *(["enabled"] if enabled else [])]
    reload = Command(["systemctl", "daemon-reload"])
    if there:
        text = unit_text(backend)
        steps = [Write(path, text), reload, Command(["systemctl", "reenable", UNIT])]
        # Active, so that it restarts with the services that it is part of; and the script has run once.
        steps.append(Command(["systemctl", "restart", UNIT]))
        return Layer(UNIT, True, before, [*text.splitlines(), "enabled"], steps)
    disable = [Command(["systemctl", "disable", "--now", UNIT])] if enabled else []
    return Layer(UNIT, True, before, [], [*disable, Write(path, None), reload])


def plugin_layers(there: bool) -> list:
    """netfilter-persistent, where it is installed, loads all rules anew without systemd's knowledge."""
    if not os.path.isdir(PLUGINS):
        return []
    return [file_layer(PLUGIN, PLUGIN_TEXT if there else None, 0o755)]
