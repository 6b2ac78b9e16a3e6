# SPDX-License-Identifier: GPL-3.0-or-later
"""Role cluster beside the same work done with community.docker."""

from __future__ import annotations

from pathlib import Path

import yaml
from measure import FOLDER, Record, machines, play

FEW = 5


def inventory_of(count: int, inventory: Path) -> Path:
    """An inventory of the first ``count`` machines, with one manager and two labels a node."""
    source = yaml.safe_load(inventory.read_text())
    names = list(source["lab"]["hosts"])[:count]
    source["lab"]["hosts"] = {name: source["lab"]["hosts"][name] for name in names}
    source["lab"]["vars"]["swarm_advertise_addr"] = "{{ ansible_host }}"
    source["lab"]["vars"]["swarm_node_labels"] = {"zone": "a", "disk": "ssd"}
    source["swarm_managers"] = {"hosts": dict.fromkeys(names[:1], {})}
    source["swarm_workers"] = {"hosts": dict.fromkeys(names[1:], {})}
    path = FOLDER / f"bench-{count}.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def measure(nodes: int, rounds: int) -> None:
    """Build, repeat, and repeat with few nodes."""
    source, record = machines(nodes), Record()
    many, few = inventory_of(nodes, source), inventory_of(FEW, source)
    play("reset.yml", many)
    for turn in range(rounds):
        for who in ("peer", "ours") if turn % 2 == 0 else ("ours", "peer"):
            record.note(f"{who} build", f"{who}.yml", many)
            record.note(f"{who} repeat", f"{who}.yml", many)
            if who == "ours":
                for _again in range(3):
                    for size, inventory in (("", many), (" few", few)):
                        record.note(f"ours repeat{size}", "ours.yml", inventory)
                        record.note(f"bookkeeping{size}", "bookkeeping.yml", inventory)
            play("reset.yml", many)
    report(record, nodes)


def report(record: Record, nodes: int) -> None:
    """Print the figures and ratios."""
    record.show(f"{nodes} nodes, 1 manager, 2 labels a node")
    print()
    record.compare("build", "ours build", "peer build", 0.8)
    record.compare("repeat", "ours repeat", "peer repeat", 0.2)
    few, many = (record.seconds(f"ours repeat{s}") - record.seconds(f"bookkeeping{s}") for s in (" few", ""))
    growth = 100 * (many / few - 1)
    print(
        f"repeat without Ansible's bookkeeping: {few:.2f} s for {FEW} nodes, {many:.2f} s for {nodes}: "
        f"{growth:+.1f} % (goal: below +5 %)"
    )
