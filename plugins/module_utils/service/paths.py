# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts of the Engine's ServiceSpec are."""

from __future__ import annotations

TASK = "TaskTemplate"
CONTAINER = f"{TASK}.ContainerSpec"
