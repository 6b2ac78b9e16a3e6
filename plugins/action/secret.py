# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run module secret so that its data is in no file: Ansible puts a module and its options into one, unless it pipes."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction

from ..plugin_utils.pipelining import pipes, refusal

REMEDY = "; or put the data on the host yourself and name it with data_src"


class ActionModule(NormalAction):
    # What runs in the background is started from a file.
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        if self._task.args.get("data") is not None and not pipes(self):
            refused = refusal("the data of the secret")
            return {**refused, "msg": refused["msg"] + REMEDY}
        return super().run(tmp, task_vars)
