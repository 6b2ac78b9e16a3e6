# SPDX-License-Identifier: GPL-3.0-or-later
"""What is run with one version, and how it ended in a few words, such as "4138 passed". A Failure ends a row."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from sources import ROOT, sources
from version_places import interpreters, module_utils

CLIENT = tuple(f"tests/unit/plugins/module_utils/core/test_{name}.py" for name in ("client", "sdk"))
ALL = "tests/unit/plugins"
ON_NODES = "tests/unit/plugins/module_utils"
# What a module says when it has started and looked at its options. One that cannot start says something else.
REFUSAL = "no_such_option.*Supported parameters include|missing required arguments|of the following (is|are) "
# Of stack, the controller answers where there is something to deploy.
MORE = {"stack": {"state": "absent"}}
LAB = "versions"
LAB_RELEASES = "sid,trixie,bookworm"
INVENTORY = ROOT / ".lab" / LAB / "hosts.yml"


class Failure(Exception):
    """What was run has failed; its text is for the table."""


def call(command: list, title: str, more: dict | None = None, first: Path | None = None, cwd: Path = ROOT) -> str:
    """Run a command and return what it prints; a Failure, after having printed all of it, if it fails.

    ``first`` is a directory to put before the others of PATH.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1", **(more or {})}
    env["PATH"] = os.pathsep.join([*([str(first)] if first else []), env["PATH"]])
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"=== {title}\n{done.stdout}", flush=True)
        raise Failure(summary(done.stdout) or f"failed with {done.returncode}")
    return done.stdout


def summary(text: str) -> str:
    """Return what pytest says at its end, without warnings and the time."""
    found = re.findall(r"^(?:=+ )?((?:\d+ \w+(?:, )?)+) in [\d.]+s", text, re.MULTILINE)
    return ", ".join(part for part in found[-1].split(", ") if "warning" not in part) if found else ""


def unit_tests(bin_directory: Path, title: str, paths: tuple[str, ...] = (ALL,), more: dict | None = None) -> str:
    """Run unit tests, those of all plugins if no paths are given."""
    command = [bin_directory / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    return summary(call(command, f"unit tests with {title}", more, bin_directory))


def unit_tests_of_nodes(bin_directory: Path, core_bin: Path, title: str, paths: tuple[str, ...] = (ON_NODES,)) -> str:
    """Run unit tests of what runs on nodes, with the part of ansible-core that a module gets there."""
    with tempfile.TemporaryDirectory(prefix="flotilla-versions-") as top:
        ansible = module_utils(core_bin, Path(top))
        return unit_tests(bin_directory, title, paths, {"PYTHONPATH": str(ansible)})


def sanity(bin_directory: Path, title: str) -> str:
    """Run ansible-test sanity of this ansible-core."""
    command = [bin_directory / "python", "tests/checks/sanity.py"]
    text = call(command, f"sanity with {title}", first=bin_directory)
    return f"{len(set(re.findall(r'Running sanity test .([a-z-]+)', text)))} passed"


def modules_on_nodes(bin_directory: Path, title: str, pythons: list[str]) -> str:
    """Let ansible-core send every module to each of these Pythons, and refuse what it is given."""
    modules = [path.stem for path in sources(":(glob)plugins/modules/*.py") if path.stem != "__init__"]
    hosts = {
        f"python{name}": {"ansible_connection": "local", "ansible_python_interpreter": interpreters()[name]}
        for name in pythons
    }
    tasks = [
        {
            "name": name,
            f"flotilla.swarm.{name}": {"no_such_option": 1, **MORE.get(name, {})},
            "register": "answer",
            "failed_when": f"answer.msg is not search('{REFUSAL}')",
        }
        for name in modules
    ]
    play = {"name": "Modules", "hosts": "all", "gather_facts": False, "strategy": "free", "tasks": tasks}
    with tempfile.TemporaryDirectory(prefix="flotilla-versions-") as top:
        inventory, playbook = Path(top, "hosts.yml"), Path(top, "play.yml")
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), encoding="utf-8")
        playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        command = [bin_directory / "ansible-playbook", "--inventory", inventory, playbook]
        call(command, f"modules with {title}", {"ANSIBLE_FORKS": "2"}, bin_directory)
    return f"{len(modules)} on Python {pythons[0]} to {pythons[-1]}"


def lab(*words: str) -> str:
    """Run a command of the lab."""
    return call([sys.executable, "molecule/lab/lab.py", *words], f"lab {words[0]}")


def lab_up() -> dict[str, str]:
    """Start three machines; return their Engines' versions, by releases of Debian."""
    lab("up", "--name", LAB, "--managers", "1", "--workers", "2", "--releases", LAB_RELEASES, "--inventory", INVENTORY)
    engines = {}
    for number, release in enumerate(LAB_RELEASES.split(","), 1):
        shown = ("docker", "version", "--format", "{{.Server.Version}}")
        engines[release] = lab("exec", "--name", LAB, f"node{number}", "--", *shown).split()[-1].partition("+")[0]
    return engines


def site(bin_directory: Path, title: str) -> str:
    """Build a swarm of the lab's machines, build it again, which must change nothing, and take it apart."""
    command = [bin_directory / "ansible-playbook", "--inventory", INVENTORY]
    call([*command, "flotilla.swarm.site"], f"site with {title}", first=bin_directory)
    again = call([*command, "flotilla.swarm.site"], f"site again with {title}", first=bin_directory)
    reset = [*command, "flotilla.swarm.reset", "--extra-vars", "swarm_reset_confirm=true"]
    call(reset, f"reset with {title}", first=bin_directory)
    if re.search(r"changed=[1-9]", again):
        print(again, flush=True)
        raise Failure("a second run changed something")
    return "built, kept, taken apart"
