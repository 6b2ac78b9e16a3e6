# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with one host."""

from __future__ import annotations

from ..addresses import declared
from .report import error, warning

OLDEST_PYTHON = (3, 9)
OLDEST_ENGINE = (20, 10)
KNOWN_FAMILIES = ("debian", "redhat")
NEEDED = ("overlay", "vxlan", "veth", "bridge")
NEEDED_TO_ENCRYPT = ("esp4", "xfrm_user")
MEBIBYTE = 1024 * 1024

# What ssh and sudo say, and what to do then.
SILENT = (
    ("Host key verification failed", "log in to it once with ssh, so that its key is known where Ansible runs"),
    ("Permission denied", "check its ansible_user, and which ssh keys this user has in authorized_keys"),
    ("Could not resolve hostname", "correct its ansible_host"),
    ("Missing sudo password", "give the password with --ask-become-pass, or let the user use sudo without one"),
    ("Incorrect sudo password", "give the right password with --ask-become-pass"),
    ("not in the sudoers file", "let its ansible_user use sudo"),
)


def numbers(version: str) -> tuple:
    """``26.1.5+dfsg1`` as ``(26, 1)``."""
    return tuple(int(part) for part in version.split(".")[:2])


def of_host(host: dict, limits: dict, in_service: bool) -> list:
    """Findings about one host; ``in_service`` says whether there is a swarm that can do without it."""
    name, facts = host["name"], host["facts"]
    if host["trouble"]:
        return [of_silent_host(host, in_service)]
    if facts is None:
        return []
    checks = [
        *of_system(facts),
        *of_kernel(facts, limits["encrypted"]),
        *of_engine(facts, host["live_restore"]),
        *of_membership(facts),
        *of_address(host),
    ]
    if facts["memory"] is not None and facts["memory"] < limits["memory"] * MEBIBYTE:
        text = f"{facts['memory'] // MEBIBYTE} MiB of memory, less than {limits['memory']} MiB"
        checks.append(warning("memory", [], text, "give the host more memory, or lower preflight_min_memory"))
    return [{**finding, "hosts": [name]} for finding in checks]


def of_silent_host(host: dict, in_service: bool) -> dict:
    """A host from which no facts came; while a swarm is in service, one that is off may be its business."""
    words = " ".join(str(host["trouble"]).replace("Task failed: ", "").split())
    remedy = next((remedy for sign, remedy in SILENT if sign in words), None)
    if not host["unreachable"]:
        remedy = remedy or "Ansible needs Python 3.9 or newer on the host, and a user who may become root"
        return error("answer", [host["name"]], f"Ansible reaches it and cannot work there: {words}", remedy)
    severity = warning if in_service else error
    remedy = remedy or "start it, or take it from the inventory"
    return severity("answer", [host["name"]], f"Ansible cannot reach it: {words}", remedy)


def of_system(facts: dict) -> list:
    """What this collection needs of an operating system."""
    found = []
    if numbers(facts["python"]) < OLDEST_PYTHON:
        found.append(error("python", [], f"Python {facts['python']}", "install Python 3.9 or newer"))
    if not facts["root"]:
        found.append(error("root", [], "Ansible is not root there", "let Ansible become root there: become: true"))
    if not facts["systemd"]:
        found.append(error("systemd", [], "systemd is not its init system", "use a host with systemd"))
    if facts["os"]["family"] not in KNOWN_FAMILIES and not facts["engine"]["installed"]:
        text = f"role engine knows no packages for {facts['os']['name']}"
        found.append(error("system", [], text, "install Docker Engine by hand"))
    return found


def of_kernel(facts: dict, encrypted: bool) -> list:
    """What networks need of the kernel; features of which nothing is known are no finding."""
    found = []
    lacking = [feature for feature in NEEDED_TO_ENCRYPT if encrypted and facts["kernel"][feature] is False]
    if lacking:
        text = f"the kernel lacks {', '.join(lacking)}, without which encrypted networks carry nothing"
        found.append(error("kernel", [], text, "install a kernel with these modules, or encrypt no network"))
    missing = [feature for feature in NEEDED if facts["kernel"][feature] is False]
    if missing:
        text = f"the kernel lacks {', '.join(missing)}, without which containers have no networks"
        found.append(error("kernel", [], text, "install a kernel with these modules"))
    if facts["kernel"]["ip_vs"] is False:
        text = "the kernel lacks ip_vs, without which published ports and virtual addresses of services do not answer"
        found.append(warning("kernel", [], text, "install a kernel with ip_vs, or publish ports in host mode only"))
    if facts["ip_forward"] is False and facts["engine"]["running"]:
        text = "net.ipv4.ip_forward is off although the Engine turned it on, so containers reach no other host"
        found.append(warning("ip_forward", [], text, "find what sets it to 0 below /etc/sysctl.d, and set it to 1"))
    return found


def of_engine(facts: dict, live_restore_wanted: bool) -> list:
    """How the Engine is, if there is one. ``live_restore_wanted`` is false where role engine turns it off."""
    engine, found = facts["engine"], []
    if engine["trouble"] and facts["service"]["active"]:
        text = f"the Engine runs and does not answer: {engine['trouble']}"
        found.append(error("engine", [], text, "look at journalctl --unit docker"))
    if engine["running"] and numbers(engine["running"]) < OLDEST_ENGINE:
        found.append(error("engine", [], f"Engine {engine['running']} is older than 20.10", "upgrade it"))
    if engine["live_restore"] and live_restore_wanted:
        text = "live-restore is on, and an Engine with it cannot be in a swarm"
        found.append(error("live-restore", [], text, "set engine_daemon_config: {live-restore: null}"))
    if engine["userns_remap"]:
        text = "userns-remap is on: files in volumes and mounts belong to other users than on hosts without it"
        found.append(warning("userns-remap", [], text, "use it on all hosts or on none"))
    return found


def of_membership(facts: dict) -> list:
    """Whether the Engine's own swarm works."""
    swarm = facts["swarm"] or {"state": "inactive", "trouble": None, "error": None}
    if swarm["state"] == "locked":
        remedy = "unlock it with flotilla.swarm.cluster and its option unlock_key"
        return [error("membership", [], "the manager is locked since its Engine started", remedy)]
    if swarm["state"] == "error":
        text = f"the Engine is in a swarm and out of service: {swarm['error']}"
        return [error("membership", [], text, "let it leave that swarm, or repair it")]
    if swarm["trouble"]:
        text = f"this manager cannot list the nodes of its swarm: {swarm['trouble']}"
        return [error("membership", [], text, "start as many managers as make a majority")]
    return []


def of_address(host: dict) -> list:
    """Whether the address that the others use is the host's own."""
    interfaces = host["facts"]["interfaces"]
    if not interfaces:
        return []
    own = {each.partition("/")[0] for interface in interfaces.values() for each in interface["addresses"]}
    found = []
    for name, variable in (("advertised", "swarm_advertise_addr"), ("data_path", "swarm_data_path_addr")):
        addresses = declared(host[name], interfaces)
        if host[name] and not addresses:
            text = f"{variable} is {host[name]}, which is neither an address nor an interface with one"
            found.append(error("address", [], text, f"let {variable} be one, for each host its own"))
        elif addresses and not own & set(addresses):
            text = f"{variable} is {host[name]}, which no interface has, so something must translate it"
            found.append(warning("address", [], text, f"let {variable} be an address of the host itself"))
    return found
