# SPDX-License-Identifier: GPL-3.0-or-later
"""Module service beside the same work done with community.docker, and its wait beside that of docker's command."""

from __future__ import annotations

import json
import statistics
import tempfile
from datetime import datetime
from pathlib import Path

import yaml
from measure import FOLDER, Record, machines, play

COUNT = 50
NODES = 3
OURS, PEER, LOOP = "ours list", "peer loop", "ours loop"
PLAYBOOKS = {OURS: "services_list.yml", LOOP: "services_loop.yml", PEER: "services_peer.yml"}


def inventory_of(inventory: Path) -> Path:
    """All machines, with one manager."""
    source = yaml.safe_load(inventory.read_text())
    names = list(source["lab"]["hosts"])
    source["lab"]["vars"]["swarm_advertise_addr"] = "{{ ansible_host }}"
    source["swarm_managers"] = {"hosts": dict.fromkeys(names[:1], {})}
    source["swarm_workers"] = {"hosts": dict.fromkeys(names[1:], {})}
    path = FOLDER / "bench-services.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def measure(rounds: int) -> None:
    """Create, repeat, update; then the delay between the Engine's end of an update and that of the task."""
    inventory, record = inventory_of(machines(NODES)), Record()
    play("reset.yml", inventory)
    play("ours.yml", inventory)
    for turn in range(rounds):
        for who in (PEER, OURS) if turn % 2 == 0 else (OURS, PEER):
            for what, tag in (("create", 1), ("no-op", 1), ("update", 2)):
                record.note(f"{who} {what}", PLAYBOOKS[who], inventory, bench_count=COUNT, bench_tag=tag)
            if who == OURS:
                record.note(f"{LOOP} no-op", PLAYBOOKS[LOOP], inventory, bench_count=COUNT, bench_tag=2)
            play("services_reset.yml", inventory, bench_count=COUNT)
    report(record, delays(inventory, rounds))
    play("reset.yml", inventory)


def delays(inventory: Path, rounds: int) -> dict:
    """Seconds between the end of an update, as the Engine has it, and the end of the task; the median by who waited."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "delays")
        for turn in range(rounds):
            play("delay.yml", inventory, bench_file=str(told), bench_round=turn)
        lines = [json.loads(line) for line in told.read_text().splitlines()]
    found: dict = {}
    for line in lines:
        completed = datetime.fromisoformat(line["completed"][:26].rstrip("Z") + "+00:00").timestamp()
        found.setdefault(line["who"], []).append(line["ended"] - completed)
    return {who: statistics.median(seconds) for who, seconds in found.items()}


def report(record: Record, found: dict) -> None:
    """Print the figures and ratios."""
    record.show(f"{COUNT} services on {NODES} nodes; the peer does not wait")
    print()
    record.compare("no-op of one list", f"{OURS} no-op", f"{PEER} no-op", 0.1)
    record.compare("no-op in a loop", f"{LOOP} no-op", f"{PEER} no-op", 1)
    for what in ("create", "update"):
        record.compare(f"{what} of one list, waited for", f"{OURS} {what}", f"{PEER} {what}")
    print("\nfrom the Engine's end of an update to the end of the task, remote call included:")
    for who, seconds in found.items():
        print(f"  {who:32}{seconds:6.2f} s")
