# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to the Engine of another host over the ssh program, as the docker CLI does it.

The docker SDK calls ssh too, but only where paramiko is installed, which it then does not use.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
from urllib.parse import urlsplit

from .errors import InvalidOption
from .unix import UnixSession


class SshConnection(http.client.HTTPConnection):
    """A connection of http.client to what ``docker system dial-stdio`` reaches on the other host."""

    def __init__(self, command, timeout):
        super().__init__("localhost", timeout=timeout)
        self.command = command
        self.process = None

    def connect(self):
        self.sock, theirs = socket.socketpair()
        self.sock.settimeout(self.timeout)
        with theirs:
            try:
                # run_command of a module cannot talk to a program while that runs.
                # pylint: disable-next=ansible-bad-function
                self.process = subprocess.Popen(self.command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
            except FileNotFoundError as exc:
                raise OSError("use_ssh_client needs the program ssh, which this host does not have") from exc

    def complaint(self) -> str:
        """What ssh, or docker on the other host, said before it ended; nothing if it goes on."""
        try:
            said = self.process.communicate(timeout=5)[1] if self.process else b""
        except subprocess.TimeoutExpired:
            return ""
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


class SshSession(UnixSession):
    """The part of requests' Session that Client uses; OSError for whatever goes wrong on the way."""

    def connection(self, timeout):
        return SshConnection(ssh_command(self.path), timeout)

    def request(self, *args, **kwargs):
        opened = self._connection = self._connection or self.connection(kwargs.get("timeout") or self.timeout)
        try:
            return super().request(*args, **kwargs)
        except OSError as exc:
            complaint = "" if isinstance(exc, TimeoutError) else opened.complaint()
            if complaint:
                raise OSError(complaint) from exc
            raise


def ssh_command(address: str) -> list:
    """The command for an ``ssh://[user@]host[:port]``. A password in it is not used: ssh would take none."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or not parts.hostname:
        raise InvalidOption("docker_host is no address for ssh; write ssh://user@host, or ssh://user@host:port")
    options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30"]
    options += ["-l", parts.username] if parts.username else []
    options += ["-p", str(port)] if port else []
    return ["ssh", *options, "--", parts.hostname, "docker", "system", "dial-stdio"]
