# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line about what takes its time, such as ``pull app:1  3/7 layers · 120/300 MB``. Pure."""

from __future__ import annotations

import re

from .messages import plain

STEP = re.compile(r"Step (\d+/\d+) : (.*)")
# Characters of an instruction that are shown.
WIDTH = 60
DONE = ("Pull complete", "Already exists", "Pushed", "Layer already exists", "Mounted from")
MOVED = ("Download complete", *DONE)
MOVING = ("Downloading", "Pushing", "Loading layer")
MEGABYTE = 1_000_000


class Progress:
    """How far one thing is that is done to an image."""

    def __init__(self, action: str, name: str):
        self.what = f"{action} {name}"
        self.done: dict = {}
        self.bytes: dict = {}
        self.step = ""
        self.sent = 0

    def add(self, message: dict) -> str:
        """Take a message of the Engine, or the bytes of an archive, and return the line; empty if there is none yet."""
        self.sent += message.get("bytes") or 0
        status, layer, detail = message.get("status") or "", message.get("id"), message.get("progressDetail") or {}
        step = STEP.match(plain(message.get("stream") or ""))
        if step:
            self.step = f"step {step[1]} · {step[2].strip()[:WIDTH]}"
        if layer and not status.startswith("Pulling from"):
            self.done[layer] = status.startswith(DONE)
            self._count(layer, status, detail)
        return self.line()

    def _count(self, layer, status, detail):
        if status.startswith(MOVING) and detail.get("total"):
            self.bytes[layer] = detail.get("current") or 0, detail["total"]
        elif status.startswith(MOVED) and layer in self.bytes:
            self.bytes[layer] = self.bytes[layer][1], self.bytes[layer][1]
        if status.startswith("Loading layer") and layer in self.bytes:
            self.done[layer] = self.bytes[layer][0] >= self.bytes[layer][1]

    def line(self) -> str:
        """The line."""
        if self.step:
            return f"{self.what}  {self.step}"
        if not self.done:
            return f"{self.what}  {self.sent / MEGABYTE:.0f} MB" if self.sent >= MEGABYTE else ""
        current, total = (sum(pair[place] for pair in self.bytes.values()) / MEGABYTE for place in (0, 1))
        moved = f" · {current:.0f}/{total:.0f} MB" if total >= 1 else ""
        return f"{self.what}  {sum(self.done.values())}/{len(self.done)} layers{moved}"
