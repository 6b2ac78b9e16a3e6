# SPDX-License-Identifier: GPL-3.0-or-later
"""Examples as Ansible and this collection's Compose loader read them: playbooks, inventories and Compose files."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from example_blocks import Block
from example_specs import COLLECTION
from sources import ROOT

STUB_MODULE = "# stands for a module of another collection\n"


def syntax_problems(playbooks: list[tuple[Block, int, str]], others: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what ansible-playbook --syntax-check says against playbooks, each with its block and first line in it.

    ``others`` are modules and roles of other collections, which need not be there.
    """
    with tempfile.TemporaryDirectory(prefix="flotilla-examples-") as top:
        make_stubs(Path(top), others)
        for number, (_block, _line, text) in enumerate(playbooks):
            Path(top, f"example{number}.yml").write_text(text, encoding="utf-8")
        for number, said in refused(Path(top), list(range(len(playbooks)))):
            block, line, _text = playbooks[number]
            yield block.at(line, " ".join(said.replace(f"{top}/", "").split())[:400])


def refused(top: Path, numbers: list[int]) -> Iterator[tuple[int, str]]:
    """Yield the number of each playbook that Ansible refuses, with what it says.

    It reads them in their order and ends at the first that is wrong, so it is called again for those after that one.
    """
    if not numbers:
        return
    answer = check_syntax(top, [top / f"example{number}.yml" for number in numbers])
    if not answer.returncode:
        return
    named = re.search(r"/example(\d+)\.yml", answer.stderr)
    if named or len(numbers) == 1:
        number = int(named[1]) if named else numbers[0]
        yield number, answer.stderr
        yield from refused(top, numbers[numbers.index(number) + 1 :])
        return
    # What is wrong is in a file that one of them imports.
    for number in numbers:
        yield from refused(top, [number])


def check_syntax(top: Path, files: list[Path]) -> subprocess.CompletedProcess:
    """Run ansible-playbook --syntax-check over files."""
    env = {
        **os.environ,
        "ANSIBLE_CONFIG": str(top / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": f"{top}:{ROOT / '.collections'}",
        "ANSIBLE_ROLES_PATH": str(top / "roles"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
    }
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--syntax-check", "-i", "localhost,"]
    return subprocess.run([*command, *map(str, files)], env=env, cwd=top, capture_output=True, text=True, check=False)


def make_stubs(top: Path, others: set[tuple[str, str]]):
    """Write an empty module or role for each of ("modules", NAME) and ("roles", NAME)."""
    (top / "ansible.cfg").write_text("")
    for kind, name in others:
        parts = name.split(".")
        place = top / "ansible_collections" / parts[0] / parts[1] if len(parts) == 3 else top
        if kind == "modules":
            path, text = place / "plugins" / "modules" / f"{parts[-1]}.py", STUB_MODULE
        else:
            path, text = place / "roles" / (parts[-1] if len(parts) == 3 else name) / "tasks" / "main.yml", "[]\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def inventory_problems(text: str, name: str = "hosts.yml") -> Iterator[str]:
    """Yield what Ansible says against an inventory."""
    os.environ["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "1"
    errors = importlib.import_module("ansible.errors")
    manager = importlib.import_module("ansible.inventory.manager").InventoryManager
    loader = importlib.import_module("ansible.parsing.dataloader").DataLoader
    with tempfile.TemporaryDirectory(prefix="flotilla-examples-") as top:
        path = Path(top, name)
        path.write_text(text, encoding="utf-8")
        try:
            found = manager(loader=loader(), sources=[str(path)])
        except errors.AnsibleError as exc:
            yield f"this is no inventory: {' '.join(str(exc).split())[:300]}"
            return
    if not found.hosts:
        yield "this inventory has no host"


def compose_problems(data: dict | None, text: str | None = None) -> Iterator[str]:
    """Yield what the collection's loader says against a Compose file, given as a text or written in place."""
    load = importlib.import_module(f"{COLLECTION}.plugin_utils.compose.load")
    convert = importlib.import_module(f"{COLLECTION}.plugin_utils.compose.convert").convert
    error = importlib.import_module(f"{COLLECTION}.plugin_utils.compose.problems").ComposeError

    def read_file(path):
        return b""

    needed = re.findall(r"\$\{(\w+):?\?|environment: *(\w+) *$", text or "", re.MULTILINE)
    env = {name: "example" for names in needed for name in names if name}
    source = load.Source("compose.yml", text, data, "/")
    try:
        convert(load.load([source], load.Settings(env, True, read_file)), "example", read_file)
    except error as exc:
        yield from (str(problem) for problem in exc.problems)
