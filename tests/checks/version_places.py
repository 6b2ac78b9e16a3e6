# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons of this machine, and virtual environments of them, which are kept outside of the repository."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from sanity import interpreter_directories, output
from version_pins import constraints


@cache
def interpreters() -> dict[str, str]:
    """Return where Pythons are, by their versions such as 3.11; not those of virtual environments."""
    places = os.pathsep.join([*interpreter_directories(), os.environ["PATH"]])
    found = {}
    for name in (f"3.{minor}" for minor in range(9, 16)):
        path = shutil.which(f"python{name}", path=places)
        # A shim of pyenv that has no such Python prints nothing, nor does a Python that makes no virtual environments.
        prefix = output(path, "-c", "import ensurepip, sys; print(sys.base_prefix)") if path else ""
        if prefix:
            found[name] = str(Path(prefix, "bin", f"python{name}"))
    return found


def kept() -> Path:
    """Return the directory of what is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "flotilla-swarm", "versions")


def environment(name: str, python: str, packages: tuple[str, ...], pins: tuple[str, ...]) -> Path:
    """Return the bin directory of a virtual environment with these packages; make it if it is not there."""
    pinned = constraints(python, (*pins, *(one for one in packages if "==" in one)))
    # What else there is in the list of constraints changes often, and changes nothing here.
    wanted = [*packages, *pins, *(line for line in pinned if line.partition("==")[0] in packages)]
    mark = hashlib.sha256("\n".join([interpreters()[python], *wanted]).encode()).hexdigest()[:12]
    place = kept() / f"{name}-{mark}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{place}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "made").exists():
            make(place, interpreters()[python], packages, pinned)
    return place / "bin"


def make(place: Path, interpreter: str, packages: tuple[str, ...], pinned: list[str]) -> None:
    """Make a virtual environment."""
    print(f"=== making {place.name}", flush=True)
    subprocess.run([interpreter, "-m", "venv", "--clear", place], check=True)
    file = place / "constraints.txt"
    file.write_text("\n".join(pinned) + "\n", encoding="utf-8")
    command = [place / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*command, "--constraint", file, *packages], check=True)
    (place / "made").touch()


def module_utils(core_bin: Path, place: Path) -> Path:
    """Make a directory in which `ansible` is what a module has of it on a node, and return it."""
    code = "import ansible, ansible.release; print(ansible.__path__[0], ansible.release.__version__)"
    shown = subprocess.run([core_bin / "python", "-c", code], check=True, capture_output=True, text=True).stdout
    source, version = shown.split()
    package = place / "ansible"
    package.mkdir()
    (package / "__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (package / "module_utils").symlink_to(Path(source) / "module_utils")
    return place
