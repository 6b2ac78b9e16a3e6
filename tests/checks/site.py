# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the documentation, and build it as a site below .site; every warning is a failure.

The site has a page for each module, filter and role, and the guides of docs/ as they are. It needs no network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from sources import ROOT, sources

SITE = ROOT / ".site"
SPHINX = ROOT / "docs" / "docsite" / "sphinx"
GUIDES = (":(glob)docs/*.md", ":(glob)roles/*/README.md", "README.md", ":(glob)examples/**/*.md", "molecule/README.md")
OTHERS = ("CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def run(*command: str | Path) -> None:
    """Run a command in the repository."""
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"), "NO_COLOR": "1"}
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def lint() -> None:
    """Check the markup of all documentation, and that what it refers to is there."""
    options = ["--plugin-docs", "--validate-collection-refs=dependent", "--check-extra-docs-refs"]
    run("antsibull-docs", "lint-collection-docs", *options, ".")


def write_inventory(target: Path) -> None:
    """Write Sphinx's inventory of those pages of Ansible's own documentation that ours refers to."""
    lines = [line.split(" ", 3) for line in (SPHINX / "objects.txt").read_text(encoding="utf-8").splitlines()]
    objects = "".join(f"{name} {kind} -1 {place} {title}\n" for kind, name, place, title in lines)
    head = "# Sphinx inventory version 2\n# Project: ansible\n# Version: latest\n"
    head += "# The remainder of this file is compressed using zlib.\n"
    target.write_bytes(head.encode() + zlib.compress(objects.encode()))


def without_outside_links(text: str, page: Path, pages: set[Path]) -> str:
    """Return a guide in which the links to files that are no pages of the site are plain text."""

    def plain(match: re.Match) -> str:
        target = Path(os.path.normpath(page.parent / match[1]))
        if not (ROOT / target).exists():
            raise SystemExit(f"{page}: the link to {match[1]} leads nowhere")
        return match[0] if target in pages else "]()"

    return re.sub(r"\[([^\]]*)\]\(\)", r"\1", LINK.sub(plain, text))


def write_sources(top: Path) -> None:
    """Write what Sphinx reads: a page for each plugin and role, and the guides."""
    shutil.copy2(SPHINX / "conf.py", top)
    shutil.copy2(SPHINX / "index.md", top)
    write_inventory(top / "ansible.inv")
    reference = top / "collection"
    reference.mkdir(mode=0o755)
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(reference)]
    run("antsibull-docs", "collection", *options, "flotilla.swarm")
    pages = set(sources(*GUIDES, *OTHERS))
    for page in pages:
        (top / page).parent.mkdir(parents=True, exist_ok=True)
        text = (ROOT / page).read_text(encoding="utf-8")
        (top / page).write_text(without_outside_links(text, page, pages), encoding="utf-8")


def main() -> int:
    """Return 0, or the exit code of the step that failed."""
    shutil.rmtree(SITE, ignore_errors=True)
    (SITE / "sources").mkdir(parents=True)
    try:
        lint()
        write_sources(SITE / "sources")
        run("sphinx-build", "--quiet", "-W", "--keep-going", "-j", "2", SITE / "sources", SITE / "html")
    except subprocess.CalledProcessError as error:
        return error.returncode
    print(f"{len(list((SITE / 'html').rglob('*.html')))} pages in .site/html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
