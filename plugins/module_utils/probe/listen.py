# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listener: a process of its own that answers probes for a while."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import time

from ..core.errors import InvalidOption, SwarmError
from .packet import ESP, GOODBYE, HEADER, UDP, Port, answer, esp_header, read_probe, udp_header
from .sockets import families, listening_socket, raw_socket, receive, send_from

CONTROL = "/run/flotilla-swarm-probe.sock"
LONGEST = 600
PATIENCE = 5


class Sockets:
    """Everything that a listener listens on. It is opened before the task ends, which can tell what fails."""

    def __init__(self, ports: list):
        self.raw: dict = {}
        self.accepting: list = []
        # Ports on which someone else accepts connections, the Engine as a rule.
        self.held: list = []
        for family in families():
            for protocol in sorted({port.protocol for port in ports} - {"tcp"}):
                self.raw[raw_socket(family, protocol)] = protocol
            for port in ports:
                if port.protocol == "tcp":
                    self._accept(family, port)

    def _accept(self, family: int, port: Port) -> None:
        made = listening_socket(family, port.number)
        if made:
            self.accepting.append(made)
        elif str(port) not in self.held:
            self.held.append(str(port))

    def all(self) -> list:
        return [*self.raw, *self.accepting]

    def close(self) -> None:
        for each in self.all():
            each.close()


def listen(ports: list, nonce: bytes, peers: set, seconds: int) -> dict:
    """Start a listener in the place of an earlier one; the module's result."""
    if not 0 < seconds <= LONGEST:
        raise InvalidOption(f"listen_for is {seconds}, and must be 1 to {LONGEST}")
    stop()
    try:
        sockets = Sockets(ports)
        control = control_socket()
    except PermissionError as exc:
        raise SwarmError("only root can listen for probes; use become: true", "not_root") from exc
    except OSError as exc:
        raise SwarmError(f"this host cannot listen for probes: {exc}", "no_listener") from exc

    def work():
        try:
            serve(sockets, control, nonce, {port.number for port in ports if port.protocol == "udp"}, peers, seconds)
        finally:
            sockets.close()
            control.close()
            os.unlink(CONTROL)

    detach(work, [each.fileno() for each in (*sockets.all(), control)])
    return {"changed": False, "held": sorted(sockets.held)}


def control_socket() -> socket.socket:
    """The socket over which a listener is told to end; its file says that there is one."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(CONTROL)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    before = os.umask(0o177)
    try:
        made.bind(CONTROL)
    finally:
        os.umask(before)
    return made


def stop() -> bool:
    """End the listener that runs, and say whether there was one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        try:
            told.sendto(b"stop", CONTROL)
        except OSError:
            return False
    deadline = time.monotonic() + PATIENCE
    while os.path.exists(CONTROL) and time.monotonic() < deadline:
        time.sleep(0.01)
    return True


def serve(sockets: Sockets, control, nonce: bytes, ports: set, peers: set, seconds: float) -> None:
    """Answer probes until every peer has said goodbye, the time is over or the control socket says so."""
    deadline = time.monotonic() + seconds
    missing = set(peers)
    with selectors.DefaultSelector() as selector:
        for each in (*sockets.all(), control):
            selector.register(each, selectors.EVENT_READ)
        while (missing or not peers) and time.monotonic() < deadline:
            for key, _events in selector.select(max(0.0, deadline - time.monotonic())):
                if key.fileobj is control:
                    return
                # What is lost comes again, and a connection may be gone before it is accepted.
                with contextlib.suppress(OSError):
                    if key.fileobj in sockets.raw:
                        missing.discard(respond(key.fileobj, sockets.raw[key.fileobj], nonce, ports))
                    else:
                        key.fileobj.accept()[0].close()


def respond(raw, protocol: str, nonce: bytes, ports: set) -> bytes | None:
    """Answer one packet if it is a probe of this run; return who says goodbye."""
    source, destination, packet = receive(raw)
    probe = read_probe(packet[HEADER:], nonce)
    if probe is None:
        return None
    kind, sender, number = probe
    payload = answer(nonce, number, time.time(), source)
    if protocol == "udp":
        source_port, port = UDP.unpack_from(packet)[:2]
        if port not in ports:
            return None
        header = udp_header(port, source_port, payload)
    else:
        header = esp_header(ESP.unpack_from(packet)[1])
    # The goodbye counts although this host's firewall may not let the answer out.
    with contextlib.suppress(OSError):
        send_from(raw, destination, source, header + payload)
    return sender if kind == GOODBYE else None


def detach(work, keep: list) -> None:
    """Run ``work`` in a process that has nothing of this one's but the files ``keep``, and return at once."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.chdir("/")
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 2 and int(name) not in keep:
                with contextlib.suppress(OSError):
                    os.close(int(name))
        work()
    finally:
        os._exit(0)
