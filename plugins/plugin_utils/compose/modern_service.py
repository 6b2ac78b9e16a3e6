# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of modern Compose in the words of v3. Each function changes a copy of the service in place."""

from __future__ import annotations

from contextlib import suppress

from ...module_utils.core.errors import InvalidOption
from ...module_utils.service.values import file_mode
from .long_ports import port_range
from .modern_limits import move_limits, write_cpus
from .modern_notes import CONDITIONS, ENV_FILES, HOSTS, PORTS, QUOTED, Notes
from .schema import LATEST
from .schema_parts import SWITCH, TEXT
from .schema_service import CONDITION
from .schema_types import Keys, Place
from .values import octets

RESOURCES = "set deploy.resources instead"
REFUSED = {
    "extends": "cannot be followed here; write the service out, or share keys by an anchor and <<",
    "provider": "leaves the service to another program, which Swarm does not do; take the service out",
    "volume_driver": "is no longer there; name the driver of a volume in the volumes at the top",
    "volumes_from": "is not there in Swarm; name the same volume in the volumes of both services",
    "cpu_quota": f"is not there in Swarm; {RESOURCES}",
    "cpu_shares": f"is not there in Swarm; {RESOURCES}",
    "cpuset": f"is not there in Swarm; {RESOURCES}",
    "memswap_limit": f"is not there in Swarm; {RESOURCES}",
}

DEPENDENCY = Keys({"condition": CONDITION, "restart": SWITCH, "required": SWITCH}, required=("condition",))
ENV_FILE = Keys({"path": TEXT, "required": SWITCH, "format": TEXT}, required=("path",))


def refuse(service: dict, path: tuple, notes: Notes):
    """Keys that mean something which Swarm cannot do, and must not leave out."""
    for key, text in REFUSED.items():
        if key in service:
            del service[key]
            notes.problems.add((*path, key), text)


def drop_empty(service: dict, path: tuple, notes: Notes):
    """An empty command is the image's own."""
    for key in ("command", "entrypoint"):
        if key in service and service[key] is None:
            del service[key]


def read_conditions(service: dict, path: tuple, notes: Notes):
    """``depends_on`` as {service: condition}, without those that may be absent and are."""
    wanted = service.get("depends_on")
    if not isinstance(wanted, dict):
        return
    path = (*path, "depends_on")
    notes.change(CONDITIONS, path)
    service["depends_on"] = conditions = {}
    for name, told in wanted.items():
        if not isinstance(told, dict):
            DEPENDENCY.check(told, Place((*path, name), LATEST, notes.problems))
            continue
        told = without_extras(told)
        DEPENDENCY.check(told, Place((*path, name), LATEST, notes.problems))
        if told.get("restart"):
            notes.ignored("restart", (*path, name))
        if told.get("condition") in CONDITION.choices:
            conditions[name] = told["condition"]


def read_env_files(service: dict, path: tuple, notes: Notes):
    """``env_file`` with a mapping only where the file may be absent."""
    files = service.get("env_file")
    if not isinstance(files, list):
        return
    service["env_file"] = kept = list(files)
    for number, told in enumerate(files):
        if not isinstance(told, dict):
            continue
        place = (*path, "env_file", number)
        told = without_extras(told)
        notes.change(ENV_FILES, place)
        ENV_FILE.check(told, Place(place, LATEST, notes.problems))
        file = told["path"] if isinstance(told.get("path"), str) else ""
        kept[number] = {"path": file, "required": False} if told.get("required") is False else file


def list_hosts(service: dict, path: tuple, notes: Notes):
    """``extra_hosts`` in which a host has several addresses, as a list."""
    hosts = service.get("extra_hosts")
    if not isinstance(hosts, dict) or not any(isinstance(told, list) for told in hosts.values()):
        return
    notes.change(HOSTS, (*path, "extra_hosts"))
    entries = [(host, told if isinstance(told, list) else [told]) for host, told in sorted(hosts.items())]
    service["extra_hosts"] = [f"{host}:{address}" for host, addresses in entries for address in addresses]


def number_ports(service: dict, path: tuple, notes: Notes):
    """Ports in long form with numbers; the further ports of a range come last, so that the others keep their places."""
    ports = service.get("ports")
    if not isinstance(ports, list):
        return
    service["ports"] = numbered = list(ports)
    for number, port in enumerate(ports):
        if not isinstance(port, dict) or not any(isinstance(port.get(key), str) for key in ("published", "target")):
            continue
        place = (*path, "ports", number)
        first, *others = [{**port, **numbers} for numbers in published(port)]
        if first != port:
            notes.change(PORTS, place)
        numbered[number] = first
        for other in others:
            notes.moved(place, (*path, "ports", len(numbered)))
            numbered.append(other)


def published(port: dict) -> list[dict]:
    """``published`` and ``target`` as numbers, for each port of a range; what is no number is as it was."""
    told = {key: numbers(port[key]) for key in ("published", "target") if key in port}
    plain = {key: found[0] if len(found) == 1 else port[key] for key, found in told.items()}
    return [{**plain, "published": number} for number in told.get("published", ())] or [plain]


def numbers(value) -> list:
    """The ports that a text means; what is no text, or means none, is as it was."""
    if value == "":
        return [0]
    with suppress(ValueError):
        return port_range(value, value) if isinstance(value, str) else [value]
    return [value]


def read_modes(service: dict, path: tuple, notes: Notes):
    """Modes of files in quotes, which are octal."""
    for key in ("secrets", "configs"):
        entries = service.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            mode = entry.get("mode") if isinstance(entry, dict) else None
            with suppress(InvalidOption):
                if isinstance(mode, str):
                    replaced = {**entry, "mode": file_mode(mode)}
                    notes.change(QUOTED, (*path, key, number, "mode"))
                    service[key] = [replaced if at == number else other for at, other in enumerate(service[key])]


def read_sizes(service: dict, path: tuple, notes: Notes):
    """Sizes of volumes in memory, with units."""
    volumes = service.get("volumes")
    for number, volume in enumerate(volumes if isinstance(volumes, list) else []):
        tmpfs = volume.get("tmpfs") if isinstance(volume, dict) else None
        told = tmpfs.get("size") if isinstance(tmpfs, dict) else None
        if not isinstance(told, str) or "$" in told:
            continue
        place = (*path, "volumes", number, "tmpfs", "size")
        try:
            bytes_told = octets(told)
        except ValueError as exc:
            notes.problems.add(place, str(exc))
            bytes_told = 0
        notes.change(QUOTED, place)
        service["volumes"] = service["volumes"].copy()
        service["volumes"][number] = {**volume, "tmpfs": {**tmpfs, "size": bytes_told}}


def write_devices(service: dict, path: tuple, notes: Notes):
    """Devices as v3 writes them; Swarm ignores them all the same."""
    devices = service.get("devices")
    if isinstance(devices, list):
        service["devices"] = [
            ":".join(str(told[key]) for key in ("source", "target", "permissions") if key in told)
            if isinstance(told, dict)
            else told
            for told in devices
        ]


STEPS = (
    refuse,
    drop_empty,
    move_limits,
    write_cpus,
    read_conditions,
    read_env_files,
    list_hosts,
    number_ports,
    read_modes,
    read_sizes,
    write_devices,
)


def modern_service(service, path: tuple, notes: Notes):
    """The service in the words of v3, as far as it is one."""
    if not isinstance(service, dict):
        return service
    service = dict(service)
    for step in STEPS:
        step(service, path, notes)
    return service


def without_extras(told: dict) -> dict:
    """A mapping without the keys that are for its author's own use."""
    return {key: value for key, value in told.items() if not key.startswith("x-")}
