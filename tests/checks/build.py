# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection, install it elsewhere, delete all but its run-time parts, and use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sources import copy_sources, sources

RUN_TIME = {"meta", "playbooks", "plugins", "roles"}
# Ansible reads the version here, and warns where it is missing.
INSTALLED = {"MANIFEST.json"}


def build(top: Path) -> Path:
    """Build what is in `top` / sources; return the archive."""
    command = ["ansible-galaxy", "collection", "build", top / "sources", "--output-path", top]
    subprocess.run(command, cwd=top, check=True)
    return next(top.glob("*.tar.gz"))


def install(top: Path) -> Path:
    """Build from the sources and install below `top`; return the collections path."""
    collections = top / "installed"
    copy_sources(top / "sources")
    archive = build(top)
    print(f"{archive.name}: {archive.stat().st_size // 1024} KiB")
    command = ["ansible-galaxy", "collection", "install", "--offline", archive, "-p", collections]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    subprocess.run(command, cwd=top, env=env, check=True)
    return collections


def strip(collection: Path) -> None:
    """Delete what the collection may not need at run time."""
    for entry in collection.iterdir():
        if entry.is_dir() and entry.name not in RUN_TIME:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.name not in INSTALLED:
            entry.unlink()


def use(collections: Path) -> None:
    """Render the documentation and parse the playbooks, by their full names."""
    checks = Path(__file__).parent
    subprocess.run([sys.executable, checks / "plugins.py", collections], check=True)
    playbooks = [f"flotilla.swarm.{path.stem}" for path in sources(":(glob)playbooks/*.yml")]
    if playbooks:
        command = ["ansible-playbook", "--syntax-check", "--inventory", "localhost,", *playbooks]
        env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
        subprocess.run(command, cwd=collections, env=env, check=True)


def main() -> int:
    """Return 0, or the exit code of the step that failed."""
    with tempfile.TemporaryDirectory(prefix="flotilla-build-") as top:
        try:
            collections = install(Path(top))
            strip(collections / "ansible_collections" / "flotilla" / "swarm")
            use(collections)
        except subprocess.CalledProcessError as error:
            return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
