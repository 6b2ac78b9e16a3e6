# SPDX-License-Identifier: GPL-3.0-or-later
"""How the controller reaches the machines: ssh keys, known hosts and the inventory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from engine import RUN

STATE = Path(__file__).resolve().parents[2] / ".lab"


@dataclass(frozen=True)
class Host:
    """A machine as the inventory names it; host_key is the public half, "ssh-ed25519 AAAA..."."""

    name: str
    address: str
    release: str
    host_key: str


def state_directory(lab: str) -> Path:
    """Return where the keys of a lab are kept."""
    return STATE / lab


def make_key(path: Path, comment: str) -> str:
    """Write an ed25519 key pair and return its public half as "type data"."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return read_public_key(path)


def read_public_key(path: Path) -> str:
    """Return the public half of the key pair at path, without its comment."""
    return " ".join(path.with_suffix(".pub").read_text(encoding="ascii").split()[:2])


def make_host_key(comment: str) -> tuple[bytes, str]:
    """Return the private and the public half of a new host key."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "key"
        public = make_key(path, comment)
        return path.read_bytes(), public


def ensure_user_key(lab: str) -> str:
    """Return the public key that opens the lab's machines, making the pair if it is missing."""
    directory = state_directory(lab)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / "id_ed25519"
    if path.exists() and path.with_suffix(".pub").exists():
        return read_public_key(path)
    path.unlink(missing_ok=True)
    return make_key(path, f"flotilla lab {lab}")


def write_atomically(path: Path, text: str) -> bool:
    """Give a file this content; return whether it had another before."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(path)
    return True


def make_inventory(lab: str, hosts: list[Host], managers: int | None) -> dict:
    """Return the inventory; given managers, the first so many are managers, the others workers."""
    directory = state_directory(lab)
    # A short path, as sockets have at most 108 characters. Ansible and Testinfra share one connection per machine.
    ssh_options = f"-o UserKnownHostsFile={directory / 'known_hosts'} -o ControlPath={RUN}/%C"
    names = [host.name for host in hosts]
    inventory = {
        "lab": {
            "hosts": {host.name: {"ansible_host": host.address, "lab_release": host.release} for host in hosts},
            "vars": {
                "ansible_user": "root",
                "ansible_ssh_private_key_file": str(directory / "id_ed25519"),
                "ansible_ssh_common_args": ssh_options,
                "ansible_python_interpreter": "/usr/bin/python3",
                "lab_name": lab,
            },
        }
    }
    if managers is not None:
        inventory["swarm_managers"] = {"hosts": dict.fromkeys(names[:managers], {})}
        inventory["swarm_workers"] = {"hosts": dict.fromkeys(names[managers:], {})}
    return inventory


class PlainDumper(yaml.SafeDumper):
    """Writes no anchors and aliases: people read the file."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write_access(lab: str, hosts: list[Host], managers: int | None, inventory: Path) -> bool:
    """Write known_hosts and the inventory and note where that is; return whether a file changed."""
    directory = state_directory(lab)
    known = "".join(f"{host.address} {host.host_key}\n" for host in hosts)
    content = yaml.dump(make_inventory(lab, hosts, managers), Dumper=PlainDumper, sort_keys=False)
    text = f"# Written by molecule/lab/lab.py for the lab '{lab}'; do not edit.\n{content}"
    note = directory / "inventories"
    noted = note.read_text(encoding="utf-8").splitlines() if note.exists() else []
    return any(
        [
            write_atomically(directory / "known_hosts", known),
            write_atomically(inventory, text),
            write_atomically(note, "\n".join(sorted({*noted, str(inventory)})) + "\n"),
        ]
    )


def remove_access(lab: str) -> None:
    """Remove a lab's keys and the inventories that name its machines."""
    directory = state_directory(lab)
    note = directory / "inventories"
    if note.exists():
        for path in note.read_text(encoding="utf-8").splitlines():
            Path(path).unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
