# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recorder's Engine says of itself and of the objects that it keeps."""

from __future__ import annotations

import hashlib

MADE = "2024-01-01T00:00:00.000000000Z"
NODE = {
    "ID": "node1node1node1node1node1",
    "Version": {"Index": 9},
    "Spec": {"Labels": {}, "Role": "manager", "Availability": "active"},
    "Description": {
        "Hostname": "node1",
        "Platform": {"Architecture": "x86_64", "OS": "linux"},
        "Resources": {"NanoCPUs": 4_000_000_000, "MemoryBytes": 8 << 30},
        "Engine": {"EngineVersion": "28.2.2"},
    },
    "Status": {"State": "ready", "Addr": "192.0.2.1"},
    "ManagerStatus": {"Leader": True, "Reachability": "reachable", "Addr": "192.0.2.1:2377"},
}
SWARM = {"ID": "cluster1cluster1cluster1c", "Version": {"Index": 9}, "Spec": {"Name": "default", "Labels": {}}}
FIXED = {
    "/info": {
        "ID": "recorder",
        "Name": "node1",
        "OSType": "linux",
        "ServerVersion": "28.2.2",
        "Swarm": {
            "NodeID": NODE["ID"],
            "NodeAddr": "192.0.2.1",
            "LocalNodeState": "active",
            "ControlAvailable": True,
            "RemoteManagers": [{"NodeID": NODE["ID"], "Addr": "192.0.2.1:2377"}],
            "Nodes": 1,
            "Managers": 1,
            "Cluster": SWARM,
        },
    },
    "/version": {"Version": "28.2.2", "ApiVersion": "1.50", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"},
    "/swarm": SWARM,
    "/nodes": [NODE],
    "/tasks": [],
}
LOCAL = {"bridge": "bridge", "host": "host", "none": "null"}
# What is there before anything is deployed. An Engine has the first networks; the rest is external to the files.
PRESENT = {
    "networks": [
        *({"Name": name, "Driver": driver, "Scope": "local"} for name, driver in LOCAL.items()),
        {"Name": "ingress", "Driver": "overlay", "Ingress": True},
        {"Name": "shared", "Driver": "overlay", "Attachable": True, "Labels": {"team": "platform"}},
        {"Name": "outer-net", "Driver": "overlay"},
    ],
    "secrets": [{"Name": "other", "Data": "b25l"}, {"Name": "outer-secret", "Data": "dHdv"}],
    "configs": [{"Name": "other", "Data": "b25l"}, {"Name": "outer-config", "Data": "dHdv"}],
}


def made_id(kind: str, name: str) -> str:
    """The ID of an object: the same for its kind and name on every recorder."""
    return hashlib.sha256(f"{kind} {name}".encode()).hexdigest()[:25]


def identity(item: dict) -> str:
    """The ID as the kind spells it."""
    return item.get("ID") or item["Id"]


def stored(kind: str, name: str, spec: dict, version: int, known: dict | None, recorder) -> dict:
    """An object as the Engine shows it once it has ``spec``."""
    if kind == "networks":
        return {**spec, **network_told(spec), "Id": made_id(kind, name)}
    item = {"ID": made_id(kind, name), "Version": {"Index": version}, "CreatedAt": MADE, "UpdatedAt": MADE}
    if kind == "services":
        networks = recorder.objects["networks"]
        for network in spec["TaskTemplate"].get("Networks") or ():
            if network["Target"] in networks and network["Target"] not in LOCAL:
                network["Target"] = networks[network["Target"]]["Id"]
        item["Endpoint"] = {"Spec": spec.get("EndpointSpec") or {}}
        if known:
            item["PreviousSpec"] = known["Spec"]
    return {**item, "Spec": spec}


def network_told(spec: dict) -> dict:
    """What the Engine tells of a network beside what was posted."""
    ipam = spec.get("IPAM") or {}
    return {
        "Scope": spec.get("Scope") or "swarm",
        "Created": MADE,
        "Containers": None,
        "Labels": spec.get("Labels") or {},
        "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4097", **(spec.get("Options") or {})},
        "IPAM": {"Driver": ipam.get("Driver") or "default", "Options": None, "Config": ipam.get("Config") or []},
    }


def shown(kind: str, item: dict) -> dict:
    """An object without what the Engine does not tell."""
    if kind == "secrets":
        return {**item, "Spec": {key: value for key, value in item["Spec"].items() if key != "Data"}}
    return item


def listed(kind: str, items: dict, filters: dict) -> list:
    """The objects that all filters let through. A filter's values are a list, or keys of a dict, as old clients say."""
    found = []
    for name, item in items.items():
        labels = (item if kind == "networks" else item["Spec"]).get("Labels") or {}
        if all(_passes(kind, name, item, labels, word, list(values)) for word, values in filters.items()):
            found.append(shown(kind, item))
    return found


def _passes(kind, name, item, labels, word, values):
    if word == "label":
        pairs = [text.partition("=") for text in values]
        return all(key in labels and (not sign or labels[key] == value) for key, sign, value in pairs)
    if word in ("name", "names"):
        return any(value in name if kind == "networks" else name.startswith(value) for value in values)
    if word == "id":
        return any(identity(item).startswith(value) for value in values)
    return any(str(item.get(word.capitalize())) == value for value in values)


def distribution(image: str) -> dict:
    """A digest that follows from the name, and platforms of all the kinds that the CLI treats in its own way."""
    digest = hashlib.sha256(image.encode()).hexdigest()
    return {
        "Descriptor": {
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": f"sha256:{digest}",
            "size": 1000,
        },
        "Platforms": [
            {"architecture": "amd64", "os": "linux"},
            {"architecture": "arm", "os": "linux", "variant": "v7"},
            {"architecture": "unknown", "os": "unknown"},
        ],
    }
