# SPDX-License-Identifier: GPL-3.0-or-later
"""Module stack beside docker_stack of community.docker and docker's own command, with 100 services on one manager."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from measure import FOLDER, Record, machines, play

COUNT = 100
OURS, PEER, CLI = "ours", "peer", "docker stack deploy"
PLAYBOOKS = {OURS: "stack_ours.yml", PEER: "stack_peer.yml", CLI: "stack_cli.yml"}


def inventory_of(inventory: Path) -> Path:
    """One machine, which is the manager."""
    source = yaml.safe_load(inventory.read_text())
    name = next(iter(source["lab"]["hosts"]))
    source["lab"]["vars"]["swarm_advertise_addr"] = "{{ ansible_host }}"
    source["swarm_managers"] = {"hosts": {name: {}}}
    source["swarm_workers"] = {"hosts": {}}
    path = FOLDER / "bench-stack.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def compose(changed: str = "0") -> dict:
    """A file of that many services, one of which can be changed."""
    service = {
        "image": "flotilla/web:1",
        "command": ["sleep", "10000"],
        "stop_grace_period": "1s",
        "deploy": {"replicas": 1, "update_config": {"monitor": "1s"}},
    }
    services = {f"s{number}": service for number in range(COUNT)}
    services["s0"] = {**service, "environment": {"ROUND": changed}}
    return {"version": "3.8", "services": services}


def measure(rounds: int) -> None:
    """Plan, first deploy, nothing to do, one service changed; each by each of the three."""
    inventory, record = inventory_of(machines(1)), Record()
    play("reset.yml", inventory)
    play("ours.yml", inventory)
    play("stack_prepare.yml", inventory)
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, f"{name}.yml") for name in ("first", "second")}
        files["first"].write_text(yaml.safe_dump(compose()))
        files["second"].write_text(yaml.safe_dump(compose("1")))
        told = Path(folder, "manager")
        for turn in range(rounds):
            for who in (PEER, CLI, OURS) if turn % 2 == 0 else (OURS, CLI, PEER):
                one_round(record, inventory, who, files, told)
        within = [float(line) for line in told.read_text().split()]
    waited = waited_no_op(inventory, compose())
    report(record, within, waited)
    play("reset.yml", inventory)


def one_round(record: Record, inventory: Path, who: str, files: dict, told: Path) -> None:
    """Everything by one of them, on a swarm without services before and after it."""
    playbook = PLAYBOOKS[who]
    if who == OURS:
        record.note(f"{who} plan", "stack_plan.yml", inventory, bench_compose=str(files["first"]))
    for what, file in (("first deploy", "first"), ("no-op", "first"), ("one changed", "second")):
        keep = {"bench_file": str(told)} if (who, what) == (OURS, "no-op") else {}
        record.note(f"{who} {what}", playbook, inventory, bench_compose=str(files[file]), **keep)
    play("stack_reset.yml", inventory)


def waited_no_op(inventory: Path, definition: dict) -> tuple[float, float]:
    """Seconds of the command that waits and of our module, where there is nothing to do; ten services are enough to
    see what each adds to the command's time. They are watched for as long as the Engine does by default."""
    services = list(definition["services"].items())[:10]
    few = {**definition, "services": {name: {**service, "deploy": {"replicas": 1}} for name, service in services}}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "few.yml")
        file.write_text(yaml.safe_dump(few))
        play(PLAYBOOKS[OURS], inventory, bench_compose=str(file))
        ours = play(PLAYBOOKS[OURS], inventory, bench_compose=str(file))[0]
        theirs = play(PLAYBOOKS[CLI], inventory, bench_compose=str(file), bench_wait=True)[0]
        play("stack_reset.yml", inventory)
    return theirs / len(few["services"]) * COUNT, ours


def report(record: Record, within: list, waited: tuple) -> None:
    """Print the figures and ratios."""
    record.show(f"a stack of {COUNT} services on one manager; the peer and the command do not wait")
    print()
    record.compare("no-op", f"{OURS} no-op", f"{PEER} no-op", 0.35)
    record.compare("no-op beside the command", f"{OURS} no-op", f"{CLI} no-op")
    for what in ("first deploy", "one changed"):
        record.compare(f"{what}, waited for", f"{OURS} {what}", f"{PEER} {what}")
    print(f"seconds of the module on the manager for a no-op: {min(within):.2f} (goal: at most 0.3)")
    seconds = record.seconds(f"{OURS} no-op")
    print(f"no-op of the command that waits: {waited[0]:.0f} s (of 10 services, times {COUNT / 10:.0f})")
    print(f"waited no-op: ours / command = {seconds / waited[0]:.4f} (goal: at most 0.01)")
