# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prober: every port of every target at the same time."""

from __future__ import annotations

import contextlib
import itertools
import resource
import selectors
import time

from ..core.errors import SwarmError
from .channel import NO_ANSWER, OVERHEAD, Channel, open_channel
from .packet import ASK, GOODBYE, SMALLEST, probe, read_answer, read_port, spread

# Seconds after which a question is asked again. The Engine logs a line for each packet on 7946/udp that is not its own.
ASKED_AT = (0.0, 0.3, 0.7, 1.2, 2.0, 3.5)
ROUND = 0.6
ROUNDS = 4


class Prober:
    """The questions of one call; ``sender`` is this host's name as the listeners know it."""

    def __init__(self, channels: list, nonce: bytes, sender: bytes):
        self.channels, self.nonce, self.sender = channels, nonce, sender
        self.numbers = itertools.count(1)

    def question(self, channel: Channel, kind: int = ASK, size: int = SMALLEST) -> tuple:
        number = next(self.numbers)
        return number, (channel, probe(kind, self.nonce, self.sender, number, size))

    def reach(self, seconds: float) -> None:
        """Find out which ports can be reached."""
        alive = [channel for channel in self.channels if channel.reason is None]
        asks = dict(self.question(channel) for channel in alive if channel.port.protocol != "tcp")
        self.exchange(asks, seconds, [channel for channel in alive if channel.port.protocol == "tcp"])
        for channel in self.channels:
            channel.reason = channel.reason or NO_ANSWER

    def exchange(self, asks: dict, seconds: float, connecting: list = ()) -> set:
        """Ask until everything is answered or time is over; return the numbers of what was answered."""
        answered: set = set()
        waiting = set(connecting)
        start = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for channel in {channel for channel, _payload in asks.values()}:
                selector.register(channel.socket, selectors.EVENT_READ, channel)
            for channel in connecting:
                selector.register(channel.socket, selectors.EVENT_WRITE, channel)
            moments = [moment for moment in ASKED_AT if moment < seconds]
            for end in [*moments[1:], seconds]:
                for number, (channel, payload) in asks.items():
                    if number not in answered:
                        channel.send(payload, time.time())
                while waiting or len(answered) < len(asks):
                    left = start + end - time.monotonic()
                    if left <= 0:
                        break
                    for key, _events in selector.select(left):
                        answered |= self.hear(key.data, selector, waiting) & asks.keys()
        return answered

    def hear(self, channel: Channel, selector, waiting: set) -> set:
        """Take what one socket has; return the number of what is answered, which may be a question of long ago."""
        if channel in waiting:
            selector.unregister(channel.socket)
            waiting.discard(channel)
            channel.finish_connecting()
            return set()
        told = read_answer(channel.receive(), self.nonce)
        if told is None:
            return set()
        number, clock, source = told
        if not channel.reached:
            channel.reached = True
            channel.seen_from = source
            channel.clock = clock - (channel.sent_at + time.time()) / 2
        return {number}

    def largest(self, mtus: dict) -> dict:
        """``{channel: (largest packet that passes, largest that leaves this host)}``."""
        tops = {
            channel: channel.interface_mtu(mtus)
            for channel in self.channels
            if channel.reached and channel.port.protocol == "udp" and str(channel.port) == channel.target["mtu_port"]
        }
        passed = self.passing({channel: [top] for channel, top in tops.items()})
        found = {channel: top for channel, top in tops.items() if passed[channel]}
        bounds = {c: (SMALLEST + OVERHEAD[c.family], top) for c, top in tops.items() if c not in found}
        for _round in range(ROUNDS):
            sizes = {channel: spread(*between) for channel, between in bounds.items()}
            sizes = {channel: between for channel, between in sizes.items() if between}
            for channel, fitting in self.passing(sizes).items():
                low = max(fitting, default=bounds[channel][0])
                high = min(size for size in (*sizes[channel], bounds[channel][1]) if size > low)
                bounds[channel] = (low, high)
        found.update({channel: low for channel, (low, _high) in bounds.items()})
        return {channel: (found[channel], top) for channel, top in tops.items()}

    def passing(self, sizes: dict) -> dict:
        """Of the sizes of packets for each channel those that pass."""
        asks: dict = {}
        meant: dict = {}
        for channel, wanted in sizes.items():
            for size in wanted:
                number, ask = self.question(channel, size=size - OVERHEAD[channel.family])
                asks[number] = ask
                meant[number] = size
        passed: dict = {channel: [] for channel in sizes}
        for number in self.exchange(asks, ROUND) if asks else ():
            passed[asks[number][0]].append(meant[number])
        return passed

    def take_leave(self) -> list:
        """Tell the listeners that this host is done; return the names of those that may not have heard it."""
        ways: dict = {}
        for channel in self.channels:
            name = channel.target["name"]
            better = name not in ways or str(channel.port) == channel.target["mtu_port"]
            if better and channel.reached and channel.port.protocol != "tcp":
                ways[name] = channel
        asks = dict(self.question(channel, GOODBYE) for channel in ways.values())
        heard = {asks[number][0].target["name"] for number in (self.exchange(asks, ROUND) if asks else ())}
        return sorted({channel.target["name"] for channel in self.channels} - heard)


def ask_all(targets: list, nonce: bytes, sender: bytes, timeout: float, mtus: dict) -> dict:
    """The module's result."""
    wanted = [(target, read_port(port)) for target in targets for port in target["ports"]]
    allow_files(len(wanted))
    with contextlib.ExitStack() as opened:
        channels = []
        try:
            for target, port in wanted:
                channels.append(open_channel(target, port))
                opened.callback(channels[-1].socket.close)
        except PermissionError as exc:
            raise SwarmError("only root can probe; use become: true", "not_root") from exc
        prober = Prober(channels, nonce, sender)
        prober.reach(timeout)
        largest = prober.largest(mtus)
        return {
            "changed": False,
            "targets": [show(target, [c for c in channels if c.target is target], largest) for target in targets],
            "unheard": prober.take_leave(),
        }


def show(target: dict, channels: list, largest: dict) -> dict:
    """What has become known of one target."""
    answers = [channel for channel in channels if channel.seen_from]
    measured = [largest[channel] for channel in channels if channel in largest]
    return {
        "name": target["name"],
        "address": target["address"],
        # A port that answers may be one that nobody has, of which the kernel tells as well.
        "ports": {
            str(channel.port): {"reached": channel.reached, "reason": None if channel.reached else channel.reason}
            for channel in channels
        },
        "sent_from": answers[0].sent_from if answers else None,
        "seen_from": sorted({channel.seen_from for channel in answers}),
        "clock": round(answers[0].clock, 3) if answers else None,
        "mtu": measured[0][0] if measured else None,
        "interface_mtu": measured[0][1] if measured else None,
    }


def allow_files(count: int) -> None:
    """Let this process have a socket for each port and target."""
    needed = count + 64
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
