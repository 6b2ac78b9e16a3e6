# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would go wrong with these hosts, before it does: plain values in, findings out.

A finding is ``{severity, hosts, check, finding, remedy}``; an error stops the swarm from being built or working, a
warning is something that a person should know.
"""

from __future__ import annotations

from .hosts import of_host
from .inventory import of_inventory
from .paths import of_paths
from .plan import is_encrypted
from .ports import of_ports
from .report import error
from .subnets import of_subnets
from .together import of_hosts_together

SEEN = "__preflight_seen"
LISTENING = "__preflight_listening"
PROBED = "__preflight_probed"
CHECKS = ("hosts", "network")


def describe(variables: dict, managers: list, workers: list) -> list:
    """The hosts as the checks take them, out of Ansible's variables.

    ``facts`` is what module host_info returned, None where it did not; ``trouble`` says why. Hosts that were not asked,
    as with ``--limit``, have neither. ``listens`` and ``probed`` are the same for module probe.
    """
    hosts = []
    for name in dict.fromkeys([*managers, *workers]):
        given = variables[name]
        seen = given.get(SEEN)
        answered = bool(seen) and "engine" in seen
        listening, probed = given.get(LISTENING) or {}, given.get(PROBED) or {}
        hosts.append(
            {
                "name": name,
                "manager": name in managers,
                "worker": name in workers,
                "reached_at": given.get("ansible_host") or name,
                "advertised": given.get("swarm_advertise_addr"),
                "data_path": given.get("swarm_data_path_addr"),
                "live_restore": (given.get("engine_daemon_config") or {}).get("live-restore", True),
                "facts": seen if answered else None,
                "trouble": None if answered or not seen else trouble(seen),
                "unreachable": bool(seen) and bool(seen.get("unreachable")),
                "listens": "held" in listening,
                "probed": probed if "targets" in probed else None,
                "not_probed": None if "targets" in probed else probed.get("msg") or listening.get("msg"),
            }
        )
    return hosts


def trouble(seen: dict) -> str:
    """Why a host has not answered: where no module ran, what was said instead of its result is the reason."""
    # A terminal puts all of it into stdout, and ssh says goodbye in stderr.
    said = (seen.get("module_stdout") or "").strip() or (seen.get("module_stderr") or "").strip()
    return ": ".join([seen.get("msg") or "the host does not answer", *said.splitlines()[-1:]])


def find(hosts: list, limits: dict, declared: dict | None = None, checks=CHECKS) -> list:
    """The findings of some checks, errors first.

    ``declared`` is what the inventory wants of the swarm: its ``settings``, its ``networks``, and whether there are
    ``encrypted`` ones among them.
    """
    declared = declared or {"settings": {}, "networks": [], "encrypted": False}
    found = [] if "hosts" not in checks else find_without_network(hosts, limits, declared)
    if "network" in checks:
        found += [*of_silence(hosts), *of_ports(hosts), *of_paths(hosts, limits["mtu"])]
    return merge_hosts(sorted(found, key=lambda finding: finding["severity"]))


def find_without_network(hosts: list, limits: dict, declared: dict) -> list:
    """What hosts say of themselves."""
    in_service = any((host["facts"] or {}).get("swarm") and is_active(host["facts"]["swarm"]) for host in hosts)
    limits = {**limits, "encrypted": is_encrypted(hosts, declared["encrypted"])}
    found = [*of_inventory(hosts), *of_hosts_together(hosts, limits), *of_subnets(hosts, declared, in_service)]
    for host in hosts:
        found += of_host(host, limits, in_service)
    return found


def of_silence(hosts: list) -> list:
    """Hosts that answered, and where no probing was possible."""
    remedy = "look at the host, and run preflight again"
    return [
        error("ports", [host["name"]], f"its ports could not be probed: {' '.join(host['not_probed'].split())}", remedy)
        for host in hosts
        if host["not_probed"]
    ]


def is_active(swarm: dict) -> bool:
    """Whether an Engine is in service in a swarm."""
    return swarm["state"] == "active"


def merge_hosts(findings: list) -> list:
    """The findings, with those that say the same of several hosts in one."""
    merged: dict = {}
    for finding in findings:
        key = tuple(finding[name] for name in ("severity", "check", "finding", "remedy"))
        merged.setdefault(key, {**finding, "hosts": []})["hosts"] += finding["hosts"]
    return list(merged.values())
