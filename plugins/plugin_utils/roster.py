# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host of the inventory is which node of the swarm, and what each of them needs. Plain values in and out.

A node carries the name of its host as a label, so that the swarm's own list of nodes is all it takes to know who is
a member: hosts whose node is ready need not be asked.
"""

from __future__ import annotations

HOST_LABEL = "flotilla.swarm.host"


class RosterError(Exception):
    """What the inventory and the swarm say does not go together."""


def live_manager(asked: list) -> dict:
    """The first answer of cluster_info that comes from a manager in service, with its host as ``host``; else {}."""
    for answer in asked:
        if (answer.get("membership") or {}).get("manager"):
            return {**answer, "host": answer["item"]}
    return {}


def no_manager(asked: list) -> str:
    """Why none of the managers can be used, as a sentence."""
    told = [f"{answer['item']}: {_why_not(answer)}" for answer in asked]
    return f"no manager of a swarm is in service ({'; '.join(told) or 'the inventory has none'})"


def _why_not(answer):
    if not answer.get("membership"):
        return _silence(answer)
    here = answer["membership"]
    return "a worker" if here["state"] == "active" else _state(answer)


def _silence(answer):
    """Why a host did not say where it is a member."""
    if answer.get("unreachable"):
        return "unreachable"
    return (answer.get("msg") or "no answer").replace("Task failed: ", "")


def to_ask(nodes: list, hosts: list) -> list:
    """Hosts of which the list of nodes does not show that they are members and up."""
    up = {node["labels"].get(HOST_LABEL) for node in nodes if node["state"] == "ready"}
    return [host for host in hosts if host not in up]


def conflict(answers: dict, cluster_id: str | None, outside: list) -> str:
    """Why membership must not be changed, as a sentence; empty if it may.

    ``cluster_id`` is the swarm of the managers or None if none is in service; ``answers`` what each host that was
    asked said, as the registered result; ``outside`` are hosts of the inventory that this run cannot ask.
    """
    members = {host: answer["membership"] for host, answer in answers.items() if _is_member(answer)}
    swarms: dict = {cluster_id: []} if cluster_id else {}
    for host, here in members.items():
        # A node that has not arrived yet does not know its swarm; module member sees to it.
        if here["cluster_id"]:
            swarms.setdefault(here["cluster_id"], []).append(host)
    if len(swarms) > 1:
        return _two_swarms(swarms, cluster_id)
    if cluster_id:
        return ""
    silent = {host: _silence(answer) for host, answer in answers.items() if not answer.get("membership")}
    if silent or outside:
        return _unknown(silent, outside)
    if members:
        states = ", ".join(f"{host}: {_state(answers[host])}" for host in members)
        return (
            f"swarm {next(iter(swarms), '(unknown)')} has no manager in service ({states}); start its managers' "
            "engines, unlock them, or recover the quorum before anything else"
        )
    return ""


def _is_member(answer):
    here = answer.get("membership") or {}
    return bool(here) and here["state"] != "inactive"


def _state(answer):
    here = answer["membership"]
    return f"{here['state']} ({here['error']})" if here["error"] else here["state"]


def _two_swarms(swarms, cluster_id):
    told = []
    for found, hosts in swarms.items():
        names = [*hosts, *(["managers in service"] if found == cluster_id else [])]
        told.append(f"{found} ({', '.join(names)})")
    return (
        f"the hosts are in different swarms: {' and '.join(told)}; take the hosts that are wrong out of theirs with "
        "flotilla.swarm.member state=absent, or out of the inventory"
    )


def _unknown(silent, outside):
    reasons: dict = {}
    for host, reason in silent.items():
        reasons.setdefault(reason, []).append(host)
    why = "; ".join(f"{', '.join(hosts)}: {reason}" for reason, hosts in reasons.items())
    told = [f"{', '.join(silent)} could not be asked ({why})"] if silent else []
    told += [f"{', '.join(outside)} are outside of this run's --limit"] if outside else []
    return (
        f"no host is known to be in a swarm, but {' and '.join(told)}; a new swarm is made only when every host is "
        "known to be in none, so make them answer or take them out of the inventory"
    )


def answers(hostvars, hosts: list) -> dict:
    """What each host said when it was asked which swarm it is in; {} for a host that said nothing."""
    return {host: _answer(hostvars[host]) for host in hosts}


def _answer(variables):
    """The answer of cluster_info, or what ``docker info`` said first if that was enough."""
    glance = (variables.get("__swarm_glance") or {}).get("stdout") or ""
    if glance.strip() == "inactive":
        return {"membership": {"state": "inactive", "cluster_id": None, "error": None}}
    return variables.get("__swarm_here") or {}


def told_ids(hostvars, hosts: list) -> dict:
    """Node IDs of the hosts that were asked in this run, as they said after joining or before."""
    ids = {}
    for host in hosts:
        for name in ("__swarm_joined", "__swarm_here"):
            node_id = ((hostvars[host].get(name) or {}).get("membership") or {}).get("node_id")
            if node_id:
                ids.setdefault(host, node_id)
    return ids


def declared_nodes(hostvars, roles: dict, nodes: list) -> list:
    """What module node shall make of the nodes: labels, role and availability of each host, by node ID.

    ``roles`` maps hosts to their role. Hosts whose node is not known are left out: they could not be reached.
    """
    ids = node_ids(nodes, told_ids(hostvars, roles))
    return [
        {"hostname": ids[host], "role": role, **_declared(hostvars[host], host)}
        for host, role in roles.items()
        if host in ids
    ]


def _declared(variables, host):
    declared = {"labels": {**(variables.get("swarm_node_labels") or {}), HOST_LABEL: host}}
    if variables.get("swarm_node_availability"):
        declared["availability"] = variables["swarm_node_availability"]
    return declared


def node_ids(nodes: list, told: dict) -> dict:
    """Node IDs by host: of the node that is up with the host's label, else as the host told, else of any with it."""
    up: dict = {}
    rest: dict = {}
    for node in nodes:
        if HOST_LABEL in node["labels"]:
            (up if node["state"] == "ready" else rest)[node["labels"][HOST_LABEL]] = node["id"]
    return {**rest, **told, **up}


def unlisted_nodes(hostvars, hosts: list, nodes: list) -> list:
    """Nodes that no host of the inventory is. RosterError if a host's node is not known, as it could be any of them."""
    ids = node_ids(nodes, told_ids(hostvars, hosts))
    unknown = [host for host in hosts if host not in ids]
    if unknown:
        raise RosterError(
            f"it is not known which nodes {', '.join(unknown)} are, so no node can be called unlisted; run once for "
            "all hosts, with all of them reachable"
        )
    return [node for node in nodes if node["id"] not in {ids[host] for host in hosts}]
