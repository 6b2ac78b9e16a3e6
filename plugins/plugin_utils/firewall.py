# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the firewall of a node lets in: the addresses of all nodes, and whether they send each other ESP.

Plain values in and out, apart from Compose files, which are read.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils.network.fields import is_encrypted
from .addresses import declared, usable
from .compose.document import read
from .compose.problems import ComposeError
from .deploy_stacks import path_of
from .roster import HOST_LABEL

# The first is of this role, the other of role preflight, which may have run before.
SEEN = ("__firewall_seen", "__preflight_seen")


class FirewallError(Exception):
    """What the inventory says is no address."""


def addresses(hostvars, hosts: list, nodes: list, asked: list | None = None) -> dict:
    """The addresses of each host, none of one that nobody knows.

    ``nodes`` are those of the live swarm; ``asked`` results of host_info for hosts that the run is not about.
    """
    answers = {answer["item"]: answer for answer in asked or ()}
    found = {}
    for host in hosts:
        facts = next((seen for seen in [answers.get(host), *_seen(hostvars[host])] if seen and "address" in seen), {})
        found[host] = _addresses_of(host, hostvars[host], facts, nodes)
    return found


def _seen(variables):
    return [variables.get(name) for name in SEEN]


def _addresses_of(host, variables, facts, nodes):
    """What is set for the host, or what it is known by in the swarm, or what it or the inventory says itself."""
    given = variables.get("firewall_addresses")
    if given:
        texts = [given] if isinstance(given, str) else given
        return [plain(text, f"firewall_addresses of {host}") for text in texts]
    interfaces = facts.get("interfaces") or {}
    advertised, sent = (_said(variables, name) for name in ("swarm_advertise_addr", "swarm_data_path_addr"))
    own = declared(advertised, interfaces) or live(host, facts, nodes)
    if not own and not advertised:
        own = declared(facts.get("address"), {}) or declared(variables.get("ansible_host", host), {})
    path = declared(sent, interfaces)
    return [] if sent and not path else list(dict.fromkeys(own + path)) if own else []


def _said(variables, name):
    """A variable; a word that means no address if it needs facts that a host outside of this run does not have."""
    value = variables.get(name)
    return value if value is None or isinstance(value, str) else "undefined"


def live(host: str, facts: dict, nodes: list) -> list:
    """The addresses under which the swarm knows the host: by its label, its node ID, or its name."""
    node_id = (facts.get("swarm") or {}).get("node_id")
    names = (host, facts.get("hostname"))
    own = [node for node in nodes if (node.get("labels") or {}).get(HOST_LABEL) == host or node["id"] == node_id]
    own = own or [node for node in nodes if node["hostname"] in names]
    return [address for node in own if (address := usable(node.get("address") or ""))]


def nodes_of(known: dict, nodes: list, extra: list) -> list:
    """Who may do what nodes may, in order: addresses of hosts, those of the live swarm, and further ones."""
    found = {address for own in known.values() for address in own}
    found |= {address for node in nodes if (address := usable(node.get("address") or ""))}
    found |= {plain(text, "firewall_extra_nodes") for text in extra}
    return sorted(found, key=_order)


def plain(text, place: str) -> str:
    """An address or a network as it is commonly written."""
    try:
        network = ip_network(str(text).strip(), strict=False)
    except ValueError as exc:
        raise FirewallError(f"{place} has {text}, which is neither an address nor a network; correct it") from exc
    return str(network) if network.num_addresses > 1 else str(network.network_address)


def _order(text):
    network = ip_network(text)
    return network.version, int(network.network_address), network.prefixlen


def encrypted(networks: list, stacks: list, directories: list) -> bool:
    """Whether a network that the inventory declares is encrypted, or may be because a Compose file cannot be read."""
    return any(_encrypted_network(network) for network in networks if network.get("state") != "absent") or any(
        _encrypted_stack(stack, directories) for stack in stacks if stack.get("state", "present") != "absent"
    )


def _encrypted_network(network):
    return bool(network.get("encrypted")) or is_encrypted(network.get("driver_options") or {})


def _encrypted_stack(stack, directories):
    files = next((stack[name] for name in ("compose", "compose_files") if stack.get(name)), [])
    files = [files] if isinstance(files, (str, dict)) else files
    elsewhere = boolean(stack.get("remote_src") or False, strict=False)
    return any(_encrypted_file(file, directories, elsewhere) for file in files)


def _encrypted_file(file, directories, elsewhere):
    if isinstance(file, dict):
        return encrypted_document(file)
    if elsewhere:
        return True
    try:
        text = Path(path_of(file, directories)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return True
    if text.startswith("$ANSIBLE_VAULT;"):
        return True
    try:
        return encrypted_document(read(text, file).tree)
    except ComposeError:
        # A template need not be YAML before it is filled in.
        return "encrypted" in text


def encrypted_document(document) -> bool:
    """Whether a Compose document has a network with the driver's option ``encrypted``."""
    networks = document.get("networks") if isinstance(document, dict) else None
    entries = networks.values() if isinstance(networks, dict) else ()
    options = [entry.get("driver_opts") for entry in entries if isinstance(entry, dict)]
    return any(is_encrypted({name: _text(value) for name, value in (each or {}).items()}) for each in options)


def _text(value):
    return str(value).lower() if isinstance(value, bool) else value
