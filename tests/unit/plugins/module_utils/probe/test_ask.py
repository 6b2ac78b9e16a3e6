# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions and answers over a pair of sockets, of which this test is the far end."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.probe.ask import Prober
from ansible_collections.flotilla.swarm.plugins.module_utils.probe.channel import NO_ANSWER, Channel
from ansible_collections.flotilla.swarm.plugins.module_utils.probe.packet import (
    answer,
    read_port,
    read_probe,
    sender_id,
)

NONCE = b"12345678"
# Long enough for an answer that is there already, and too short to ask twice.
SHORT = 0.05


@pytest.fixture
def ends():
    """A channel to node2 and its far end."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    near.setblocking(False)
    far.setblocking(False)
    with near, far:
        target = {"name": "node2", "address": "10.0.0.2", "mtu_port": "4789/udp"}
        yield Channel(target, read_port("4789/udp"), socket.AF_INET, near), far


def prober(*channels):
    return Prober(list(channels), NONCE, sender_id("node1"))


def test_a_port_that_answers(ends):
    channel, far = ends
    far.send(answer(NONCE, 1, 1000.0, "192.0.2.9"))
    prober(channel).reach(SHORT)
    assert (channel.reached, channel.seen_from) == (True, "192.0.2.9")
    assert channel.clock < 0
    assert read_probe(far.recv(2000), NONCE)[1:] == (sender_id("node1"), 1)


@pytest.mark.parametrize("packet", [b"", b"gossip", answer(b"87654321", 1, 1000.0, "192.0.2.9")])
def test_a_port_that_does_not(ends, packet):
    channel, far = ends
    far.send(packet)
    prober(channel).reach(SHORT)
    assert (channel.reached, channel.reason) == (False, NO_ANSWER)


def test_what_spoke_against_it_is_told_only_if_there_was_no_answer(ends):
    channel, far = ends
    one = prober(channel)
    asks = dict([one.question(channel)])
    channel.reason = "refused"
    assert one.exchange(asks, SHORT) == set()
    far.send(answer(NONCE, 1, 1000.0, "192.0.2.9"))
    assert one.exchange(asks, SHORT) == {1}
    assert channel.reached


def test_late_answers_are_for_no_other_question(ends):
    channel, far = ends
    one = prober(channel)
    asks = dict([one.question(channel)])
    far.send(answer(NONCE, 77, 1000.0, "192.0.2.9"))
    assert one.exchange(asks, SHORT) == set()
    assert channel.reached


def test_sizes_that_pass(ends):
    channel, far = ends
    for number in (1, 2, 3):
        far.send(answer(NONCE, number, 1000.0, "192.0.2.9"))
    passed = prober(channel).passing({channel: [175, 258, 341, 424]})[channel]
    assert sorted(passed) == [175, 258, 341]
    assert len(far.recv(2000)) == 175 - 28


def test_who_has_heard_that_this_host_is_done(ends):
    channel, far = ends
    silent = Channel({**channel.target, "name": "node3"}, channel.port, socket.AF_INET, channel.socket)
    channel.reached = True
    far.send(answer(NONCE, 1, 1000.0, "192.0.2.9"))
    assert prober(channel, silent).take_leave() == ["node3"]
