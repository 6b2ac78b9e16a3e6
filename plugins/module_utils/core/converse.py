# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request whose connection becomes the standard input and output of a process, as the Engine calls it: hijacked."""

from __future__ import annotations

import http.client
import json
import socket
import threading

from .client import open_session
from .errors import InvalidOption, Unreachable
from .failures import engine_error
from .unix import UnixSession

UPGRADE = {"Content-Type": "application/json", "Connection": "Upgrade", "Upgrade": "tcp"}


def open_for_input(client) -> UnixSession:
    """A session that can say that its input is over and still read; TLS and paramiko cannot."""
    session = open_session(client.params)
    if not isinstance(session, UnixSession):
        raise InvalidOption(
            "stdin: docker_host must be a unix socket for it, or ssh:// with use_ssh_client; "
            "run this task on the host of the Engine"
        )
    return session


def converse(client, path: str, body: dict, stdin: bytes, timeout: float) -> bytes:
    """Post JSON, send ``stdin``, and return the bytes that come back until the other side ends."""
    connection = open_for_input(client).connection(timeout)
    try:
        connection.request("POST", f"/v{client.api_version}{path}", json.dumps(body), UPGRADE)
        answer = connection.getresponse()
        if answer.status >= 400:
            raise engine_error(answer.status, answer.read().decode("utf-8", "replace"))
        # The Engine answers 101, after which http.client reads nothing more, but may already hold some of it.
        writer = threading.Thread(target=_feed, args=(connection.sock, stdin), daemon=True)
        writer.start()
        output = answer.fp.read()
        writer.join()
        return output
    except (OSError, http.client.HTTPException) as exc:
        raise Unreachable(f"the Engine closed the connection to a command: {type(exc).__name__}") from exc
    finally:
        connection.close()


def _feed(sock, data):
    """Send the data and its end. A command may end without having read it."""
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        return
