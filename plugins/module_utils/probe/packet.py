# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What probes and their answers look like: bytes in, plain values out.

A probe begins where a VXLAN header would, with a byte whose flag for a valid VNI (0x08) is not set, so that the kernel
drops it there. An answer is never longer than its probe.
"""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from dataclasses import dataclass

MAGIC = b"FsP1"
ASK, GOODBYE, ANSWER = 1, 2, 3
PROBE = struct.Struct("!4sB3x8s8sI")
REPLY = struct.Struct("!4sB3x8sId16sB")
SMALLEST = 64

UDP = struct.Struct("!HHHH")
# A security parameters index and a number; those up to 255 are reserved, so none is in use.
ESP = struct.Struct("!II")
RESERVED_SPI = 255
# UDP and ESP have headers of one length.
HEADER = 8


@dataclass(frozen=True)
class Port:
    """What is probed; ``number`` is 0 for a protocol without ports."""

    protocol: str
    number: int

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}" if self.number else self.protocol


def read_port(text: str) -> Port:
    """``4789/udp`` or ``esp``; ValueError for anything else."""
    if text == "esp":
        return Port("esp", 0)
    number, _slash, protocol = text.partition("/")
    if protocol in ("tcp", "udp") and number.isdigit() and 0 < int(number) < 65536:
        return Port(protocol, int(number))
    raise ValueError(f"{text!r} is no port; write 2377/tcp, 4789/udp or esp")


def read_nonce(text: str | None) -> bytes:
    """16 hexadecimal digits; ValueError for anything else."""
    try:
        nonce = bytes.fromhex(text or "")
    except ValueError:
        nonce = b""
    if len(nonce) != 8:
        raise ValueError("nonce must be 16 hexadecimal digits")
    return nonce


def sender_id(name: str) -> bytes:
    """A host's name in the length that there is room for."""
    return hashlib.sha256(name.encode()).digest()[:8]


def probe(kind: int, nonce: bytes, sender: bytes, number: int, size: int = SMALLEST) -> bytes:
    """A probe of ``size`` bytes."""
    return PROBE.pack(MAGIC, kind, nonce, sender, number).ljust(size, b"\0")


def read_probe(payload: bytes, nonce: bytes) -> tuple | None:
    """``(kind, sender, number)``, or None for what is no probe of this run."""
    if len(payload) < SMALLEST:
        return None
    magic, kind, carried, sender, number = PROBE.unpack_from(payload)
    if (magic, carried) != (MAGIC, nonce) or kind not in (ASK, GOODBYE):
        return None
    return kind, sender, number


def answer(nonce: bytes, number: int, clock: float, source: str) -> bytes:
    """The answer to a probe that came from ``source`` at the time ``clock`` of the one who answers."""
    packed = ipaddress.ip_address(source).packed
    return REPLY.pack(MAGIC, ANSWER, nonce, number, clock, packed, len(packed))


def read_answer(payload: bytes, nonce: bytes) -> tuple | None:
    """``(number, clock, source)``, or None for what is no answer of this run."""
    if len(payload) < REPLY.size:
        return None
    magic, kind, carried, number, clock, packed, length = REPLY.unpack_from(payload)
    if (magic, kind, carried) != (MAGIC, ANSWER, nonce) or length not in (4, 16):
        return None
    return number, clock, str(ipaddress.ip_address(packed[:length]))


def split_ipv4(packet: bytes) -> tuple:
    """``(source, destination, rest)`` of what a raw socket of IPv4 gets; those of IPv6 get the rest alone."""
    start = (packet[0] & 15) * 4
    source, destination = (str(ipaddress.ip_address(packet[at : at + 4])) for at in (12, 16))
    return source, destination, packet[start:]


def udp_header(source_port: int, port: int, payload: bytes) -> bytes:
    """The checksum is left out, as VXLAN does in IPv4; in IPv6 the kernel puts it in."""
    return UDP.pack(source_port, port, HEADER + len(payload), 0)


def esp_header(number: int) -> bytes:
    """A header that belongs to no connection, so that the kernel drops the packet."""
    return ESP.pack(RESERVED_SPI, number)


def spread(low: int, high: int, count: int = 16) -> list:
    """Up to ``count`` sizes between two, of which the smaller one passes and the larger one does not."""
    step = (high - low) / (count + 1)
    return sorted({low + round(step * place) for place in range(1, count + 1)} - {low, high})
