# SPDX-License-Identifier: GPL-3.0-or-later
"""A swarm of three nodes as its manager listed it, with a service of each kind, and a client that answers from it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

SWARM = json.loads((Path(__file__).parent / "fixtures" / "swarm.json").read_text(encoding="utf-8"))


class Listing:
    """Answers reads from a listing, and keeps what it was asked."""

    def __init__(self, swarm):
        self.swarm, self.asked = swarm, []

    def get(self, path, **query):
        self.asked.append((path, query))
        found = self.swarm[path.strip("/")]
        services = (query.get("filters") or {}).get("service")
        if path == "/tasks" and services is not None:
            return [task for task in found if task["ServiceID"] in services]
        return list(found)


@pytest.fixture
def swarm():
    return copy.deepcopy(SWARM)


@pytest.fixture
def client(swarm):
    return Listing(swarm)
