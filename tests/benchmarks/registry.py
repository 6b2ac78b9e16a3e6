# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_login beside a loop of docker_login of community.docker, where every node is logged in already."""

from __future__ import annotations

from pathlib import Path

import yaml
from measure import FOLDER, Record, machines, play

NAMES = [f"registry-{number}.example.com:5000" for number in range(3)]
REGISTRIES = [{"registry": name, "username": "deploy", "password": "password-of-the-benchmark"} for name in NAMES]
OURS, PEER = "ours", "peer loop"
PLAYBOOKS = {OURS: "registry_ours.yml", PEER: "registry_peer.yml"}


def inventory_of(inventory: Path) -> Path:
    """All machines."""
    source = yaml.safe_load(inventory.read_text())
    source["swarm_workers"] = {"hosts": dict.fromkeys(source["lab"]["hosts"], {})}
    path = FOLDER / "bench-registry.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def measure(nodes: int, rounds: int) -> None:
    """Do nothing, for several registries and for one. Neither asks anybody, so that no registry is needed."""
    inventory, record = inventory_of(machines(nodes)), Record()
    play("registry_prepare.yml", inventory, bench_registries=REGISTRIES)
    for turn in range(rounds):
        for count in (len(REGISTRIES), 1):
            for who in (PEER, OURS) if turn % 2 == 0 else (OURS, PEER):
                record.note(f"{who} of {count}", PLAYBOOKS[who], inventory, bench_registries=REGISTRIES[:count])
    play("registry_reset.yml", inventory, bench_registries=REGISTRIES)
    report(record, nodes)


def report(record: Record, nodes: int) -> None:
    """Print the figures and ratios."""
    many = len(REGISTRIES)
    record.show(f"registries that {nodes} nodes are logged in to")
    print()
    record.compare(f"no-op, {many} registries", f"{OURS} of {many}", f"{PEER} of {many}", 0.5)
    record.compare("no-op, one registry", f"{OURS} of 1", f"{PEER} of 1")
