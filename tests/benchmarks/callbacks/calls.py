# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the modules that a playbook run executes on hosts, and writes the number to the file that CALLS_FILE names."""

from __future__ import annotations

import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: calls
type: aggregate
short_description: Count remote calls
description: Counts the modules that a run executes on hosts.
requirements: []
"""

# These run on the controller only.
LOCAL = ("assert", "debug", "fail", "include_role", "include_tasks", "meta", "set_fact", "validate_argument_spec")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "calls"

    def __init__(self):
        super().__init__()
        self.calls = 0

    def _count(self, result):
        if result.task.action.rpartition(".")[2] not in LOCAL:
            self.calls += 1

    def v2_runner_on_ok(self, result):
        if not result.task.loop:
            self._count(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.v2_runner_on_ok(result)

    def v2_runner_item_on_ok(self, result):
        self._count(result)

    def v2_runner_item_on_failed(self, result):
        self._count(result)

    def v2_playbook_on_stats(self, stats):
        Path(os.environ["CALLS_FILE"]).write_text(str(self.calls))
