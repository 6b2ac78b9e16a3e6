# SPDX-License-Identifier: GPL-3.0-or-later
"""Role firewall beside a loop of ansible.builtin.iptables, which makes the same rules until the next boot."""

from __future__ import annotations

from pathlib import Path

import yaml
from measure import FOLDER, Record, machines, play

OURS, PEER = "ours", "peer loop"
PLAYBOOKS = {OURS: "firewall_ours.yml", PEER: "firewall_peer.yml"}
# The loop takes four calls a host for each node, so more of them only take longer.
NODES = 5


def inventory_of(inventory: Path) -> Path:
    """The first machine is the manager."""
    source = yaml.safe_load(inventory.read_text())
    first, *others = source["lab"]["hosts"]
    source["swarm_managers"] = {"hosts": {first: {}}}
    source["swarm_workers"] = {"hosts": dict.fromkeys(others, {})}
    path = FOLDER / "bench-firewall.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def measure(rounds: int) -> None:
    """Make the rules, and then do nothing."""
    inventory, record = inventory_of(machines(NODES)), Record()
    for turn in range(rounds):
        for who in (PEER, OURS) if turn % 2 == 0 else (OURS, PEER):
            play("firewall_reset.yml", inventory)
            record.note(f"{who}, new", PLAYBOOKS[who], inventory)
            record.note(f"{who}, no-op", PLAYBOOKS[who], inventory)
    play("firewall_reset.yml", inventory)
    record.show(f"the firewalls of {NODES} nodes")
    print()
    for what in ("new", "no-op"):
        record.compare(what, f"{OURS}, {what}", f"{PEER}, {what}")
