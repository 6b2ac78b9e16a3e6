# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that the Engine builds."""

from __future__ import annotations

from ..core.errors import InvalidOption
from .work import Work


def build(work: Work) -> dict | None:
    """The image, built if it is not there or if that is forced."""
    raise InvalidOption("source: build is not there yet")
