# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module host_info."""

from __future__ import annotations

from ..core.fields import Field

HOST_INFO = (
    Field("daemon_config_file", "", "path", "The Engine's configuration file.", default="/etc/docker/daemon.json"),
    Field("asked_at", "", "float", "The time of the controller as seconds since 1970, for RV(clock_offset)."),
)
