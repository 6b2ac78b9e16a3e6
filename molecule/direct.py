# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a module on a machine's Engine without a task around it, for tests that need many runs or break one off.

A machine is a container on this host, so its Engine's socket is among the files of the container's first process.
"""

from __future__ import annotations

import os
import subprocess

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec
from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import run


def engine(machine: str) -> Client:
    """A client of the Engine of a machine of this lab."""
    command = ["docker", "inspect", "--format", "{{.State.Pid}}", f"{os.environ['LAB_NAME']}-{machine}"]
    process = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return Client({"docker_host": f"unix:///proc/{process}/root/run/docker.sock"})


def call(work, tables: tuple, client: Client, **options) -> dict:
    """What a module with these tables of options returns that does ``work(client, params)``."""
    spec: dict = {}
    for table in tables:
        spec.update(argument_spec(table))
    checked = ArgumentSpecValidator(spec).validate(options)
    if checked.error_messages:
        return {"msg": "; ".join(checked.error_messages)}
    try:
        return run(lambda client: work(client, checked.validated_parameters), client)
    except SwarmError as exc:
        return {"msg": str(exc), "failure": {"reason": exc.reason, **exc.details}, **exc.result}
