# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw sockets, which see what netfilter has let in on ports that the Engine or the kernel holds itself."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct

from .packet import HEADER, MAGIC, split_ipv4

FAMILIES = (socket.AF_INET, socket.AF_INET6)
PROTOCOLS = {"udp": socket.IPPROTO_UDP, "esp": socket.IPPROTO_ESP}
LARGEST = 65535

# Of linux/in.h and asm-generic/socket.h; Python has no names for them.
IP_PKTINFO = 8
IP_MTU_DISCOVER = 10
IPV6_MTU_DISCOVER = 23
PMTUDISC_PROBE = 3
IPV6_CHECKSUM = 7
SO_ATTACH_FILTER = 26
UDP_CHECKSUM_AT = 6

# Classic BPF: take packets of which the first word after the header of UDP or ESP is the magic one, and no others.
LOAD_HEADER_LENGTH, LOAD_INDIRECT, LOAD_ABSOLUTE, JUMP_IF_EQUAL, RETURN = 0xB1, 0x40, 0x20, 0x15, 0x06
WORD = int.from_bytes(MAGIC, "big")
TAKE_OR_LEAVE = ((JUMP_IF_EQUAL, 0, 1, WORD), (RETURN, 0, 0, 0xFFFFFFFF), (RETURN, 0, 0, 0))
FILTERS = {
    socket.AF_INET: ((LOAD_HEADER_LENGTH, 0, 0, 0), (LOAD_INDIRECT, 0, 0, HEADER), *TAKE_OR_LEAVE),
    socket.AF_INET6: ((LOAD_ABSOLUTE, 0, 0, HEADER), *TAKE_OR_LEAVE),
}


def raw_socket(family: int, protocol: str) -> socket.socket:
    """A raw socket that gets probes only, so that it costs nothing beside the traffic of a busy swarm."""
    made = socket.socket(family, socket.SOCK_RAW, PROTOCOLS[protocol])
    try:
        made.setblocking(False)
        code = b"".join(struct.pack("HBBI", *step) for step in FILTERS[family])
        kept = ctypes.create_string_buffer(code)
        program = struct.pack("HP", len(FILTERS[family]), ctypes.addressof(kept))
        made.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            if protocol == "udp":
                made.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, UDP_CHECKSUM_AT)
    except OSError:
        made.close()
        raise
    return made


def receive(raw: socket.socket) -> tuple:
    """``(source, destination, packet)`` from the header of UDP or ESP on."""
    data, ancillary, _flags, source = raw.recvmsg(LARGEST, 256)
    if raw.family == socket.AF_INET:
        return split_ipv4(data)
    told = {kind: value for level, kind, value in ancillary if level == socket.IPPROTO_IPV6}
    destination = socket.inet_ntop(socket.AF_INET6, told[socket.IPV6_PKTINFO][:16])
    return source[0].partition("%")[0], destination, data


def send_from(raw: socket.socket, source: str, to: str, packet: bytes) -> None:
    """Send from an address of this host that was reached, whichever the kernel would have chosen."""
    bare = socket.inet_pton(raw.family, source)
    if raw.family == socket.AF_INET:
        told = (socket.IPPROTO_IP, IP_PKTINFO, struct.pack("=I4s4s", 0, bare, bytes(4)))
    else:
        told = (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, struct.pack("=16sI", bare, 0))
    raw.sendmsg([packet], [told], 0, (to, 0))


def send_whole(sending: socket.socket) -> None:
    """No packet of this socket is cut in parts on its way, and what is known of the way does not hold it back."""
    if sending.family == socket.AF_INET:
        sending.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE)
    else:
        sending.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE)


def listening_socket(family: int, port: int) -> socket.socket | None:
    """A socket that accepts connections, None where someone else does."""
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setblocking(False)
        made.bind(("", port))
        made.listen(128)
    except OSError as exc:
        made.close()
        if exc.errno == errno.EADDRINUSE:
            return None
        raise
    return made


def families() -> tuple:
    """The families of addresses that this kernel knows."""
    known = []
    for family in FAMILIES:
        try:
            socket.socket(family, socket.SOCK_DGRAM).close()
        except OSError:
            continue
        known.append(family)
    return tuple(known)
