# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are read as they come, over a real socket."""

from __future__ import annotations

import socketserver
import threading

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, Unreachable

HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
OK, BAD = HEAD % b"200 OK", HEAD % b"400 Bad Request"
END = b"0\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Peer(socketserver.BaseRequestHandler):
    """Reads what it is sent until it has seen the words it waits for, and answers with its script."""

    def handle(self):
        received = b""
        while self.server.until not in received:
            received += self.request.recv(65536)
        self.server.received = received
        for part in self.server.script:
            if callable(part):
                part()
            else:
                self.request.sendall(part)


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """A client of an Engine that follows a script."""
    monkeypatch.chdir(tmp_path)
    with socketserver.UnixStreamServer("socket", Peer) as server:

        def start(*script, until=b"\r\n\r\n"):
            server.script, server.until = script, until
            threading.Thread(target=server.handle_request, daemon=True).start()
            return Client({"docker_host": "unix://socket", "api_version": "1.45"}), server

        yield start


def test_parts_come_as_they_are_sent(peer):
    go_on = threading.Event()
    client, server = peer(OK, chunk(b"one"), go_on.wait, chunk(b"two"), END)
    with client.stream("POST", "/images/create", fromImage="a:1", platform=None) as parts:
        assert next(parts) == b"one"
        go_on.set()
        assert list(parts) == [b"two"]
    assert server.received.startswith(b"POST /v1.45/images/create?fromImage=a%3A1 HTTP/1.1\r\n")
    assert client.requests == 1


def test_a_parameter_may_be_there_several_times(peer):
    client, server = peer(OK, END)
    with client.stream("POST", "/build", extrahosts=("a:1", "b:2")) as parts:
        assert list(parts) == []
    assert b"/build?extrahosts=a%3A1&extrahosts=b%3A2 " in server.received


def test_what_is_sent_is_sent_in_parts(peer):
    client, server = peer(OK, chunk(b"done"), END, until=b"0\r\n\r\n")
    with client.stream("POST", "/images/load", iter([b"abc", b"defg"]), {"Content-Type": "application/x-tar"}) as parts:
        assert list(parts) == [b"done"]
    head, _end, body = server.received.partition(b"\r\n\r\n")
    assert b"Content-Type: application/x-tar" in head
    assert body == b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"


def test_the_headers_of_an_image_win(peer):
    client, server = peer(OK, END)
    client.image_headers = lambda image: {"X-Registry-Auth": f"of {image}"}
    with client.for_image("a:1"), client.stream("POST", "/x", headers={"X-Registry-Auth": "of nobody"}) as parts:
        assert list(parts) == []
    assert server.received.count(b"X-Registry-Auth") == 1
    assert b"X-Registry-Auth: of a:1\r\n" in server.received


def test_a_refusal_is_an_error(peer):
    client, _server = peer(BAD, chunk(b'{"message": "dockerfile parse error"}'), END)
    with pytest.raises(EngineError, match="^the Engine refuses: dockerfile parse error$"), client.stream("POST", "/x"):
        pass


def test_a_refusal_in_the_middle_of_what_is_sent_is_heard(peer):
    client, _server = peer(BAD, chunk(b'{"message": "no space left"}'), END, until=b"first")
    endless = (b"first" + b"x" * 1_000_000 for _part in range(1000))
    with pytest.raises(EngineError, match="^the Engine refuses: no space left$"), client.stream("POST", "/x", endless):
        pass


@pytest.mark.parametrize("end", [b"", b"5\r\nab"], ids=["between parts", "within a part"])
def test_an_answer_that_breaks_off_is_no_end(peer, end):
    client, _server = peer(OK, chunk(b"one"), end)
    with client.stream("GET", "/images/a/get") as parts:
        assert next(parts) == b"one"
        with pytest.raises(Unreachable, match="^the Engine cannot be reached: "):
            list(parts)


def test_an_answer_that_goes_on_for_ever_ends(peer):
    class Clock:
        time = 0.0

        def now(self):
            self.time += 3
            return self.time

    client, _server = peer(OK, chunk(b"one"), chunk(b"two"), END)
    client.now = Clock().now
    with client.stream("POST", "/build", timeout=5) as parts:
        assert next(parts) == b"one"
        with pytest.raises(Unreachable, match="did not answer within 5 seconds") as caught:
            list(parts)
    assert caught.value.reason == "engine_timeout"


def test_an_error_of_whoever_reads_is_his_own(peer):
    client, _server = peer(OK, chunk(b"one"), END)
    with pytest.raises(OSError, match="^disk full$"), client.stream("GET", "/x"):
        raise OSError("disk full")
