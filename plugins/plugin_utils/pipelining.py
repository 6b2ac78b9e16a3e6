# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module so that its options are in no file: Ansible puts both into one on the host, unless it pipes them."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction

REMEDY = (
    "as pipelining cannot be switched on: unset ANSIBLE_KEEP_REMOTE_FILES, use another connection or become method "
    "than this one, or run the task without async"
)


def pipes(action) -> bool:
    """Switch pipelining on for the task of an action plugin, and say whether it is on."""
    try:
        action._connection.set_option("pipelining", True)
    except KeyError:
        return False
    return action._is_pipelining_enabled("new", wrap_async=bool(action._task.async_val))


def refusal(what: str) -> dict:
    """The result of a task that would write secrets into a file."""
    return {
        "failed": True,
        "msg": f"this connection would write {what} into a file on the host, {REMEDY}",
        "failure": {"reason": "no_pipelining"},
    }


class PipedAction(NormalAction):
    """A module as Ansible runs any, but for options that are secret only through a pipe."""

    # What runs in the background is started from a file.
    _supports_async = False
    # What must be in no file, the options that hold it, and what else can be done.
    what = "passwords of registries"
    secret_options: tuple = ()
    remedy = ""
    # Whether a task fails whose options cannot go through a pipe.
    required = True

    def run(self, tmp=None, task_vars=None):
        if any(self._task.args.get(name) for name in self.secret_options) and not pipes(self) and self.required:
            refused = refusal(self.what)
            return {**refused, "msg": refused["msg"] + self.remedy}
        return super().run(tmp, task_vars)
