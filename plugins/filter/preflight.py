# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.preflight.findings import describe, find
from ..plugin_utils.preflight.report import report


def findings(variables, managers, workers, clock=10, memory=512):
    """The findings of all checks."""
    return find(describe(variables, managers, workers), {"clock": clock, "memory": memory})


class FilterModule:
    def filters(self):
        return {"preflight_findings": findings, "preflight_report": report}
