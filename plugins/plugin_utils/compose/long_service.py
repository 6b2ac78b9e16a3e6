# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of a Compose file, each key in its long form."""

from __future__ import annotations

from .long_environment import long_environment
from .long_ports import long_ports
from .long_values import text_list, text_map
from .long_volumes import long_volumes
from .long_words import words

RATIO = "max_failure_ratio"
NO_ADDRESS = "an entry of extra_hosts without an address is ignored"


def long_service(service: dict, path: tuple, reading) -> dict:
    """The service; what a file does not say is absent."""
    long = {}
    for key, value in service.items():
        if value is None or key in ("environment", "env_file") or key.startswith("x-"):
            continue
        form = FORMS.get(key)
        long[key] = form(value, (*path, key), reading) if form else value
    for key in ("command", "entrypoint"):
        # An empty one means nothing to docker stack: it cannot take away that of the image.
        if not long.get(key, True):
            del long[key]
    environment = long_environment(service, path, reading)
    return whole_numbers({**long, "environment": environment} if environment else long)


def whole_numbers(value, key=""):
    """The value with numbers as the Engine takes them: of all but a ratio it is what stands before the point."""
    if isinstance(value, dict):
        return {name: whole_numbers(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [whole_numbers(part) for part in value]
    return int(value) if isinstance(value, float) and key != RATIO else value


def command(value, path, reading) -> list[str]:
    if isinstance(value, str):
        try:
            return words(value)
        except ValueError as exc:
            reading.problems.add(path, f"{exc}; correct it, or write a list of words")
            return []
    return text_list(value)


def listed(value, path, reading) -> list[str]:
    return text_list(value)


def mapped(value, path, reading) -> dict[str, str]:
    return text_map(value)


def references(value, path, reading) -> list[dict]:
    """Secrets or configs."""
    return [{"source": entry} if isinstance(entry, str) else dict(entry) for entry in value]


def networks(value, path, reading) -> dict:
    attached = value if isinstance(value, dict) else dict.fromkeys(value)
    return {
        name: {**entry, "driver_opts": text_map(entry["driver_opts"])} if entry and "driver_opts" in entry else entry
        for name, entry in attached.items()
    }


def depends_on(value, path, reading) -> dict[str, str]:
    return value if isinstance(value, dict) else dict.fromkeys(value, "service_started")


def extra_hosts(value, path, reading) -> list[str]:
    """``host:address``, of a list in its order and of a map sorted."""
    if isinstance(value, dict):
        return sorted(f"{host}:{address(ip)}" for host, ip in value.items() if ip is not None)
    hosts = []
    for number, entry in enumerate(value):
        host, between, ip = entry.partition("=" if "=" in entry else ":")
        if between:
            hosts.append(f"{host}:{address(ip)}")
        else:
            reading.note(NO_ADDRESS, (*path, number))
    return hosts


def address(value) -> str:
    """An IPv6 address may stand in brackets."""
    text = str(value)
    return text[1:-1] if len(text) > 2 and text[0] + text[-1] == "[]" else text


def ulimits(value, path, reading) -> dict:
    return {
        name: dict(limit) if isinstance(limit, dict) else {"soft": limit, "hard": limit}
        for name, limit in value.items()
    }


def healthcheck(value, path, reading) -> dict:
    long = {key: entry for key, entry in value.items() if entry is not None}
    if "test" in long:
        test = long["test"]
        long["test"] = ["CMD-SHELL", test] if isinstance(test, str) else text_list(test)
    return long


def logging(value, path, reading) -> dict:
    return {**value, "options": text_map(value["options"])} if "options" in value else value


def deploy(value, path, reading) -> dict:
    return {**value, "labels": text_map(value["labels"])} if "labels" in value else value


FORMS = {
    **dict.fromkeys(("command", "entrypoint"), command),
    **dict.fromkeys(("cap_add", "cap_drop", "dns", "dns_search", "expose", "group_add", "tmpfs"), listed),
    **dict.fromkeys(("labels", "sysctls"), mapped),
    **dict.fromkeys(("secrets", "configs"), references),
    "networks": networks,
    "depends_on": depends_on,
    "extra_hosts": extra_hosts,
    "ulimits": ulimits,
    "healthcheck": healthcheck,
    "logging": logging,
    "deploy": deploy,
    "ports": long_ports,
    "volumes": long_volumes,
}
