# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.compose.action import ComposeAction
from ..plugin_utils.query import QueryAction


class ActionModule(ComposeAction, QueryAction):
    """The module with what its files declare, and ``query`` on the controller."""

    def run(self, tmp=None, task_vars=None):
        if self._task.args.get("compose") or self._task.args.get("compose_files"):
            refused = self.read_files(task_vars)
            if refused:
                return refused
        return self.with_warnings(super().run(tmp, task_vars))
