# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says of itself and of its Engine. Everything is read, nothing is started."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import socket
import time

from ..cluster.resolve import membership
from ..core.errors import SwarmError
from ..core.failures import dockerd
from ..core.fields import get
from ..network.fields import is_encrypted
from ..node.resolve import show_node
from .network import interfaces, routes
from .system import default_address, kernel_features, memory, os_release, read_line, unit_state

UNIT = "docker.service"
NODE_FACTS = ("id", "hostname", "address", "role", "state", "reachability", "leader")


def look(client, params: dict, run) -> dict:
    """The module's result; ``run`` is ``AnsibleModule.run_command``."""
    unit = unit_state(run, UNIT)
    installed = installed_version(run)
    info, trouble = ask_engine(client, unit, installed)
    nodes, swarm_trouble = ask_nodes(client, info)
    engine = engine_facts(info, trouble, installed)
    config = config_facts(params["daemon_config_file"], unit)
    engine["restart_needed"] = restart_needed(engine, config)
    asked_at = params["asked_at"]
    now = time.time()
    return {
        "changed": False,
        **host_facts(),
        "interfaces": interfaces(run),
        "routes": routes(run),
        "time": now,
        "clock_offset": round(now - asked_at, 3) if asked_at else None,
        "service": {"exists": unit["exists"], "active": unit["active"], "enabled": unit["enabled"]},
        "daemon_config": config,
        "engine": engine,
        "swarm": {**membership(info), "trouble": swarm_trouble} if info else None,
        "nodes": nodes,
        # Without a leader nobody answers before some 20 seconds are over, and once is enough.
        "overlay": None if swarm_trouble else ask_overlay(client, info),
    }


def host_facts() -> dict:
    """The facts that need no Engine."""
    forward = read_line("/proc/sys/net/ipv4/ip_forward")
    return {
        "hostname": socket.gethostname(),
        "machine_id": read_line("/etc/machine-id"),
        "address": default_address(),
        "os": os_release(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        # Finding the library is enough; importing it takes a quarter of a second.
        "python_sdk": importlib.util.find_spec("docker") is not None,
        "root": os.geteuid() == 0,
        "systemd": os.path.isdir("/run/systemd/system"),
        "memory": memory(),
        "ip_forward": None if forward is None else forward == "1",
        "kernel": kernel_features(platform.release()),
    }


def ask_engine(client, unit: dict, installed: str | None) -> tuple:
    """``GET /info`` and why there is none; a stopped Engine is not asked, as its socket would start it."""
    if client.local and unit["exists"] and not unit["active"]:
        return None, "the service docker is not running"
    if client.local and not unit["exists"] and installed is None:
        return None, "Docker Engine is not installed"
    try:
        return client.get("/info"), None
    except SwarmError as exc:
        return None, str(exc)


def ask_nodes(client, info: dict | None) -> tuple:
    """The nodes in short, where this Engine is a manager, and why there are none although it is."""
    if not info or not info["Swarm"].get("ControlAvailable"):
        return [], None
    try:
        shown = [show_node(raw) for raw in client.get("/nodes")]
    except SwarmError as exc:
        return [], str(exc)
    return [{name: node[name] for name in NODE_FACTS} for node in shown], None


def ask_overlay(client, info: dict | None) -> dict | None:
    """What overlay networks have and will get, where this Engine is a manager that can tell; None elsewhere."""
    if not info or not info["Swarm"].get("ControlAvailable"):
        return None
    try:
        networks = client.get("/networks", filters={"driver": ["overlay"], "scope": ["swarm"]})
    except SwarmError:
        return None
    return overlay_facts(get(info, "Swarm.Cluster") or {}, networks)


def overlay_facts(cluster: dict, networks: list) -> dict:
    """The same from ``GET /info`` and ``GET /networks``."""
    return {
        # 0 is the default of a swarm that was made before there was a choice.
        "data_path_port": cluster.get("DataPathPort") or 4789,
        "default_addr_pool": cluster.get("DefaultAddrPool") or [],
        "subnet_size": cluster.get("SubnetSize") or 24,
        "networks": [
            {
                "name": network["Name"],
                "subnets": [part["Subnet"] for part in get(network, "IPAM.Config") or () if part.get("Subnet")],
                "encrypted": is_encrypted(network.get("Options") or {}),
            }
            for network in networks
        ],
    }


def installed_version(run) -> str | None:
    """The version of the dockerd on disk, which may differ from the one that runs."""
    command = dockerd()
    if command is None:
        return None
    out = run([command, "--version"])[1]
    found = re.search(r"version ([^\s,]+)", out)
    return found.group(1) if found else None


def engine_facts(info: dict | None, trouble: str | None, installed: str | None) -> dict:
    """The Engine on disk and the one that runs."""
    info = info or {}
    security = info.get("SecurityOptions") or []
    return {
        "installed": installed,
        "running": info.get("ServerVersion"),
        "trouble": trouble,
        "id": info.get("ID"),
        "live_restore": bool(info.get("LiveRestoreEnabled")),
        "userns_remap": any(option.startswith("name=userns") for option in security),
    }


def config_facts(path: str, unit: dict) -> dict:
    """Whether there is a daemon.json, and whether it was written after the Engine read it for the last time."""
    try:
        written = os.stat(path).st_mtime
    except OSError:
        return {"exists": False, "unread": False}
    age = time.time() - written
    running_for = time.monotonic() - unit["read_at"]
    return {"exists": True, "unread": unit["active"] and age < running_for}


def restart_needed(engine: dict, config: dict) -> str | None:
    """Why the Engine that runs is not the one that a restart would give, or None."""
    if engine["running"] and engine["installed"] and engine["running"] != engine["installed"]:
        return f"version {engine['running']} runs and {engine['installed']} is installed"
    return "daemon.json was written after the Engine read it" if config["unread"] else None
