# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which firewall a host has, and with what the Engine writes its own rules."""

from __future__ import annotations

import re

from ..core.errors import SwarmError
from . import nftables
from .layer import read_text, which

UFW_CONFIG = "/etc/ufw/ufw.conf"
SERVICES = ("firewalld", "nftables")
START = {
    "firewalld": "start it with: systemctl enable --now firewalld",
    "ufw": "allow ssh and enable it with: ufw allow ssh; ufw enable",
    "nftables": "start it with: systemctl enable --now nftables",
    "iptables": "install it, as Docker needs it too",
}


def find(run, chosen: str) -> str:
    """The firewall whose rules decide on this host, or the chosen one, if it runs."""
    active = active_services(run)
    ufw = bool(which("ufw")) and ufw_enabled(read_text(UFW_CONFIG) or "")
    runs = {**active, "ufw": ufw, "iptables": bool(which("iptables"))}
    if chosen == "auto":
        return automatic(active, ufw, lambda: nftables.targets(run))
    if not runs[chosen]:
        raise SwarmError(
            f"backend: {chosen} does not run on this host; {START[chosen]}, or let backend be auto",
            reason="backend_not_running",
        )
    if runs["firewalld"] and chosen != "firewalld":
        raise SwarmError(
            f"backend: firewalld runs on this host and decides about all packets after {chosen}; choose firewalld, or "
            "stop it with: systemctl disable --now firewalld",
            reason="backend_overruled",
        )
    return chosen


def automatic(active: dict, ufw: bool, has_targets) -> str:
    """The first that runs; nftables counts if its configuration has a chain for packets to this host."""
    if active["firewalld"]:
        return "firewalld"
    if ufw:
        return "ufw"
    return "nftables" if active["nftables"] and has_targets() else "iptables"


def active_services(run) -> dict:
    """Whether each of the services is active; none is without systemd."""
    units = [f"{name}.service" for name in SERVICES]
    code, out, err = run.ask(["systemctl", "is-active", *units])
    return dict(zip(SERVICES, [word == "active" for word in [*out.split(), "", ""]]))


def ufw_enabled(text: str) -> bool:
    """What ufw.conf says; ``ufw enable`` and ``ufw disable`` write it."""
    return re.search(r"^\s*ENABLED=[\"']?yes\b", text, re.MULTILINE | re.IGNORECASE) is not None


def docker_backend(client) -> str | None:
    """With what the Engine writes its rules: iptables or nftables; None if it does not answer."""
    try:
        return rules_writer(client.get("/info"))
    except SwarmError:
        return None


def rules_writer(info: dict) -> str:
    """The same from what the Engine says of itself. Before API 1.49 it says nothing, as there is but one way."""
    driver = (info.get("FirewallBackend") or {}).get("Driver") or "iptables"
    # Beside firewalld it is `nftables+firewalld` or `iptables+firewalld`.
    return driver.partition("+")[0]
