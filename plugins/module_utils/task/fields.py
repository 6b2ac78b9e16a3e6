# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the modules that look at tasks and run commands in them."""

from __future__ import annotations

from ..core.fields import Field
from ..service.tasks import STATES

SLOT = Field("slot", "", "list", "Slots of replicated services, such as V(3) for C(web.3).", elements="int")
NODE = Field("node", "", "list", "Nodes that the tasks are on, each by ID, hostname or IP address.", elements="str")

TASK_INFO = (
    Field("id", "", "list", "Tasks of these IDs, or of what docker shows of them.", elements="str"),
    Field("service", "", "list", "Tasks of these services, each by name or ID.", elements="str"),
    NODE,
    SLOT,
    Field(
        "state",
        "",
        "list",
        "Tasks in one of these states, such as V(running), V(failed) or V(pending).",
        elements="str",
        choices=STATES,
    ),
    Field(
        "desired_state",
        "",
        "list",
        "Tasks that the swarm wants in one of these states. V(running) leaves out what it has given up or replaced.",
        elements="str",
        choices=("running", "ready", "accepted", "complete", "shutdown", "remove"),
    ),
)

SERVICE_EXEC = (
    Field("service", "", "str", "Name or ID of the service.", required=True, aliases=("name",)),
    Field(
        "tasks",
        "",
        "str",
        "Whether to run the command in V(any) one of the running tasks that fit, or in V(all) of them, one after "
        "another. V(any) takes one on the Engine that is asked if there is one, else the one with the lowest slot.",
        choices=("any", "all"),
        default="any",
    ),
    SLOT,
    NODE,
    Field("argv", "", "list", "The command as a list. Either this or O(command) is needed.", elements="str"),
    Field(
        "command",
        "",
        "str",
        "The command as a string that is split as a shell does. No shell runs it: for pipes and variables, let "
        "O(argv) call one.",
    ),
    Field("chdir", "", "str", "Directory in the container in which the command runs.", aliases=("workdir",)),
    Field("user", "", "str", "User, or user and group as C(user:group), that the command runs as."),
    Field(
        "env",
        "",
        "dict",
        "Environment of the command beside the container's. Values may be secrets and are not shown, unless the "
        "command prints them.",
        secret=True,
    ),
    Field(
        "stdin",
        "",
        "str",
        "What the command reads from its standard input. It may be a secret and is not shown, unless the command "
        "prints it. It takes a unix socket, or C(ssh://) with O(use_ssh_client).",
        secret=True,
    ),
    Field("stdin_add_newline", "", "bool", "Whether a newline is added to O(stdin).", default=True),
    Field(
        "strip_empty_ends",
        "",
        "bool",
        "Whether newlines at the end of what the command printed are left out.",
        default=True,
    ),
    Field(
        "_container",
        "",
        "str",
        "What the action plugin of this module says on the host that a task runs on: the ID of the container. Not for "
        "playbooks.",
    ),
)
