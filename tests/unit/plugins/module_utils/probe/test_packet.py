# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.probe.packet import (
    ASK,
    GOODBYE,
    REPLY,
    SMALLEST,
    Port,
    answer,
    probe,
    read_answer,
    read_nonce,
    read_port,
    read_probe,
    sender_id,
    split_ipv4,
    spread,
    udp_header,
)

NONCE, OTHER = b"12345678", b"87654321"
ME = sender_id("node1")


@pytest.mark.parametrize("size", [SMALLEST, 1472])
def test_a_probe_is_read_as_it_was_written(size):
    written = probe(GOODBYE, NONCE, ME, 7, size)
    assert len(written) == size
    assert read_probe(written, NONCE) == (GOODBYE, ME, 7)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        probe(ASK, NONCE, ME, 7)[:-1],
        probe(ASK, OTHER, ME, 7),
        b"X" + probe(ASK, NONCE, ME, 7)[1:],
        answer(NONCE, 7, 0.0, "10.0.0.1").ljust(SMALLEST, b"\0"),
    ],
    ids=["nothing", "cut", "of another run", "of something else", "an answer"],
)
def test_what_is_no_probe_of_this_run(payload):
    assert read_probe(payload, NONCE) is None


@pytest.mark.parametrize("source", ["10.0.0.1", "fd00::1"])
def test_an_answer_is_read_as_it_was_written(source):
    assert read_answer(answer(NONCE, 9, 1234.5, source), NONCE) == (9, 1234.5, source)


@pytest.mark.parametrize("payload", [b"", probe(ASK, NONCE, ME, 7), answer(OTHER, 9, 0.0, "10.0.0.1")])
def test_what_is_no_answer_of_this_run(payload):
    assert read_answer(payload, NONCE) is None


def test_an_answer_is_no_longer_than_what_was_asked():
    assert REPLY.size <= SMALLEST


def test_vxlan_takes_no_probe_for_its_own():
    valid_vni = 0x08
    assert not probe(ASK, NONCE, ME, 7)[0] & valid_vni
    assert not answer(NONCE, 7, 0.0, "10.0.0.1")[0] & valid_vni


@pytest.mark.parametrize(
    ("text", "port"), [("2377/tcp", Port("tcp", 2377)), ("4789/udp", Port("udp", 4789)), ("esp", Port("esp", 0))]
)
def test_ports(text, port):
    assert read_port(text) == port
    assert str(port) == text


@pytest.mark.parametrize("text", ["", "2377", "0/tcp", "70000/udp", "1/sctp", "x/tcp", "50"])
def test_what_is_no_port(text):
    with pytest.raises(ValueError, match="is no port; write 2377/tcp"):
        read_port(text)


@pytest.mark.parametrize("text", [None, "", "0123", "0123456789abcdefgh", "0123456789abcdef00"])
def test_what_is_no_nonce(text):
    with pytest.raises(ValueError, match="16 hexadecimal digits"):
        read_nonce(text)


def test_packets_of_raw_sockets():
    options = bytes(4)
    head = bytes([0x46]) + bytes(11) + bytes([10, 0, 0, 1]) + bytes([10, 0, 0, 2]) + options
    assert split_ipv4(head + b"rest") == ("10.0.0.1", "10.0.0.2", b"rest")


def test_header_of_udp():
    assert udp_header(4789, 40000, bytes(64)) == bytes([0x12, 0xB5, 0x9C, 0x40, 0, 72, 0, 0])


@pytest.mark.parametrize(
    ("low", "high", "sizes"), [(92, 93, []), (92, 95, [93, 94]), (100, 117, list(range(101, 117)))]
)
def test_sizes_between_two(low, high, sizes):
    assert spread(low, high) == sizes


@pytest.mark.parametrize("passing", [93, 1403, 1404, 1499])
def test_four_rounds_find_the_largest_size_exactly(passing):
    low, high = 92, 1500
    for _round in range(4):
        sizes = spread(low, high)
        low = max([size for size in sizes if size <= passing], default=low)
        high = min(size for size in [*sizes, high] if size > low)
    assert low == passing
