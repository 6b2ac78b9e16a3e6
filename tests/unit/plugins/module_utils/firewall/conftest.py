# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.firewall import timer


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A directory in which the timer has its files, on a host with systemd."""
    for name in ("SCRIPT", "MARKER"):
        monkeypatch.setattr(timer, name, str(tmp_path / name.lower()))
    monkeypatch.setattr(timer, "SYSTEMD", str(tmp_path))
    return tmp_path
