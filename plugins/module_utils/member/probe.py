# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which swarm answers at an address, known before this Engine joins anything."""

from __future__ import annotations

import socket
import ssl

from ..cluster.resolve import organisation
from ..core.errors import SwarmError
from ..core.values import host, is_address

CONNECT = 5.0
# A manager that takes in fifty nodes at once needs many seconds for a handshake.
HANDSHAKE = 20.0
PORT = 2377


def check_managers(addresses: list, cluster_id: str | None) -> list:
    """The addresses, those first that a manager of the swarm answers at; SwarmError if there is none.

    Without ``cluster_id`` any manager will do.
    """
    silent: dict = {}
    for number, address in enumerate(addresses):
        try:
            found = answering_cluster(address)
        except OSError as exc:
            silent[address] = exc.strerror or str(exc)
            continue
        if cluster_id and found != cluster_id:
            raise SwarmError(
                f"the manager at {address} is of swarm {found}, not of {cluster_id}; this Engine was left as it was",
                reason="other_swarm",
                cluster_id=found,
            )
        return addresses[number:] + addresses[:number]
    raise SwarmError(
        "this Engine cannot join: no manager answers at "
        + ", ".join(f"{address} ({cause})" for address, cause in silent.items())
        + "; check remote_addrs and that port 2377/tcp is open",
        reason="wrong_address",
        addresses=list(silent),
    )


def answering_cluster(address: str) -> str | None:
    """ID of the swarm whose manager answers at ``host[:port]``; OSError if none does.

    A manager's certificate carries the swarm's ID, and it shows it to anyone, as nodes have none before they join.
    It is not verified here: the Engine itself does that with the join token.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection((host(address), port_of(address)), CONNECT)
    plain.settimeout(HANDSHAKE)
    with plain, context.wrap_socket(plain) as secured:
        return organisation(secured.getpeercert(binary_form=True))


def resolved(addresses: list) -> set:
    """The hosts of addresses, and the IP addresses that those which are names stand for."""
    hosts = {host(address) for address in addresses}
    for name in [name for name in hosts if not is_address(name)]:
        try:
            hosts.update(found[4][0] for found in socket.getaddrinfo(name, PORT))
        except OSError:
            continue
    return hosts


def port_of(address: str) -> int:
    """The port of an address, 2377 where it names none."""
    tail = address[len(host(address)) :].rpartition(":")[2] if address != host(address) else ""
    return int(tail) if tail.isdigit() else PORT


def with_ports(addresses: list) -> list:
    """Addresses as the Engine wants them, each with its port."""
    return [
        f"[{host(address)}]:{port_of(address)}" if ":" in host(address) else f"{host(address)}:{port_of(address)}"
        for address in addresses
    ]
