# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that Compose has and Swarm does nothing with, and what to write instead."""

from __future__ import annotations

LIMITS = "set deploy.resources.limits"
BY_NAME = "services that share a network find each other by name"
NODES = "set it on the nodes, in daemon.json"
GENERIC = "reserve deploy.resources.reservations.generic_resources"

# Of a service in Compose v3; docker stack tells of some of them only.
V3 = {
    "build": "build and push the image first, and name it in image",
    "cgroup_parent": NODES,
    "cgroupns_mode": NODES,
    "container_name": f"tasks have names of their own; {BY_NAME}",
    "devices": GENERIC,
    "domainname": "",
    "expose": "services that share a network reach every port of each other",
    "external_links": BY_NAME,
    "ipc": "",
    "links": BY_NAME,
    "mac_address": "",
    "network_mode": "name networks; the network host of the nodes is an external one named host",
    "pid": "",
    "privileged": "name what the service needs in cap_add",
    "security_opt": "",
    "shm_size": "mount a volume of type tmpfs at /dev/shm",
    "tmpfs": "write a volume of type tmpfs",
    "userns_mode": NODES,
}

# Of a service in modern Compose; docker stack refuses them.
MODERN = {
    "annotations": "",
    "attach": "",
    "blkio_config": "",
    "cgroup": NODES,
    "cpu_count": LIMITS,
    "cpu_percent": LIMITS,
    "cpu_period": LIMITS,
    "cpu_rt_period": LIMITS,
    "cpu_rt_runtime": LIMITS,
    "develop": "",
    "device_cgroup_rules": "",
    "gpus": GENERIC,
    "label_file": "write the labels in labels",
    "mem_swappiness": "",
    "models": "",
    "oom_kill_disable": "",
    "platform": "constrain the nodes in deploy.placement.constraints, such as node.platform.arch==x86_64",
    "post_start": "",
    "pre_stop": "",
    "pull_policy": "the option resolve_image decides what a tag means",
    "pull_refresh_after": "",
    "runtime": NODES,
    "storage_opt": "",
    "use_api_socket": "bind-mount the socket",
    "uts": "",
}

# Of a service's place in a network.
ADDRESSES = dict.fromkeys(("ipv4_address", "ipv6_address"), "Swarm chooses the addresses of tasks")
# Of what a service mounts.
MOUNTS = {"consistency": ""}
VOLUMES = {"x-cluster-spec": "create the cluster volume first, and say external: true"}
REMEDIES = {**V3, **MODERN, **ADDRESSES, **VOLUMES}


def ignored(trees: list[dict]) -> list[str]:
    """One warning for each key of Compose v3 that Swarm ignores, with the services that have it in any of the files."""
    places: dict[str, list[str]] = {}
    for tree in trees:
        for name, service in mappings(tree, "services"):
            for key in keys_of(service):
                places.setdefault(key, []).append(name)
        for name, volume in mappings(tree, "volumes"):
            for key in VOLUMES.keys() & volume:
                places.setdefault(key, []).append(name)
    return [warning(key, places[key]) for key in sorted(places)]


def keys_of(service: dict) -> set[str]:
    """The keys of a service, of its places in networks and of its mounts that Swarm ignores."""
    attachments = [place for name, place in mappings(service, "networks")]
    volumes = service.get("volumes")
    mounts = [entry for entry in volumes if isinstance(entry, dict)] if isinstance(volumes, list) else []
    return {
        *V3.keys() & service,
        *(key for place in attachments for key in ADDRESSES.keys() & place),
        *(key for mount in mounts for key in MOUNTS.keys() & mount),
    }


def mappings(tree: dict, section: str) -> list:
    """Names and values of the mappings in a section, which may be missing or wrong."""
    entries = tree.get(section)
    return [entry for entry in entries.items() if isinstance(entry[1], dict)] if isinstance(entries, dict) else []


def warning(key: str, places: list[str]) -> str:
    """What to tell of a key that Swarm ignores at these places."""
    remedy = REMEDIES.get(key)
    return f"Swarm ignores {key} ({', '.join(dict.fromkeys(places))})" + (f"; {remedy}" if remedy else "")
