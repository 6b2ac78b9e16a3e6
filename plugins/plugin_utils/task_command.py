# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What service_exec hands to the host of a task, and makes of what came of the command in each. Plain values."""

from __future__ import annotations

NOT_STARTED = "OCI runtime exec failed"

# How the module reaches the Engine that was asked. On its own host a node is asked over its own socket.
WAY = (
    "docker_host",
    "docker_url",
    "tls",
    "validate_certs",
    "tls_verify",
    "ca_path",
    "ca_cert",
    "tls_ca_cert",
    "cacert_path",
    "client_cert",
    "tls_client_cert",
    "cert_path",
    "client_key",
    "tls_client_key",
    "key_path",
    "tls_hostname",
    "use_ssh_client",
)


def arguments_for(args: dict, container: str) -> dict:
    """The arguments of the module on the host of another node."""
    address = args.get("docker_host") or args.get("docker_url") or ""
    kept = args if address.startswith("unix://") else {name: args[name] for name in args if name not in WAY}
    return {**kept, "_container": container}


def outcome(tasks: list) -> dict:
    """What all tasks together come to: of one its output, and a failure if the command failed in any."""
    broken = [task for task in tasks if task.get("rc") != 0]
    result = {"changed": any("rc" in task for task in tasks), "rc": 0}
    if len(tasks) == 1 and "rc" in tasks[0]:
        for stream in ("stdout", "stderr"):
            result.update({stream: tasks[0][stream], f"{stream}_lines": tasks[0][stream].splitlines()})
    if broken:
        result.update(failed=True, rc=next((task["rc"] for task in broken if "rc" in task), None))
        result["msg"] = "; ".join(f"{task['name']} on {task['node']}: {_trouble(task)}" for task in broken)
        reason = "command_failed" if all("rc" in task for task in broken) else "not_run"
        result["failure"] = {"reason": reason, "tasks": [task["id"] for task in broken]}
    return result


def _trouble(task):
    if "rc" not in task:
        return task["msg"]
    # What the Engine says of a command that it cannot start comes as the output of that command.
    reason = f": {task['stdout'].strip()}" if task["stdout"].startswith(NOT_STARTED) else ""
    return f"non-zero return code {task['rc']}{reason}"
