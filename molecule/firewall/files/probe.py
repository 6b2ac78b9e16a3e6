# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to packets, as JSON: "open", "refused" by the host, or "silent". Arguments are like tcp:192.0.2.1:22."""

from __future__ import annotations

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

SECONDS = 2


def probe(place):
    """The fate of one connection, or of one datagram."""
    protocol, address, port = place.split(":")
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as sent:
        sent.settimeout(SECONDS)
        try:
            sent.connect((address, int(port)))
            if protocol == "udp":
                sent.send(b"?")
                sent.recv(1500)
        except socket.timeout:
            return "silent"
        except OSError:
            return "refused"
    return "open"


if __name__ == "__main__":
    places = sys.argv[1:]
    with ThreadPoolExecutor(len(places)) as pool:
        print(json.dumps(dict(zip(places, pool.map(probe, places)))))
