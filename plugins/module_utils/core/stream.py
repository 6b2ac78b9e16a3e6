# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine's way to put several streams into one: frames of a header of eight bytes and its payload.

A container with a TTY has one stream only, which comes without headers. Pure: bytes in, values out.
"""

from __future__ import annotations

import struct

STREAMS = {0: "stdin", 1: "stdout", 2: "stderr", 3: "system"}


def demultiplex(data: bytes) -> list:
    """``(stream, payload)`` of each frame in its order; ``system`` is what the Engine itself has to say.

    A last frame that was cut off gives what there is of it.
    """
    frames, place = [], 0
    while place + 8 <= len(data):
        kind, length = struct.unpack(">BxxxL", data[place : place + 8])
        frames.append((STREAMS.get(kind, "stdout"), data[place + 8 : place + 8 + length]))
        place += 8 + length
    return frames


def collect(data: bytes, tty: bool = False) -> dict:
    """The text of each stream, of all its frames together; ``tty`` as the container has it."""
    parts: dict = {"stdout": b"", "stderr": b"", "system": b""}
    for stream, payload in [("stdout", data)] if tty else demultiplex(data):
        parts[stream] = parts.get(stream, b"") + payload
    return {stream: payload.decode("utf-8", "replace") for stream, payload in parts.items()}
