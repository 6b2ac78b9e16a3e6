# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place where rules are kept: what is there, what should be, and the commands and files between the two."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field

from ..core.errors import SwarmError

# Where files are that are ours as a whole, and how each begins.
DIRECTORY = "/etc/flotilla-swarm"
HEADER = "# Written by flotilla.swarm.firewall; changes are lost with its next run.\n"

# An account that becomes root may lack these, and all tools of firewalls are there.
ADMIN_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True)
class Command:
    """A program to run, which must end with 0; ``name`` is what an error calls it instead of ``argv``."""

    argv: list
    stdin: str = ""
    name: str = ""


@dataclass(frozen=True)
class Write:
    """A file to write as a whole; ``text`` None removes it."""

    path: str
    text: str | None
    mode: int = 0o644


@dataclass(frozen=True)
class Layer:
    """Our own rules in one place.

    ``permanent`` is what the next boot reads; everything else is in force now. ``before`` and ``after`` are readable
    lines; where they are equal there is nothing to do. ``apply`` is a list of Command and Write. ``undo``, a list of
    Command, puts ``before`` back, also from whatever the place may have become meanwhile; only what is in force now
    needs it. Its commands run in order, each also if one before it fails.
    """

    name: str
    permanent: bool
    before: list
    after: list
    apply: list = field(default_factory=list)
    undo: list = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.before != self.after


def file_layer(path: str, text: str | None, mode: int = 0o644) -> Layer:
    """A file that is ours as a whole, for the next boot; ``text`` None for a file that should not be there."""
    before, after = read_text(path), text
    return Layer(path, True, (before or "").splitlines(), (after or "").splitlines(), [Write(path, text, mode)])


def read_text(path: str) -> str | None:
    """The text of a file, or None where there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_file(write: Write) -> None:
    """Write or remove a file; who reads it meanwhile gets the old text or the new one."""
    if write.text is None:
        if os.path.lexists(write.path):
            os.unlink(write.path)
        return
    directory = os.path.dirname(write.path)
    os.makedirs(directory, mode=0o755, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=directory, prefix=".flotilla-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(write.text)
        os.chmod(name, write.mode)
        os.replace(name, write.path)
    except BaseException:
        os.unlink(name)
        raise


def which(program: str) -> str | None:
    """The path of a program, also of one that only root has in its PATH."""
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *ADMIN_PATHS)))


class Runner:
    """Runs programs through ``AnsibleModule.run_command`` and counts them.

    Calling it returns what the program prints, or raises a SwarmError with its words.
    """

    def __init__(self, run_command):
        self.run_command = run_command
        self.count = 0

    def ask(self, argv: list, stdin: str = "") -> tuple:
        """Run a program that may fail: ``(code, output, errors)``; 127 where there is no such program."""
        self.count += 1
        path = which(argv[0])
        if path is None:
            return 127, "", f"{argv[0]} is not installed"
        return self.run_command([path, *argv[1:]], data=stdin, binary_data=True, environ_update={"LC_ALL": "C"})

    def __call__(self, argv: list, stdin: str = "", name: str = "") -> str:
        code, out, err = self.ask(argv, stdin)
        if code:
            words = " ".join((err.strip() or out.strip() or f"it ended with {code}").split())
            raise SwarmError(f"{name or ' '.join(argv)} failed: {words}", reason="command_failed")
        return out

    def do(self, step: Command | Write) -> None:
        """Take one step of a layer."""
        if isinstance(step, Write):
            write_file(step)
        else:
            self(step.argv, step.stdin, step.name)
