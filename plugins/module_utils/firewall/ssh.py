# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that would shut out ssh are refused before anything is changed."""

from __future__ import annotations

from ..core.errors import SwarmError

DEFAULT = 22


def connection_port() -> int:
    """The port of this host that the present session came through, also after sudo has cleared the environment."""
    process = "self"
    while process not in ("0", "1", None):
        found = parse(read(f"/proc/{process}/environ"))
        if found:
            return found
        process = parent(read(f"/proc/{process}/status"))
    return DEFAULT


def parse(environ: str) -> int | None:
    """The port in the environment of a process: client address and port, then server address and port."""
    for entry in environ.split("\0"):
        name, _equals, value = entry.partition("=")
        if name == "SSH_CONNECTION" and len(value.split()) == 4:
            return int(value.split()[3])
    return None


def parent(status: str) -> str | None:
    """The number of the parent process."""
    return next((line.split()[1] for line in status.splitlines() if line.startswith("PPid:")), None)


def read(path: str) -> str:
    """A file of /proc, or nothing where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def check(wanted, port: int) -> None:
    """Refuse rules that decide about ssh's port; ``any`` among the sources shuts nobody out."""
    if ("tcp", port) in (*wanted.ports, *wanted.closed):
        raise SwarmError(
            f"ssh uses port {port}, which is one of the swarm's and would be closed to all but its nodes; "
            "let ssh listen on another port",
            reason="ssh_cut",
            port=port,
        )
    entry = next((one for one in wanted.published if one.protocol == "tcp" and one.first <= port <= one.last), None)
    if entry and not any(network.prefixlen == 0 for network in entry.sources):
        raise SwarmError(
            f"published_ports_allow: {entry.ports} covers ssh's port {port}, which would be closed to all but these "
            "sources; take it out, or set ssh_port if ssh listens elsewhere",
            reason="ssh_cut",
            port=port,
        )
