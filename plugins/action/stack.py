# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.compose.action import ComposeAction
from ..plugin_utils.progress import ProgressAction


class ActionModule(ComposeAction, ProgressAction):
    """The module with what its files declare, and a line whenever something changes while it waits."""

    def run(self, tmp=None, task_vars=None):
        if self._task.args.get("state", "present") == "present":
            refused = self.read_files(task_vars)
            if refused:
                return refused
        return self.with_warnings(super().run(tmp, task_vars))
