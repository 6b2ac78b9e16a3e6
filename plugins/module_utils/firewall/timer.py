# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a change back that nobody confirms: a script, and a timer of systemd that runs it.

The script lies where a boot forgets it, as a boot brings the confirmed rules anyway. Run, it becomes the marker that
says so.
"""

from __future__ import annotations

import os
import shlex

from ..core.errors import SwarmError
from .layer import Write, read_text, write_file

DIRECTORY = "/run/flotilla-swarm"
SCRIPT = f"{DIRECTORY}/restore"
MARKER = f"{DIRECTORY}/restored"
UNIT = "flotilla-swarm-restore"
SYSTEMD = "/run/systemd/system"


def armed() -> bool:
    """Whether a change waits to be confirmed."""
    return os.path.exists(SCRIPT)


def restored() -> bool:
    """Whether a change was taken back since the last one that was confirmed."""
    return os.path.exists(MARKER)


def arm(run, undo: list, seconds: int) -> None:
    """Have ``undo`` run in some seconds, and after it what an earlier change that was not confirmed needs."""
    if not os.path.isdir(SYSTEMD):
        raise SwarmError(
            "confirm_within: this host has no systemd, whose timers take back what is not confirmed; set it to 0",
            reason="no_timer",
        )
    earlier = read_text(SCRIPT)
    if earlier:
        stop(run)
    write_file(Write(SCRIPT, script(undo, earlier), 0o700))
    timer = [f"--on-active={seconds}", "--timer-property=AccuracySec=100ms"]
    run(["systemd-run", "--quiet", "--collect", f"--unit={UNIT}", *timer, "/bin/sh", SCRIPT])


def stop(run) -> None:
    """Keep the timer from firing. What it has done by now is seen by who reads the rules afterwards."""
    run.ask(["systemctl", "stop", f"{UNIT}.timer", f"{UNIT}.service"])


def confirm(run) -> None:
    """What is in force stays."""
    if armed():
        stop(run)
        write_file(Write(SCRIPT, None))


def forget() -> None:
    """There is nothing any more that was taken back."""
    write_file(Write(MARKER, None))


def script(commands: list, earlier: str | None = None) -> str:
    """Commands as a shell script that goes on after one that fails and ends as the marker."""
    lines = []
    for command in commands:
        end = "" if command.stdin.endswith("\n") else "\n"
        lines.append(f"{shlex.join(command.argv)} <<'END'\n{command.stdin}{end}END\n")
    return "".join([*lines, earlier or f"mv -f {SCRIPT} {MARKER}\n"])
