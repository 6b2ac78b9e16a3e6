# SPDX-License-Identifier: GPL-3.0-or-later
"""Two managers, and a swarm without services after the tests of a file."""

from __future__ import annotations

import pytest
from rollouts import Swarm


@pytest.fixture(scope="module")
def newest():
    """A manager of Engine 26.1."""
    return Swarm("node1")


@pytest.fixture(scope="module")
def oldest():
    """A manager of Engine 20.10."""
    return Swarm("node2")


@pytest.fixture(scope="module", autouse=True)
def nothing_left(newest):
    """A swarm without services before and after."""
    yield
    newest.clear()
