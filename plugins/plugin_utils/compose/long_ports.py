# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published ports, written short: ``[[host IP:]published:]target[/protocol]``, each a port or a range of ports."""

from __future__ import annotations

import ipaddress
import re

from .schema_service import PROTOCOL

PORTS = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)
LAST = 65535
HOST_IP = "Swarm publishes on every address of a node; the host IP of a published port is ignored"


def long_ports(entries: list, path: tuple, reading) -> list[dict]:
    """All ports in long form; one that cannot be read is a problem."""
    ports = []
    for number, entry in enumerate(entries):
        if isinstance(entry, dict):
            ports.append({key: value for key, value in entry.items() if value is not None})
            continue
        try:
            address, found = short_port(str(entry))
        except ValueError as exc:
            reading.problems.add((*path, number), str(exc))
            continue
        if address is not None and not address.is_unspecified:
            reading.note(HOST_IP, (*path, number))
        ports += found
    return ports


def short_port(text: str):
    """The host IP, or None, and the ports that the text means; ValueError says what is wrong with it."""
    front, between, target = text.rpartition(":")
    address, between_host, published = front.rpartition(":")
    target, slash, protocol = target.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in PROTOCOL.choices:
        raise ValueError(f"{text!r} has no protocol of {', '.join(PROTOCOL.choices)} behind the slash")
    targets = port_range(target, text)
    publics = port_range(published, text) if published else [0] * len(targets)
    if len(targets) == 1:
        targets = targets * len(publics)
    if len(targets) != len(publics):
        raise ValueError(f"{text!r} has ranges of different lengths: {len(publics)} ports to publish {len(targets)}")
    return host_ip(address, text) if address else None, [
        {"target": target, **({"published": public} if public else {}), "protocol": protocol, "mode": "ingress"}
        # The order of the CLI, which sorts the ports as text.
        for target, public in sorted(zip(targets, publics, strict=True), key=target_as_text)
    ]


def target_as_text(pair: tuple) -> str:
    return f"{pair[0]}/"


def port_range(text: str, whole: str) -> list[int]:
    """The ports of ``8000`` or ``8000-8010``."""
    match = PORTS.fullmatch(text)
    if not match:
        raise ValueError(f"{whole!r} is no port; write it as target, published:target or published:target/protocol")
    first, last = int(match[1]), int(match[2] or match[1])
    if last > LAST:
        raise ValueError(f"{whole!r} has the port {last}; give a number from 1 to {LAST}")
    if last < first:
        raise ValueError(f"{whole!r} has a range that ends before it begins")
    return list(range(first, last + 1))


def host_ip(text: str, whole: str):
    """The address, which may stand in brackets."""
    try:
        return ipaddress.ip_address(text[1:-1] if text[0] + text[-1] == "[]" else text)
    except ValueError as exc:
        raise ValueError(f"{whole!r} begins with {text!r}, which is no IP address") from exc
