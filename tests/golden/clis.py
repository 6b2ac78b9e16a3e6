# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oldest and the newest docker CLI that can be had: this host's own, and those of the lab's machines.

A machine's root file system is an archive in the lab's cache, which the lab builds if it is not there. Its CLI is taken
out once and kept beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "molecule/lab"
OLDEST, NEWEST = (20, 10), (28, 0)
# The Debian releases whose CLI is of these versions; the archive of sid is built only where no newer one is at hand.
OLDEST_RELEASE, NEWEST_RELEASE = "bookworm", "sid"
MEMBER = "./usr/bin/docker"
# Of the Compose format.
OLDEST_KNOWS = (3, 9)


@dataclass(frozen=True)
class Cli:
    """A docker program."""

    program: str
    version: tuple[int, ...]

    def knows(self, version: tuple[int, int]) -> bool:
        """Whether it reads that version of the Compose format."""
        return self.version[:2] != OLDEST or version <= OLDEST_KNOWS

    def __str__(self) -> str:
        return "docker " + ".".join(str(number) for number in self.version)


def asked(program: str) -> Cli:
    """The program with its version as it tells it."""
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return Cli(program, tuple(int(number) for number in re.search(r"version (\d+)\.(\d+)\.(\d+)", text).groups()))


def installed() -> list[Cli]:
    """All docker programs in PATH."""
    found = (shutil.which("docker", path=place) for place in os.get_exec_path())
    return [asked(program) for program in dict.fromkeys(found) if program]


def from_lab(release: str) -> Cli:
    """The CLI of the lab's machines of that release."""
    if str(LAB) not in sys.path:
        sys.path.append(str(LAB))
    import engine
    import images

    name = images.root_name(release, bare=False)
    program = images.cache_directory() / f"docker-cli-{name}"
    if not program.exists():
        if not (images.cache_directory() / f"{name}.tar").exists():
            engine.require_root()
            engine.install_programs()
        unfinished = program.with_suffix(f".{os.getpid()}")
        with tarfile.open(images.build_root(release, bare=False)) as archive, unfinished.open("wb") as file:
            shutil.copyfileobj(archive.extractfile(MEMBER), file)
        unfinished.chmod(0o755)
        unfinished.rename(program)
    return asked(str(program))


@cache
def oldest() -> Cli:
    """A CLI of the oldest release that is supported."""
    found = [cli for cli in installed() if cli.version[:2] == OLDEST]
    return found[0] if found else from_lab(OLDEST_RELEASE)


@cache
def newest() -> Cli:
    """The newest CLI of this host, or Debian's newest if that one is newer than all here."""
    found = max(installed(), key=lambda cli: cli.version, default=None)
    return found if found and found.version >= NEWEST else from_lab(NEWEST_RELEASE)
