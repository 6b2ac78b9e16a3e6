# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of awx/, and the variables that the playbooks behind them read."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[3]
AWX = TOP / "awx"
# Playbooks of awx/ that put its content into AWX.
OWN = ("load",)
# AWX lists files with such a line.
LISTED = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)


def read(kind: str) -> dict:
    """What is in the files of a directory, by name without ending."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted((AWX / kind).glob("*.yml"))}


def by_name(kind: str) -> dict:
    """The same by name of the object."""
    return {one["name"]: one for one in read(kind).values()}


def imports() -> dict:
    """The playbooks that are imported, by name of the file that AWX lists."""
    found = {}
    for path in sorted(AWX.glob("*.yml")):
        if path.stem not in OWN and LISTED.search(path.read_text()):
            plays = yaml.safe_load(path.read_text())
            found[f"awx/{path.name}"] = [play.get("ansible.builtin.import_playbook") for play in plays]
    return found


def playbooks() -> list:
    """Names of the collection's playbooks."""
    return sorted(path.stem for path in (TOP / "playbooks").glob("*.yml"))


def declared(playbook: str) -> dict:
    """The variables that a playbook reads, with what roles say of them."""
    text = (TOP / "playbooks" / f"{playbook}.yml").read_text()
    groups = [
        f"swarm_{kind}_group" for call in re.findall(r"lookup\((.*)\)", text) for kind in re.findall(r"'(\w+)'", call)
    ]
    own = dict.fromkeys([*re.findall(r"\bswarm_\w+", text), *groups], {"type": "str"})
    for other in re.findall(r"import_playbook: flotilla\.swarm\.(\w+)", text):
        own.update(declared(other))
    for role in re.findall(r"(?:role|name): flotilla\.swarm\.(\w+)", text):
        entries = yaml.safe_load((TOP / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
        for name, entry in entries.items():
            if name == "main" or f"tasks_from: {name}" in text:
                own = {**own, **entry["options"]}
    return own
