# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines about what a module waits for, while it waits.

A module cannot print before it ends. So one that has the option ``progress`` ends as soon as there is something to
show, with its lines and what it needs to go on, and is called again. The last result is that of the task.
"""

from __future__ import annotations

import os

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from .pipelining import pipes, refusal

VARIABLE = "flotilla_progress"
ENVIRONMENT = "FLOTILLA_PROGRESS"

display = Display()


class ProgressAction(ActionBase):
    """Run the module of the task, as often as there is something to show."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        """The module's result, as if it had been called once."""
        if self._task.args.get("registry_auth") and not pipes(self):
            return refusal("passwords of registries")
        result, arguments = super().run(tmp, task_vars), self.arguments(task_vars)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        if wrap_async or not self._is_shown(task_vars or {}):
            once = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
            result = merge_hash(result, once)
        else:
            result = merge_hash(result, self._follow(arguments, task_vars))
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def arguments(self, task_vars) -> dict:
        """The options that the module gets."""
        return self._task.args

    def _is_shown(self, task_vars) -> bool:
        """Whether there may be something to show, and somebody wants to see it."""
        if self._task.async_val or self._task.check_mode or self._task.no_log:
            return False
        wanted = task_vars.get(VARIABLE, os.environ.get(ENVIRONMENT, True))
        waits = self._task.args.get("wait", True)
        return all(boolean(self._templar.template(value), strict=False) for value in (wanted, waits))

    def _follow(self, arguments, task_vars) -> dict:
        """Call the module until it has nothing more to show."""
        calls, state = [], {}
        while True:
            calls.append(self._execute_module(module_args={**arguments, "progress": state}, task_vars=task_vars))
            told = calls[-1].pop("progress", None)
            if not told:
                return merged(calls)
            host = (task_vars or {}).get("inventory_hostname")
            for line in told["lines"]:
                display.display(f"[{host}] {line}" if host else line)
            state = told["state"]


def merged(calls: list) -> dict:
    """The result of a task of the results of its calls.

    The first call that has a diff has written and knows what; the last knows how it ended, and how long it took in all.
    """
    first, last = next((call for call in calls if "diff" in call), calls[0]), calls[-1]
    result = {**first, **last}
    for key in ("changed", "diff"):
        if key in first:
            result[key] = first[key]
    for key in ("warnings", "deprecations"):
        said = [item for call in calls for item in call.get(key) or ()]
        if said:
            result[key] = said
    arguments = (result.get("invocation") or {}).get("module_args")
    if isinstance(arguments, dict):
        arguments["progress"] = None
    return result
