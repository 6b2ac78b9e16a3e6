# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks run as a user runs them, over an inventory that a test makes up; and killed, if that is the test."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RECAP = re.compile(r"^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+) ", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """Exit status, what was printed, and the numbers of each host's recap."""

    status: int
    printed: str

    @property
    def text(self) -> str:
        """What was printed, in one line."""
        return " ".join(self.printed.split())

    @property
    def recap(self) -> dict:
        """``{host: (changed, unreachable, failed)}``."""
        return {name: tuple(map(int, counts)) for name, *counts in RECAP.findall(self.printed)}

    @property
    def changed(self) -> int:
        """How many tasks changed something, of all hosts. AssertionError if the run failed."""
        assert self.status == 0, self.printed
        return sum(changed for changed, _unreachable, _failed in self.recap.values())


def play(playbook, groups: dict, *options: str, environment: dict | None = None, **variables) -> Outcome:
    """Run a playbook with ``{group: {host: variables} or [host]}`` instead of the scenario's inventory."""
    with tempfile.TemporaryDirectory() as directory:
        with _start(Path(directory), playbook, groups, options, environment, variables) as process:
            printed = process.communicate()[0]
        return Outcome(process.returncode, printed)


def play_and_kill(playbook, groups: dict, moment: str, *options: str, **variables) -> str:
    """Run a playbook and kill it once what it has printed matches the pattern ``moment``; return what it printed."""
    with tempfile.TemporaryDirectory() as directory:
        with _start(Path(directory), playbook, groups, options, None, variables) as process:
            printed = ""
            while not re.search(moment, printed, re.MULTILINE):
                line = process.stdout.readline()
                assert line, f"the run ended before {moment}:\n{printed}"
                printed += line
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        # Controllers die alone: modules that were running on hosts go on, as they do in life.
        assert process.returncode == -signal.SIGKILL
        return printed


def _start(directory, playbook, groups, options, environment, variables):
    """Start it in a process group of its own, which is what is killed."""
    inventory = directory / "groups.yml"
    hosts = {group: names if isinstance(names, dict) else dict.fromkeys(names, {}) for group, names in groups.items()}
    inventory.write_text(json.dumps({group: {"hosts": names} for group, names in hosts.items()}), encoding="utf-8")
    machines = os.environ["ANSIBLE_INVENTORY"].split(",")[0]
    env = {
        **os.environ,
        "ANSIBLE_FORCE_COLOR": "false",
        "ANSIBLE_INVENTORY": f"{machines},{inventory}",
        "PYTHONUNBUFFERED": "1",
        **(environment or {}),
    }
    command = ["ansible-playbook", str(playbook), "--extra-vars", json.dumps(variables), *options]
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def until(true, seconds: float = 60) -> None:
    """Wait until something is so; AssertionError if it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.3)
