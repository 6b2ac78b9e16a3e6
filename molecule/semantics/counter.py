# SPDX-License-Identifier: GPL-3.0-or-later
"""A socket in front of the Engine's, which writes down each request; ``LIMIT`` writes later it hangs up.

counter.py SOCKET LOG [LIMIT]
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading

REQUEST = re.compile(rb"^(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP/1\.1\r$", re.MULTILINE)
ENGINE = "/var/run/docker.sock"


class Counter:
    """What all connections share."""

    def __init__(self, log, limit):
        self.log, self.limit, self.writes = log, limit, 0
        self.lock = threading.Lock()

    def may_pass(self, data) -> bool:
        """Write down the requests in some bytes; whether they are to reach the Engine."""
        with self.lock, open(self.log, "a", encoding="utf-8") as log:
            for method, path in REQUEST.findall(data):
                self.writes += method in (b"POST", b"PUT", b"DELETE")
                if self.limit is not None and self.writes > self.limit:
                    return False
                log.write(f"{method.decode()} {path.decode()}\n")
        return True


def serve(client, counter):
    """Carry one connection."""
    engine = socket.socket(socket.AF_UNIX)
    engine.connect(ENGINE)
    threading.Thread(target=answer, args=(engine, client), daemon=True).start()
    while data := client.recv(65536):
        if not counter.may_pass(data):
            break
        engine.sendall(data)
    for end in (engine, client):
        end.shutdown(socket.SHUT_RDWR)


def answer(engine, client):
    """Carry what the Engine says."""
    while data := engine.recv(65536):
        client.sendall(data)


def main():
    path, log, *limit = sys.argv[1:]
    for leftover in (path, log):
        if os.path.exists(leftover):
            os.unlink(leftover)
    open(log, "w", encoding="utf-8").close()
    counter = Counter(log, int(limit[0]) if limit else None)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    while True:
        client, _address = listener.accept()
        threading.Thread(target=serve, args=(client, counter), daemon=True).start()


if __name__ == "__main__":
    main()
