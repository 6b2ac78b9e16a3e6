# SPDX-License-Identifier: GPL-3.0-or-later
"""Count what this machine and others send each other while the file /run/sniffing, which it makes, is there.

It runs on a machine; its argument is a list of the others' addresses, as JSON. It prints JSON as well:
{"esp": packets, "vxlan": {network: packets}}.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys

ETH_P_ALL, ESP, UDP = 3, 50, 17
VXLAN_PORT = 4789
IP, UDP_HEADER, VXLAN_HEADER = 14, 8, 8


def main() -> None:
    """Look at every packet of the interface that the machines share."""
    peers, counts = set(json.loads(sys.argv[1])), {"esp": 0, "vxlan": {}}
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as packets:
        packets.bind(("eth0", 0))
        packets.settimeout(0.2)
        open("/run/sniffing", "w", encoding="ascii").close()
        while os.path.exists("/run/sniffing"):
            try:
                count(packets.recv(2048), peers, counts)
            except socket.timeout:
                continue
    print(json.dumps(counts))


def count(frame: bytes, peers: set, counts: dict) -> None:
    """Count one frame, if it is of these peers."""
    if frame[12:14] != b"\x08\x00" or not {socket.inet_ntoa(frame[i : i + 4]) for i in (26, 30)} & peers:
        return
    payload = IP + (frame[IP] & 15) * 4
    if frame[23] == ESP:
        counts["esp"] += 1
    elif frame[23] == UDP and struct.unpack_from("!H", frame, payload + 2)[0] == VXLAN_PORT:
        (network,) = struct.unpack_from("!I", frame, payload + UDP_HEADER + 4)
        counts["vxlan"][network >> 8] = counts["vxlan"].get(network >> 8, 0) + 1


main()
