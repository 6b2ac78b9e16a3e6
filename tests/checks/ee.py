# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what an execution environment would lack: what plugins import, against what the collection declares.

The collection is built and installed, and ansible-builder reads from there what it needs, and makes the context of
execution-environment.yml, without building an image.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml
from build import install
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sources import ROOT, sources

META = ("execution-environment.yml", "ee-requirements.txt", "ee-bindep.txt")
ANSIBLE = {"ansible", "ansible_collections"}
DISTRIBUTIONS = {"yaml": "pyyaml"}
# ansible-builder drops these of collections, as ansible-core has brought them.
BROUGHT = {"pyyaml"}
# Of ssh, by kinds of packages.
PROGRAMS = {"openssh-clients [platform:rpm]", "openssh-client [platform:dpkg]"}


def imports(text: str) -> Iterator[str]:
    """Yield the top of each absolute import of a file, wherever it stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def imported() -> dict[str, str]:
    """Return the distributions that plugins import, and a file that does. A module may run on the controller, too."""
    found: dict[str, str] = {}
    for path in sources(":(glob)plugins/**/*.py"):
        for name in imports((ROOT / path).read_text(encoding="utf-8")):
            if name not in ANSIBLE and name not in sys.stdlib_module_names:
                found.setdefault(DISTRIBUTIONS.get(name, canonicalize_name(name)), str(path))
    return found


def names(lines) -> set[str]:
    """Return the distributions that requirements name."""
    return {canonicalize_name(Requirement(line.partition("#")[0]).name) for line in lines if line.partition("#")[0]}


def output(*command: object, cwd: Path) -> str:
    """Return what a command prints."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def declared(collections: Path) -> Iterator[str]:
    """Yield what is wrong with what ansible-builder reads from the installed collection."""
    meta = collections / "ansible_collections" / "flotilla" / "swarm" / "meta"
    missing = [name for name in META if not (meta / name).is_file()]
    if missing:
        yield f"meta: {', '.join(missing)} is not in the built collection; look at build_ignore of galaxy.yml"
        return
    needed, file = imported(), names((meta / META[1]).read_text(encoding="utf-8").splitlines())
    for name in sorted(needed.keys() - file):
        yield f"meta/{META[1]}: {name} is missing, which {needed[name]} imports"
    for name in sorted(file - needed.keys()):
        yield f"meta/{META[1]}: no plugin imports {name}"
    shown = output("ansible-builder", "introspect", collections, cwd=collections)
    print(shown)
    read = yaml.safe_load(shown)
    for name in sorted(file - BROUGHT - names(read["python"])):
        yield f"ansible-builder introspect does not print {name}"
    programs = {line.partition("#")[0].strip() for line in read["system"]}
    for name in sorted(PROGRAMS - programs):
        yield f"meta/{META[2]}: {name} is missing"


def context(top: Path) -> Iterator[str]:
    """Yield what is missing in the context from which an image would be built."""
    (archive,) = top.glob("*.tar.gz")
    copy = top / "sources" / archive.name
    archive.rename(copy)
    print(output("ansible-builder", "create", "--output-filename", "Containerfile", cwd=copy.parent))
    made = copy.parent / "context"
    inputs = made / "_build"
    if not (inputs / "collections" / archive.name).is_file():
        yield f"execution-environment.yml: {archive.name} is not in the context"
    for name in sorted(imported().keys() - names((inputs / "requirements.txt").read_text().splitlines())):
        yield f"execution-environment.yml: {name} is not among the requirements of the context"
    steps = (made / "Containerfile").read_text()
    for words in ("assemble", "collection install", "ansible-core", "ansible-runner", "introspect"):
        if words not in steps:
            yield f"execution-environment.yml: no step of the Containerfile has {words!r}"


def main() -> int:
    """Print the problems; return 1 if there are any."""
    with tempfile.TemporaryDirectory(prefix="flotilla-ee-") as top:
        collections = install(Path(top))
        found = [*declared(collections), *context(Path(top))]
    print("\n".join(found) or "an execution environment has all that plugins import")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
