# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role preflight; each is documented in the file of its name beside this one."""

from __future__ import annotations

import secrets

from ..plugin_utils.preflight.findings import CHECKS, describe, find
from ..plugin_utils.preflight.plan import lingering, probing
from ..plugin_utils.preflight.report import report


def findings(variables, managers, workers, clock=10, memory=512, mtu=1500, declared=None, checks=CHECKS):
    limits = {"clock": clock, "memory": memory, "mtu": mtu}
    return find(describe(variables, managers, workers), limits, declared, checks)


def plan(variables, managers, workers, hosts, data_path_port=None, encrypted=False):
    wanted = {"data_path_port": data_path_port, "encrypted": encrypted}
    return probing(describe(variables, managers, workers), hosts, wanted, secrets.token_hex(8))


def listeners(variables, managers, workers, names):
    return lingering(describe(variables, managers, workers), names)


class FilterModule:
    def filters(self):
        return {
            "preflight_findings": findings,
            "preflight_listeners": listeners,
            "preflight_plan": plan,
            "preflight_report": report,
        }
