# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` on a copy of the sources.

ansible-test wants to stand in ansible_collections/NAMESPACE/NAME, in a git repository of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages
from sources import copy_sources

PYTHONS = [f"3.{minor}" for minor in range(9, 15)]


def provide_pip() -> None:
    """Let ansible-test take pip from Python's own ensurepip instead of downloading it."""
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for python in PYTHONS:
        version = get_venv_packages(SimpleNamespace(version=python))["pip"]
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            script.write_text("import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n")


def interpreter_directories() -> list[str]:
    """Return where the interpreters of PYTHONS are, without the shims that pyenv puts before them.

    ansible-test runs an interpreter with few environment variables, and a shim needs them.
    """
    versions = []
    if shutil.which("pyenv"):
        versions = output("pyenv", "versions", "--bare").split()
    env = {**os.environ, "PYENV_VERSION": ":".join(versions)}
    code = "import ensurepip, sys; print(sys.executable)"
    found = [output(f"python{python}", "-c", code, env=env) for python in PYTHONS]
    return [str(Path(path).parent) for path in found if path]


def output(*command: str, env: dict[str, str] | None = None) -> str:
    """Return what a command prints; nothing if it fails or is not there."""
    if not shutil.which(command[0]):
        return ""
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    return answer.stdout.strip()


def main() -> int:
    """Run the tests named on the command line, or all; return the exit code of ansible-test."""
    provide_pip()
    path = os.pathsep.join([*interpreter_directories(), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="flotilla-sanity-") as top:
        copy = Path(top, "ansible_collections", "flotilla", "swarm")
        copy_sources(copy)
        subprocess.run(["git", "init", "-q", copy], check=True)
        command = [sys.executable, shutil.which("ansible-test"), "sanity", *sys.argv[1:]]
        env = {**os.environ, "PATH": path}
        return subprocess.run(command, cwd=copy, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
