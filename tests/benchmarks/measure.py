# SPDX-License-Identifier: GPL-3.0-or-later
"""What every benchmark does: machines, playbooks with their seconds and remote calls, and figures side by side."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "benchmarks"
LAB = "bench"
FOLDER = ROOT / ".lab" / LAB


def machines(nodes: int) -> Path:
    """Bring up that many machines; return their inventory."""
    inventory = FOLDER / "hosts.yml"
    lab("up", "--name", LAB, "--nodes", str(nodes), "--inventory", str(inventory))
    return inventory


def no_machines() -> None:
    """Remove them."""
    lab("down", "--name", LAB)


def lab(*words: str) -> None:
    """Call the lab's program."""
    subprocess.run([sys.executable, str(ROOT / "molecule/lab/lab.py"), *words], check=True, cwd=ROOT)


def play(playbook: str, inventory: Path, **variables) -> tuple[float, int]:
    """Run a playbook and return its seconds and its remote calls; its output is shown only if it fails."""
    with tempfile.NamedTemporaryFile("r") as calls:
        environment = {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "calls",
            "CALLS_FILE": calls.name,
        }
        command = [str(ROOT / ".venv/bin/ansible-playbook"), "-i", str(inventory), str(HERE / playbook)]
        command += ["--extra-vars", json.dumps(variables)]
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - start
        if done.returncode:
            sys.exit(f"{playbook} failed:\n{done.stdout}{done.stderr}")
        return seconds, int(calls.read())


class Record:
    """Every run's seconds and remote calls, by what was run."""

    def __init__(self):
        self.runs: dict = {}

    def note(self, name: str, playbook: str, inventory: Path, **variables) -> None:
        """Run a playbook and keep its figures under ``name``."""
        self.runs.setdefault(name, []).append(play(playbook, inventory, **variables))

    def seconds(self, name: str) -> float:
        """The median of the runs."""
        return statistics.median(seconds for seconds, _calls in self.runs[name])

    def show(self, title: str) -> None:
        """Print the figures."""
        print(f"\n{title}; median seconds and remote calls\n")
        print(f"{'':32}{'seconds':>9}{'calls':>8}")
        for name, runs in self.runs.items():
            print(f"{name:32}{self.seconds(name):9.2f}{runs[-1][1]:8}")

    def compare(self, what: str, ours: str, peer: str, goal: float | None = None) -> None:
        """Print one ratio."""
        ratio = self.seconds(ours) / self.seconds(peer)
        print(f"{what}: ours / peer = {ratio:.2f}" + (f" (goal: at most {goal})" if goal else ""))
