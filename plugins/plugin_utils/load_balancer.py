# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports of a swarm answer where, and what a load balancer outside of it makes of that. Plain values only."""

from __future__ import annotations

import re

from .roster import HOST_LABEL

BALANCES = {"haproxy": ("tcp",), "nginx": ("tcp", "udp")}
TITLES = {"haproxy": "HAProxy", "nginx": "nginx"}


def published_endpoints(services: list, drained: bool = False) -> list:
    """One entry for each published port of the ``services`` of service_info, with the nodes to send requests to.

    The routing mesh answers on drained nodes as well, but these are about to be worked on, so they count only if
    ``drained`` is set.
    """
    found: dict = {}
    for service in services:
        for endpoint in service["endpoints"]:
            entry = _entry(service, endpoint)
            port = endpoint["published_port"]
            known = found.setdefault(_key(entry), entry)
            known["nodes"] += [
                {**node, "port": port} for node in endpoint["nodes"] if drained or node["availability"] != "drain"
            ]
    return [found[key] for key in sorted(found)]


def _entry(service, endpoint):
    return {
        "service": service["name"],
        "mode": endpoint["mode"],
        "endpoint_mode": endpoint["endpoint_mode"],
        "published_port": None if _chosen_by_engines(service, endpoint) else endpoint["published_port"],
        "target_port": endpoint["target_port"],
        "protocol": endpoint["protocol"],
        "nodes": [],
    }


def _key(entry):
    return tuple(entry[name] or 0 for name in ("service", "published_port", "protocol", "mode", "target_port"))


def _chosen_by_engines(service, endpoint):
    """Whether each Engine chooses the port on its node, which the spec of the service leaves open."""
    declared = [
        port
        for port in (service.get("spec") or {}).get("publish") or []
        if (port.get("mode"), port.get("protocol") or "tcp") == ("host", endpoint["protocol"])
        and str(port["target_port"]) == str(endpoint["target_port"])
    ]
    fixed = {str(port.get("published_port") or 0) for port in declared}
    return endpoint["mode"] == "host" and "0" in fixed and str(endpoint["published_port"]) not in fixed


def plan(services: list, nodes: list, settings: dict) -> dict:
    """What a load balancer is to listen to and where it sends what comes, or what is wrong with its variables.

    ``services`` come from service_info and ``nodes`` from cluster_info or node_info. ``settings`` are ``program``,
    ``services``, ``without``, ``addresses``, ``listen_address`` and ``status_port`` as the role's variables.
    """
    swarm = {node["id"]: node for node in nodes}
    out = {node["id"] for node in nodes if _names(node) & set(settings["without"])}
    problems = _unknown_nodes(settings["without"], nodes)
    listeners: list = []
    kept: list = []
    gone: list = []
    for wish, entry in _wishes(published_endpoints(services), settings["services"], problems):
        listener = _listener(wish, entry, settings["listen_address"])
        candidates = _candidates(wish, entry, swarm)
        staying = [node for node in candidates if node["id"] not in out]
        if candidates and not staying:
            names = ", ".join(node["hostname"] for node in candidates)
            kept.append(f"{names} stays at {listener['name']}, because no other node answers there")
            staying = candidates
        listener["servers"] = _servers(staying, swarm, settings["addresses"])
        listeners.append(listener)
        if listener["protocol"] != "udp":
            gone += _servers([node for node in candidates if node not in staying], swarm, settings["addresses"])
    problems += _refused(listeners, settings["program"]) + _clashes(listeners, int(settings["status_port"]))
    return {
        "problems": problems,
        "listeners": listeners,
        "kept": kept,
        "gone": sorted({f"{server['address']}:{server['port']}" for server in gone}),
    }


def _names(node):
    """What a node may be called: its host in the inventory, its hostname, ID or address."""
    return {node["id"], node["hostname"], node["address"], (node.get("labels") or {}).get(HOST_LABEL)} - {None, ""}


def _unknown_nodes(names, nodes):
    known = set().union(*map(_names, nodes))
    listed = ", ".join(sorted(node["hostname"] for node in nodes))
    return [
        f"{name} is to be taken out, but no node of the swarm has this name, ID or address; there are {listed}"
        for name in names
        if name not in known
    ]


def _wishes(endpoints, wanted, problems):
    """``(wish, endpoint)`` of each listener; what cannot be found is told in ``problems``."""
    if not wanted:
        return [({}, entry) for entry in endpoints if entry["published_port"]]
    found = []
    for wish in map(_with_numbers, wanted):
        if wish.get("resolver"):
            problems += _wrong_resolver(wish)
            found.append((wish, None))
            continue
        fitting = [entry for entry in endpoints if _fits(wish, entry)]
        problems += _wrong_choice(wish, fitting, endpoints)
        found += [(wish, entry) for entry in fitting]
    return found


def _with_numbers(wish):
    """The wish with its ports as numbers, which are texts where a template made them."""
    ports = ("published_port", "target_port", "listen", "slots")
    return {name: int(value) if name in ports and value else value for name, value in wish.items()}


def _fits(wish, entry):
    transport = {"http": "tcp"}.get(wish.get("protocol"), wish.get("protocol"))
    given = (wish["service"], wish.get("published_port"), wish.get("target_port"), transport)
    names = ("service", "published_port", "target_port", "protocol")
    return all(value in (None, entry[name]) for name, value in zip(names, given, strict=True))


def _wrong_resolver(wish):
    lacking = " and ".join(name for name in ("listen", "target_port") if not wish.get(name))
    return [f"load_balancer_services: {wish['service']} has a resolver, which needs {lacking} too"] if lacking else []


def _wrong_choice(wish, fitting, endpoints):
    where = f"load_balancer_services: {wish['service']}"
    if not fitting:
        listed = sorted({_named(entry) for entry in endpoints})
        return [f"{where} publishes no such port; published are {', '.join(listed) or 'none'}"]
    if len(fitting) > 1 and (wish.get("listen") or wish.get("name")):
        ports = ", ".join(str(entry["published_port"] or entry["target_port"]) for entry in fitting)
        return [f"{where} publishes {ports}; say with published_port or target_port which of them is meant"]
    if not wish.get("listen") and not all(entry["published_port"] for entry in fitting):
        return [f"{where} leaves its port to the Engines; say with listen where the load balancer shall listen"]
    if wish.get("nodes") == "all" and not all(entry["published_port"] for entry in fitting):
        return [f"{where} leaves its port to the Engines, so only nodes with a task are known; leave out nodes: all"]
    return []


def _named(entry):
    return f"{entry['service']} {entry['published_port'] or 'without a fixed port'}"


def _listener(wish, entry, address):
    port = wish.get("listen") or entry["published_port"]
    service = wish.get("service") or entry["service"]
    protocol = wish.get("protocol") or (entry or {}).get("protocol") or "tcp"
    name = f"{service}-{port}{'-udp' if protocol == 'udp' else ''}"
    return {
        "name": _safe(wish.get("name") or name),
        "service": service,
        "protocol": protocol,
        "address": wish.get("address") or address,
        "port": port,
        "balance": wish.get("balance") or "roundrobin",
        "check_path": wish.get("check_path"),
        "listen_options": wish.get("listen_options") or "",
        "extra_lines": wish.get("extra_lines") or [],
        "resolver": _resolver(wish) if wish.get("resolver") else None,
    }


def _resolver(wish):
    return {
        "address": wish["resolver"],
        "name": f"tasks.{wish['service']}",
        "port": wish.get("target_port"),
        "slots": wish.get("slots") or 10,
    }


def _candidates(wish, entry, swarm):
    """The nodes that may answer, as entries of ``nodes`` of the endpoint."""
    if entry is None:
        return []
    if wish.get("nodes") != "all" or not entry["published_port"]:
        return entry["nodes"]
    able = [node for node in swarm.values() if node["state"] == "ready" and node["availability"] != "drain"]
    return [{**node, "port": entry["published_port"]} for node in sorted(able, key=lambda node: node["address"])]


def _servers(answering, swarm, addresses):
    """Name, address and port of each node; names are made to differ where hostnames do not."""
    servers: dict = {}
    for node in answering:
        name = _safe(node["hostname"])
        if name in servers:
            name = f"{name}-{node['port']}-{node['id'][:12]}"
        known = _names(swarm.get(node["id"], node))
        address = next((addresses[key] for key in sorted(known) if key in addresses), node["address"])
        servers[name] = {"name": name, "address": f"[{address}]" if ":" in address else address, "port": node["port"]}
    return list(servers.values())


def _safe(name):
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name)


def _refused(listeners, program):
    """What the program cannot do, a sentence for each."""
    title, problems = TITLES[program], []
    for one in listeners:
        transport = one["protocol"].replace("http", "tcp")
        if transport not in BALANCES[program]:
            remedy = "use nginx for it, or leave" if transport == "udp" else "leave"
            problems.append(
                f"{one['service']} publishes {one['port']}/{transport}, which {title} does not balance; {remedy} "
                "it out of load_balancer_services"
            )
        if one["check_path"] and program == "nginx":
            problems.append(
                f"{one['name']} has check_path, but nginx asks no server for its health; leave it out, or set "
                "load_balancer_program to haproxy"
            )
    return problems


def _clashes(listeners, status_port):
    """Listeners that cannot be there beside each other."""
    problems, taken = [], {("tcp", status_port): "load_balancer_status_port"}
    for one in listeners:
        place = ("udp" if one["protocol"] == "udp" else "tcp", one["port"])
        if place in taken:
            problems.append(
                f"{one['service']} and {taken[place]} would both listen on {place[1]}/{place[0]}; choose another port "
                "with listen in load_balancer_services, or leave one out"
            )
        taken.setdefault(place, one["service"])
    names = [one["name"] for one in listeners]
    doubled = sorted({name for name in names if names.count(name) > 1})
    return problems + [f"several listeners are called {name}; give them a name each" for name in doubled]


def served(services: list, names: list, nodes: list) -> list:
    """Which global services answer at a port of which of these nodes, each as ``web on node2``."""
    ids = {node["id"] for node in nodes if _names(node) & set(names)}
    return sorted(
        {
            f"{service['name']} on {node['hostname']}"
            for service in services
            for endpoint in service["endpoints"]
            for node in endpoint["nodes"]
            if service["mode"] == "global" and endpoint["mode"] == "host" and node["id"] in ids
        }
    )


def file_with(text: str, parts: list) -> str:
    """A file with these ``parts`` of ours in it, instead of those that it has, and all else as it was.

    A part has a ``name``, its ``text``, and the pattern of the line that it comes ``after``; else it comes last.
    """
    for part in parts:
        begin, end = (f"# {mark} flotilla.swarm.{part['name']}\n" for mark in ("BEGIN", "END"))
        text = re.sub(f"^{re.escape(begin)}.*?^{re.escape(end)}", "", text, flags=re.DOTALL | re.MULTILINE)
        if not part["text"].strip():
            continue
        block = f"{begin}{part['text'].strip()}\n{end}"
        line = re.search(f"(?:{part['after']}).*\n", text, re.MULTILINE) if part.get("after") else None
        place = line.end() if line else len(text)
        before = text[:place]
        text = before + ("" if before.endswith("\n") or not before else "\n") + block + text[place:]
    return text
