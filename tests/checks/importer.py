# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection and import it as Galaxy does; every warning of the importer is a failure."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from build import build
from sources import copy_sources

# The importer demands an address, and the collection has no public one yet; this domain is reserved for such uses.
STAND_IN = "repository: https://flotilla-swarm.example.org\n"
# ansible-lint has its own place in `make lint`; the importer stops it after three minutes, which a busy machine takes.
SETTINGS = """[galaxy-importer]
check_required_tags = true
run_ansible_lint = false
run_ansible_test = false
"""
COMPLAINT = re.compile(r"^(WARNING|ERROR|CRITICAL)\b")


def archived(top: Path) -> Path:
    """Build the collection below `top` from its sources, and return the archive."""
    copy_sources(top / "sources")
    metadata = top / "sources" / "galaxy.yml"
    text = metadata.read_text(encoding="utf-8")
    if not re.search("^repository:", text, re.MULTILINE):
        metadata.write_text(text + STAND_IN, encoding="utf-8")
    return build(top)


def imported(top: Path, archive: Path) -> list[str]:
    """Import the archive; return what the importer says, line by line."""
    settings = top / "galaxy-importer.cfg"
    settings.write_text(SETTINGS, encoding="utf-8")
    env = {**os.environ, "GALAXY_IMPORTER_CONFIG": str(settings), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "galaxy_importer.main", archive.name]
    answer = subprocess.run(command, cwd=top, env=env, capture_output=True, text=True, check=False)
    lines = [*answer.stdout.splitlines(), *answer.stderr.splitlines()]
    if answer.returncode:
        lines.append(f"ERROR: the importer ended with {answer.returncode}")
    return lines


def main() -> int:
    """Print what the importer complains about; return 1 if it does."""
    with tempfile.TemporaryDirectory(prefix="flotilla-importer-") as top:
        lines = imported(Path(top), archived(Path(top)))
    loading = ""
    found = 0
    for line in lines:
        if line.startswith("Loading "):
            loading = line.removeprefix("Loading ")
        elif COMPLAINT.match(line):
            found += 1
            print(f"{loading}: {line}")
    print(f"{found} warnings from {sum(line.startswith('Loading ') for line in lines)} parts")
    return bool(found) or not loading


if __name__ == "__main__":
    sys.exit(main())
