# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with hosts together, though nothing is with each."""

from __future__ import annotations

from ..addresses import declared
from .hosts import numbers
from .report import error, warning

# Certificates of a swarm are valid from one hour before they are issued (swarmkit, ca.CertBackdate).
BACKDATE = 3600


def of_hosts_together(hosts: list, limits: dict) -> list:
    """Findings about hosts that are compared with each other."""
    answered = [host for host in hosts if host["facts"]]
    return [
        *of_identity(hosts, answered),
        *of_clocks(answered, limits["clock"]),
        *of_versions(answered),
        *of_swarms(answered),
        *of_nodes(answered),
    ]


def of_identity(hosts: list, answered: list) -> list:
    """Whether two hosts are one, or take themselves for one."""

    def fact(*path):
        def read(host):
            value = host["facts"]
            for name in path:
                value = (value or {}).get(name)
            return value

        return read

    clone = "the hosts are copies of one machine, or one machine under two names"
    kinds = (
        (error, "address", hosts, lambda host: host["reached_at"], "Ansible reaches", "give each its own ansible_host"),
        (error, "address", answered, advertised, "in the swarm it would be", "give each its own swarm_advertise_addr"),
        (error, "node", answered, fact("swarm", "node_id"), "the swarm's node is", f"{clone}; reset one of them"),
        (warning, "hostname", answered, fact("hostname"), "the hostname is", "give each its own hostname"),
        (
            warning,
            "machine-id",
            answered,
            fact("machine_id"),
            "the machine ID is",
            f"{clone}; make /etc/machine-id anew",
        ),
        (warning, "engine-id", answered, fact("engine", "id"), "the Engine's ID is", f"{clone}; remove its key.json"),
    )
    found = []
    for severity, check, among, read, words, remedy in kinds:
        for value, names in alike(among, read):
            found.append(severity(check, names, f"{words} {value} for all of these", remedy))
    return found


def advertised(host: dict) -> str | None:
    """The address that a node would have; an interface's name says nothing about it."""
    given = host["advertised"]
    return next(iter(declared(given, {})), None) if given else host["facts"]["address"]


def alike(hosts: list, read) -> list:
    """``(value, names)`` for each value that more than one host has."""
    found: dict = {}
    for host in hosts:
        value = read(host)
        if value:
            found.setdefault(value, []).append(host["name"])
    return [(value, names) for value, names in found.items() if len(names) > 1]


def of_clocks(answered: list, tolerance: float) -> list:
    """Whether the clocks agree."""
    offsets = clocks(answered)
    if not offsets or offsets[-1][0] - offsets[0][0] <= tolerance:
        return []
    (low, behind), (high, ahead) = offsets[0], offsets[-1]
    text = f"the clock of {ahead} is {high - low:.0f} s ahead of that of {behind}"
    remedy = "let a time service such as chrony keep all clocks"
    if high - low > BACKDATE:
        return [error("clock", [ahead, behind], f"{text}, so the swarm's certificates are not valid there yet", remedy)]
    return [warning("clock", [ahead, behind], text, remedy)]


def clocks(answered: list) -> list:
    """``(seconds, name)`` in order: as hosts tell each other, else with the time that it took to ask the host."""
    told = [host for host in answered if host["facts"]["clock_offset"] is not None]
    probers = [host for host in told if host["probed"]]
    if not probers:
        return sorted((host["facts"]["clock_offset"], host["name"]) for host in told)
    heard = {
        host["name"]: {each["name"]: each["clock"] for each in host["probed"]["targets"] if each["clock"] is not None}
        for host in probers
    }
    one = max(probers, key=lambda host: len(heard[host["name"]]))
    exact = {one["name"]: 0.0, **heard[one["name"]]}
    return sorted(
        (exact.get(host["name"], host["facts"]["clock_offset"] - one["facts"]["clock_offset"]), host["name"])
        for host in told
    )


def of_versions(answered: list) -> list:
    """Whether Engines of different major versions would work together."""
    versions: dict = {}
    for host in answered:
        version = host["facts"]["engine"]["running"] or host["facts"]["engine"]["installed"]
        if version:
            versions.setdefault(version, []).append(host["name"])
    if len({numbers(version)[0] for version in versions}) < 2:
        return []
    listed = "; ".join(f"{version} on {', '.join(versions[version])}" for version in sorted(versions, key=numbers))
    names = [host["name"] for host in answered if host["facts"]["engine"]["installed"]]
    return [warning("versions", names, f"Engines of different major versions: {listed}", "upgrade the older ones")]


def of_swarms(answered: list) -> list:
    """Whether all hosts that are in a swarm are in the same."""
    swarms: dict = {}
    for host in answered:
        cluster_id = (host["facts"]["swarm"] or {}).get("cluster_id")
        if cluster_id:
            swarms.setdefault(cluster_id, []).append(host["name"])
    if len(swarms) < 2:
        return []
    listed = "; ".join(f"{cluster_id} of {', '.join(names)}" for cluster_id, names in swarms.items())
    names = [name for names in swarms.values() for name in names]
    remedy = "let the hosts of all but one leave their swarm, or put them in another inventory"
    return [error("swarms", names, f"the hosts are in {len(swarms)} swarms: {listed}", remedy)]


def of_nodes(answered: list) -> list:
    """Nodes that the managers miss."""
    nodes = {node["id"]: node for host in answered for node in host["facts"]["nodes"]}
    found = []
    for node in nodes.values():
        if node["state"] == "down":
            text = f"node {node['hostname']} ({node['address']}) is down"
            found.append(warning("nodes", [], text, "start it, or remove it from the swarm"))
    managers = [node for node in nodes.values() if node["role"] == "manager" and node["reachability"]]
    lost = [node["hostname"] for node in managers if node["reachability"] != "reachable"]
    if lost:
        spare = len(managers) - len(lost) - (len(managers) // 2 + 1)
        text = (
            f"of {len(managers)} managers {', '.join(lost)} cannot be reached; a majority of {len(managers)} needs "
            f"{len(managers) // 2 + 1}, so the swarm survives the loss of {max(spare, 0)} more"
        )
        found.append(warning("nodes", [], text, "start it, or demote and remove it"))
    return found
