# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run module registry_refresh so that its passwords are in no file: Ansible puts a module and its options into one."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction

from ..plugin_utils.pipelining import pipes, refusal


class ActionModule(NormalAction):
    # What runs in the background is started from a file.
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        if self._task.args.get("registry_auth") and not pipes(self):
            return refusal("passwords of registries")
        return super().run(tmp, task_vars)
