# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a service: that of its files, and over it its own."""

from __future__ import annotations

from .environment import parse_service_env_file
from .long_values import pairs, unreadable
from .problems import ComposeError
from .yaml_types import as_go_prints


def long_environment(service: dict, path: tuple, reading) -> dict:
    """Names and values; one without a value, or with an empty one, has the deployer's where there is one."""
    named = {}
    for place, file, required in env_files(service.get("env_file") or [], (*path, "env_file"), reading):
        named.update(env_file(file, required, place, reading))
    named = resolved(named, reading.env)
    own = {
        name: None if value is None else as_go_prints(value)
        for name, value in pairs(service.get("environment") or {}).items()
    }
    return {**named, **resolved(own, reading.env)}


def resolved(named: dict, env: dict) -> dict:
    return {name: value or env.get(name, value) for name, value in named.items()}


def env_files(value, path: tuple, reading) -> list[tuple]:
    """Place, absolute path and whether it must be there, of each file."""
    files = {path: value} if isinstance(value, str) else {(*path, number): file for number, file in enumerate(value)}
    entries = [(place, {"path": file} if isinstance(file, str) else file) for place, file in files.items()]
    return [(place, reading.absolute(entry["path"]), entry.get("required", True)) for place, entry in entries]


def env_file(file: str, required: bool, place: tuple, reading) -> dict:
    """What the file holds; one that cannot be read is a problem."""
    try:
        return parse_service_env_file(reading.read_file(file).decode(), file, reading.env)
    except OSError as exc:
        if required:
            reading.problems.add(place, unreadable(file, exc))
    except UnicodeDecodeError:
        reading.problems.add(place, f"{file} is no text in UTF-8")
    except ComposeError as exc:
        reading.problems.extend(exc.problems)
    return {}
