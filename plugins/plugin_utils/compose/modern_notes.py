# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said while a modern Compose file is made one of v3: each kind of change once, with its places."""

from __future__ import annotations

from .ignored import warning
from .problems import Problems, path_text

NAME = "the name of the project is not that of the stack, which the task gives"
LIMITS = "scale, cpus, mem_limit, mem_reservation and pids_limit are read as what deploy says of them"
CONDITIONS = "depends_on with conditions is new to docker stack; here services are deployed in its order"
PORTS = "published and target are numbers to docker stack; strings and ranges of them are read as such"
QUOTED = "numbers, sizes and switches in quotes are read as if they had none"
UNQUOTED = "true, false and numbers where docker stack wants strings are read as if they had quotes"
ENV_FILES = "entries of env_file with path are read as docker stack reads its own: line by line, as it stands"
HOSTS = "several addresses of a host in extra_hosts are read as several entries"
CONTENT = "content and environment of secrets and configs are new to docker stack; here they are what is stored"
VERSIONED = "keys of modern Compose count only where a file says no version, and are ignored here"
PROFILES = "services with profiles are left out"


class Notes:
    """Collects for one file. ``kinds`` and ``keys`` have the places of changes, and of keys that Swarm ignores."""

    def __init__(self, problems: Problems, versioned: bool):
        self.problems = problems
        self.versioned = versioned
        self.kinds: dict[str, list[str]] = {}
        self.keys: dict[str, list[str]] = {}

    def change(self, kind: str, path: tuple):
        """Something at this path was read as something else."""
        self.kinds.setdefault(kind, []).append(path_text(path))

    def ignored(self, key: str, place: tuple):
        """Swarm does nothing with a key of this mapping."""
        service = place[0] == "services" and len(place) == 2 if place else False
        self.keys.setdefault(key, []).append(place[1] if service else path_text(place) or "top level")

    def moved(self, old: tuple, new: tuple):
        """What was at one path is at another, and problems with it still have its line."""
        document = self.problems.document
        if document and (line := document.line(old)):
            document.lines[new] = line

    def tell(self):
        """One warning for each kind and each ignored key."""
        for kind, places in self.kinds.items():
            self.problems.warn(f"{kind}: {', '.join(dict.fromkeys(places))}")
        for key in sorted(self.keys):
            self.problems.warn(warning(key, self.keys[key]))
