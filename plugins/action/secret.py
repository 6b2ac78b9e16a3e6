# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run module secret so that its data is in no file: Ansible puts a module and its options into one, unless it pipes."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction

REFUSAL = (
    "this connection would write the data of the secret into a file on the host, as pipelining cannot be switched on: "
    "unset ANSIBLE_KEEP_REMOTE_FILES, use another connection or become method than this one, or put the data on the "
    "host yourself and name it with data_src"
)


class ActionModule(NormalAction):
    # What runs in the background is started from a file.
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        if self._task.args.get("data") is not None and not self.pipes():
            return {"failed": True, "msg": REFUSAL, "failure": {"reason": "no_pipelining"}}
        return super().run(tmp, task_vars)

    def pipes(self):
        """Switch pipelining on for this task, and say whether it is on."""
        try:
            self._connection.set_option("pipelining", True)
        except KeyError:
            return False
        return self._is_pipelining_enabled("new")
