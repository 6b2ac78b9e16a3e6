# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the files of a stack here and run the module with what they declare, which is plain data."""

from __future__ import annotations

from ansible.errors import AnsibleError

from ..plugin_utils.compose.files import NAMES, declaration
from ..plugin_utils.compose.problems import ComposeError
from ..plugin_utils.pipelining import pipes, refusal
from ..plugin_utils.progress import ProgressAction


class ActionModule(ProgressAction):
    """The module, and a line whenever something changes while it waits."""

    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        self.declared, self.data, warnings = None, {}, []
        if self._task.args.get("state", "present") == "present":
            try:
                self.declared, warnings = declaration(self, task_vars, self._task.args)
            except (ComposeError, AnsibleError) as exc:
                problems = [str(problem) for problem in getattr(exc, "problems", ())]
                failure = {"reason": "invalid_compose" if problems else "invalid_option", "problems": problems}
                return {"failed": True, "msg": str(exc), "failure": failure}
            self.data = {item["name"]: item.pop("data") for item in self.declared["secrets"] if "data" in item}
            if self.data and not pipes(self):
                return refusal("the data of secrets")
        result = super().run(tmp, task_vars)
        result["warnings"] = warnings + result.get("warnings", [])
        return result

    def arguments(self, task_vars) -> dict:
        """The options that the module gets: instead of files what they declare."""
        kept = {name: value for name, value in self._task.args.items() if name not in NAMES}
        return {**kept, "declaration": self.declared, "secret_data": self.data}
