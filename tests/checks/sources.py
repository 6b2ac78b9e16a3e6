# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the repository, as git sees them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def sources(*patterns: str) -> list[Path]:
    """Return the files that are committed or could be, relative to ROOT, of the given patterns."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = sorted({Path(name) for name in names.split("\0") if name})
    return [path for path in paths if (ROOT / path).is_file()]


def copy_sources(target: Path) -> None:
    """Copy these files below `target`, which gets a path that Ansible's tools accept."""
    for path in sources():
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy)
