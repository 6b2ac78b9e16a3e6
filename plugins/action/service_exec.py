# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.plugins.action import ActionBase

from ..plugin_utils.node_host import host_of
from ..plugin_utils.other_host import run_on
from ..plugin_utils.pipelining import pipes
from ..plugin_utils.roster import RosterError
from ..plugin_utils.task_command import arguments_for, outcome


class ActionModule(ActionBase):
    """Ask a manager where the tasks are, and run the command on the host of each."""

    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        """The outcome of all tasks. Where one cannot be reached, the command is run in none."""
        result = super().run(tmp, task_vars)
        # What the command gets may be secret; where it cannot be piped it is in a file while the module runs.
        pipes(self)
        try:
            result.update(self._execute_module(task_vars=task_vars))
            if result.get("failed") or result.get("skipped"):
                return result
            if not all("rc" in task for task in result["tasks"]):
                self.run_everywhere(result["tasks"], task_vars)
            result.update(outcome(result["tasks"]))
        except RosterError as exc:
            result.update(failed=True, changed=False, msg=str(exc), failure={"reason": "unknown_host"})
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def run_everywhere(self, tasks, task_vars):
        """Run the command in each task and add to it what came of it."""
        hostvars = task_vars["hostvars"]
        for task in tasks:
            task["host"] = None if task["here"] else host_of(task, hostvars)
        for task in tasks:
            if task["here"]:
                args = {**self._task.args, "_container": task["container_id"]}
                task.update(told(self._execute_module(module_args=args, task_vars=task_vars)))
            else:
                args = arguments_for(self._task.args, task["container_id"])
                task.update(told(run_on(self, task["host"], hostvars, args)))


def told(result):
    """What a task's entry takes from the result of a module."""
    names = ("stdout", "stderr", "rc") if "rc" in result else ("msg", "failure")
    return {name: result.get(name) for name in names}
