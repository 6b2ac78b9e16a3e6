# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Engine says of the swarm that it belongs to."""

from __future__ import annotations

import base64
import os

from ..core.fields import get, show_all
from .fields import SETTINGS

# DER of the attribute type organizationName (OID 2.5.4.10).
ORGANISATION = b"\x06\x03\x55\x04\x0a"


def membership(info: dict) -> dict:
    """The swarm section of ``GET /info`` in the collection's terms; ``cluster_id`` on workers too."""
    swarm = info["Swarm"]
    state = swarm["LocalNodeState"]
    return {
        "state": state,
        "error": swarm.get("Error") or None,
        "cluster_id": get(swarm, "Cluster.ID") or (certified_cluster(info) if state != "inactive" else None),
        "node_id": swarm.get("NodeID") or None,
        "address": swarm.get("NodeAddr") or None,
        "manager": bool(swarm.get("ControlAvailable")),
        "remote_managers": [peer["Addr"] for peer in swarm.get("RemoteManagers") or []],
        "hostname": info["Name"],
        "engine_version": info["ServerVersion"],
    }


def certified_cluster(info: dict) -> str | None:
    """The swarm's ID out of this node's certificate, as the API tells it to managers only.

    swarmkit (ca/certificates.go) issues node certificates with the node ID as common name, the role as
    organizational unit and the cluster's ID as organization. None where the file cannot be read.
    """
    path = os.path.join(info.get("DockerRootDir", "/var/lib/docker"), "swarm/certificates/swarm-node.crt")
    try:
        with open(path, encoding="ascii") as file:
            body = file.read().partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END CERTIFICATE-----")[0]
        return organisation(base64.b64decode(body))
    except (OSError, ValueError):
        return None


def organisation(der: bytes) -> str | None:
    """The first organization name in a certificate; the issuer of a swarm's certificates has none."""
    at = der.find(ORGANISATION)
    if at < 0:
        return None
    start = at + len(ORGANISATION) + 2
    return der[start : start + der[start - 1]].decode("ascii")


def observed_settings(cluster: dict) -> dict:
    """``GET /swarm`` in the form of the body of ``POST /swarm/init``, which the table's paths have."""
    names = ("Spec", "DefaultAddrPool", "SubnetSize", "DataPathPort")
    return {name: cluster[name] for name in names if cluster.get(name)}


def show_cluster(cluster: dict) -> dict:
    """A swarm as the modules return it."""
    return {
        "id": cluster["ID"],
        "created_at": cluster.get("CreatedAt"),
        "updated_at": cluster.get("UpdatedAt"),
        "root_rotation_in_progress": bool(cluster.get("RootRotationInProgress")),
        "settings": show_all(SETTINGS, observed_settings(cluster)),
    }
