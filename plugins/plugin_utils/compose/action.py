# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugins of stacks share: they read files here, and their modules get what these declare."""

from __future__ import annotations

from ansible.errors import AnsibleError

from ..pipelining import pipes, refusal
from .files import NAMES, declaration
from .problems import ComposeError


class ComposeAction:
    """Mixed into an action plugin whose module gets ``arguments``."""

    declared = None
    secret_data: dict = {}
    file_warnings: list = []

    def read_files(self, task_vars) -> dict | None:
        """Read the files that the task names; the result of the task if that is impossible."""
        try:
            self.declared, self.file_warnings = declaration(self, task_vars, self._task.args)
        except (ComposeError, AnsibleError) as exc:
            problems = [str(problem) for problem in getattr(exc, "problems", ())]
            failure = {"reason": "invalid_compose" if problems else "invalid_option", "problems": problems}
            return {"failed": True, "msg": str(exc), "failure": failure}
        self.secret_data = {item["name"]: item.pop("data") for item in self.declared["secrets"] if "data" in item}
        return refusal("the data of secrets") if self.secret_data and not pipes(self) else None

    def arguments(self, task_vars) -> dict:
        """The options that the module gets: instead of files what they declare."""
        kept = {name: value for name, value in self._task.args.items() if name not in NAMES}
        return {**kept, "declaration": self.declared, "secret_data": self.secret_data}

    def with_warnings(self, result: dict) -> dict:
        """The result of the module, with what was noticed in the files."""
        return {**result, "warnings": self.file_warnings + result.get("warnings", [])}
