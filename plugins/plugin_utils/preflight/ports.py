# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that are closed between hosts, in as few lines as say it."""

from __future__ import annotations

from .report import error, few

ANY = "any other host"
ESP = "IP protocol 50 (ESP)"
KEPT_BACK = "kept back"
LET_OUT = "let it out through the firewall of {sources}"
LET_IN = (
    "let it in through the firewall of the host, which role flotilla.swarm.firewall does, and through those on the way "
    "to it"
)
LOOK = "; look at the routes between the hosts as well"
TAKEN = "; where the network keeps this port to itself, choose another: swarm_cluster_settings: {data_path_port: 4790}"


def of_ports(hosts: list) -> list:
    """Findings about what cannot be reached from where."""
    found = []
    for (ports, reasons, sources), targets in closed(hosts).items():
        text = f"on {few(targets)} {listed(ports)} cannot be reached from {sources}: {' or '.join(reasons)}"
        found.append(error("ports", targets, text, remedy(ports, reasons, sources)))
    return found


def remedy(ports: tuple, reasons: tuple, sources: str) -> str:
    """What to do about ports that are closed."""
    if reasons == (KEPT_BACK,):
        return LET_OUT.format(sources=sources)
    told = LET_IN + (LOOK if "unreachable" in reasons else "")
    if sources == ANY and "no answer" in reasons and any(is_data_path(port) for port in ports):
        told += TAKEN
    return told


def is_data_path(port: str) -> bool:
    return port.endswith("/udp") and not port.startswith("7946/")


def listed(ports: tuple) -> str:
    """The ports as words."""
    words = [ESP if port == "esp" else port for port in ports]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def closed(hosts: list) -> dict:
    """``{(ports, reasons, sources): targets}``: what fails alike is together.

    A firewall that refuses does not do so each time, as answers of that kind are limited in their number.
    """
    failed, probers = failures(hosts)
    places = {host["name"]: place for place, host in enumerate(hosts)}
    by_sources: dict = {}
    for (target, port, _kept_back), reasons in failed.items():
        sources = sorted(set().union(*reasons.values()), key=places.get)
        words = ANY if 1 < len(sources) == probers[target, port] else few(sources)
        by_sources.setdefault((target, tuple(sorted(reasons)), words), []).append(port)
    by_ports: dict = {}
    for (target, reasons, sources), ports in by_sources.items():
        by_ports.setdefault((tuple(ports), reasons, sources), []).append(target)
    return {alike: sorted(targets, key=places.get) for alike, targets in by_ports.items()}


def failures(hosts: list) -> tuple:
    """``{(target, port, whether the sender kept it back): {reason: sources}}``, and how many hosts tried each port."""
    listening = {host["name"] for host in hosts if host["listens"]}
    failed: dict = {}
    probers: dict = {}
    for host in hosts:
        for target in (host["probed"] or {"targets": []})["targets"]:
            if target["name"] not in listening:
                continue
            for port, told in target["ports"].items():
                key = target["name"], port
                probers[key] = probers.get(key, 0) + 1
                if not told["reached"]:
                    reasons = failed.setdefault((*key, told["reason"] == KEPT_BACK), {})
                    reasons.setdefault(told["reason"], set()).add(host["name"])
    return failed, probers
