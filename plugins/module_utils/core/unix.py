# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP over a unix socket with the standard library alone.

It stands in for the docker SDK's session where the Engine is on this host, which is nearly always: importing the SDK
takes as long as everything else that a module does, and this way a node needs no Python library.
"""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

# Bytes that are read at a time of an answer that is read as it comes.
CHUNK = 1 << 16
# An Engine that refuses what it is sent has answered before it has taken all.
BROKEN = (BrokenPipeError, ConnectionResetError)


class UnixConnection(http.client.HTTPConnection):
    """A connection of http.client to a socket's path."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


@dataclass(frozen=True)
class Answer:
    """What Client reads of a response; the names are those of requests."""

    status_code: int
    headers: Any
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.content)


class Streamed:
    """An answer that is read as it comes; the names are those of requests."""

    def __init__(self, response, connection):
        self.status_code, self.headers = response.status, response.headers
        self._response, self._connection = response, connection

    @property
    def text(self) -> str:
        return b"".join(self.iter_content(CHUNK)).decode("utf-8", "replace")

    def iter_content(self, size):
        """What has come, in parts of no more than so many bytes; OSError if the answer breaks off."""
        try:
            yield from iter(lambda: self._response.read1(size), b"")
        except http.client.HTTPException as exc:
            raise OSError(f"{type(exc).__name__} {exc}") from exc

    def close(self) -> None:
        self._connection.close()


class UnixSession:
    """The part of requests' Session that Client uses; OSError for whatever goes wrong on the way."""

    base_url = ""
    transport_errors = (OSError,)

    def __init__(self, path, timeout):
        self.path, self.timeout = path, timeout
        self._connection = None

    def connection(self, timeout):
        return UnixConnection(self.path, timeout)

    def request(self, method, url, params=None, data=None, headers=None, timeout=None, stream=False):
        """The answer; with ``stream`` one that is still to be read, after which this session has no other."""
        if self._connection is None:
            self._connection = self.connection(timeout)
        elif self._connection.sock:
            self._connection.sock.settimeout(timeout)
        try:
            with suppress(*(BROKEN if stream else ())):
                self._connection.request(
                    method, f"{url}?{urlencode(params, True)}" if params else url, data, headers or {}
                )
            response = self._connection.getresponse()
            if stream:
                return Streamed(response, self._connection)
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as exc:
            self._connection.close()
            self._connection = None
            if isinstance(exc, OSError):
                raise
            raise OSError(f"{type(exc).__name__} {exc}") from exc
