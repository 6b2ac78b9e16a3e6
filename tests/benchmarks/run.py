# SPDX-License-Identifier: GPL-3.0-or-later
"""Role cluster beside the same work done with community.docker, on the same machines in one run.

    tests/benchmarks/run.py [--nodes 20] [--rounds 3]

Prints seconds, remote calls and ratios. Seconds depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "benchmarks"
LAB = "bench"
FEW = 5


def lab(*words: str) -> None:
    """Call the lab's program."""
    subprocess.run([sys.executable, str(ROOT / "molecule/lab/lab.py"), *words], check=True, cwd=ROOT)


def play(playbook: str, inventory: Path) -> tuple[float, int]:
    """Run a playbook and return its seconds and its remote calls; its output is shown only if it fails."""
    with tempfile.NamedTemporaryFile("r") as calls:
        environment = {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "calls",
            "CALLS_FILE": calls.name,
        }
        command = [str(ROOT / ".venv/bin/ansible-playbook"), "-i", str(inventory), str(HERE / playbook)]
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - start
        if done.returncode:
            sys.exit(f"{playbook} failed:\n{done.stdout}{done.stderr}")
        return seconds, int(calls.read())


def inventory_of(count: int, folder: Path) -> Path:
    """An inventory of the first ``count`` machines, with one manager and two labels a node."""
    source = yaml.safe_load((folder / "hosts.yml").read_text())
    names = list(source["lab"]["hosts"])[:count]
    source["lab"]["hosts"] = {name: source["lab"]["hosts"][name] for name in names}
    source["lab"]["vars"]["swarm_advertise_addr"] = "{{ ansible_host }}"
    source["lab"]["vars"]["swarm_node_labels"] = {"zone": "a", "disk": "ssd"}
    source["swarm_managers"] = {"hosts": dict.fromkeys(names[:1], {})}
    source["swarm_workers"] = {"hosts": dict.fromkeys(names[1:], {})}
    path = folder / f"bench-{count}.yml"
    path.write_text(yaml.safe_dump(source))
    return path


def measure(nodes: int, rounds: int, folder: Path) -> dict:
    """Seconds and calls of every run, by what was run."""
    many, few = inventory_of(nodes, folder), inventory_of(FEW, folder)
    runs: dict = {}

    def note(name, playbook, inventory):
        runs.setdefault(name, []).append(play(playbook, inventory))

    play("reset.yml", many)
    for turn in range(rounds):
        for who in ("peer", "ours") if turn % 2 == 0 else ("ours", "peer"):
            note(f"{who} build", f"{who}.yml", many)
            note(f"{who} repeat", f"{who}.yml", many)
            if who == "ours":
                note("ours repeat few", "ours.yml", few)
                note("bookkeeping", "bookkeeping.yml", many)
                note("bookkeeping few", "bookkeeping.yml", few)
            play("reset.yml", many)
    return {name: (statistics.median(seconds for seconds, _calls in told), told[-1][1]) for name, told in runs.items()}


def report(found: dict, nodes: int) -> None:
    """Print the figures and ratios."""
    print(f"\n{nodes} nodes, 1 manager, 2 labels a node; median seconds and remote calls\n")
    print(f"{'':24}{'seconds':>9}{'calls':>8}")
    for name, (seconds, calls) in found.items():
        print(f"{name:24}{seconds:9.2f}{calls:8}")
    for what, goal in (("build", 0.8), ("repeat", 0.2)):
        ratio = found[f"ours {what}"][0] / found[f"peer {what}"][0]
        print(f"\n{what}: ours / peer = {ratio:.2f} (goal: at most {goal})")
    own = [found[f"ours repeat{size}"][0] - found[f"bookkeeping{size}"][0] for size in (" few", "")]
    print(
        f"\nrepeat without Ansible's bookkeeping: {own[0]:.2f} s for {FEW} nodes, {own[1]:.2f} s for {nodes}: "
        f"{100 * (own[1] / own[0] - 1):+.1f} % (goal: below +5 %)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the machines up")
    chosen = parser.parse_args()
    folder = ROOT / ".lab" / LAB
    lab("up", "--name", LAB, "--nodes", str(chosen.nodes), "--inventory", str(folder / "hosts.yml"))
    try:
        report(measure(chosen.nodes, chosen.rounds, folder), chosen.nodes)
    finally:
        if not chosen.keep:
            lab("down", "--name", LAB)


if __name__ == "__main__":
    main()
