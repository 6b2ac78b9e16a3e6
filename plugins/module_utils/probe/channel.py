# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from this host to one port of another, and what has become known of it."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from dataclasses import dataclass

from ..core.errors import InvalidOption
from .packet import HEADER, Port, esp_header
from .sockets import LARGEST, raw_socket, receive, send_whole

# Of linux/in.h and linux/in6.h.
IP_MTU, IPV6_MTU = 14, 24
# Headers of IP and UDP.
OVERHEAD = {socket.AF_INET: 28, socket.AF_INET6: 48}

NO_ANSWER = "no answer"
REASONS = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENOPROTOOPT: "unreachable",
    errno.ETIMEDOUT: NO_ANSWER,
    # What the sender's own firewall does not let out.
    errno.EPERM: "kept back",
    errno.EACCES: "kept back",
}


def reason_of(number: int) -> str:
    """The errors of sockets in the few words that make a difference."""
    return REASONS.get(number) or os.strerror(number)


@dataclass(eq=False)
class Channel:
    """One target and port. ``reached`` is what has been proved, ``reason`` what spoke against it last."""

    target: dict
    port: Port
    family: int
    socket: socket.socket
    reached: bool = False
    reason: str | None = None
    # What the target answered: the address that it saw, and how far its clock is ahead.
    seen_from: str | None = None
    clock: float | None = None
    sent_at: float = 0.0

    def send(self, payload: bytes, now: float) -> None:
        """A pending error of an earlier packet is what the first try may get in the place of sending."""
        packet = esp_header(1) + payload if self.port.protocol == "esp" else payload
        for _try in range(2):
            try:
                self.socket.send(packet)
                self.sent_at = now
                return
            except OSError as exc:
                if exc.errno == errno.EMSGSIZE:
                    return
                self.reason = reason_of(exc.errno)

    def receive(self) -> bytes:
        """A payload, or nothing."""
        try:
            if self.port.protocol == "esp":
                return receive(self.socket)[2][HEADER:]
            return self.socket.recv(LARGEST)
        except BlockingIOError:
            return b""
        except OSError as exc:
            self.reason = reason_of(exc.errno)
            return b""

    def finish_connecting(self) -> None:
        """What became of a connection; it ends before anything is said, which no one takes amiss."""
        number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.reached = number == 0
        self.reason = reason_of(number) if number else None
        self.socket.close()

    @property
    def sent_from(self) -> str:
        return self.socket.getsockname()[0]

    def interface_mtu(self, mtus: dict) -> int:
        """The largest packet that leaves this host here; ``mtus`` has those of interfaces by address."""
        known = mtus.get(self.sent_from)
        if known is None:
            level, option = (
                (socket.IPPROTO_IP, IP_MTU) if self.family == socket.AF_INET else (socket.IPPROTO_IPV6, IPV6_MTU)
            )
            known = self.socket.getsockopt(level, option)
        return min(known, LARGEST)


def open_channel(target: dict, port: Port) -> Channel:
    """A channel whose connection is on its way, or which failed with a reason."""
    try:
        version = ipaddress.ip_address(target["address"]).version
    except ValueError as exc:
        raise InvalidOption(f"address of {target['name']}: {target['address']!r} is not an IP address") from exc
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    if port.protocol == "esp":
        made = raw_socket(family, "esp")
    else:
        made = socket.socket(family, socket.SOCK_STREAM if port.protocol == "tcp" else socket.SOCK_DGRAM)
        made.setblocking(False)
    if port.protocol == "udp":
        send_whole(made)
    channel = Channel(target, port, family, made)
    number = made.connect_ex((target["address"], port.number))
    if number not in (0, errno.EINPROGRESS):
        channel.reason = reason_of(number)
    return channel
