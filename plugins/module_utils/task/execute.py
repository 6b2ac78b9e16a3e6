# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command in the container of a task. An Engine does so in its own containers only."""

from __future__ import annotations

from ..core.converse import converse, open_for_input
from ..core.errors import InvalidOption, NotFound, SwarmError
from ..core.fields import get
from ..core.stream import collect
from ..core.values import strings
from ..node.resolve import address, hostname
from ..service.values import argv
from .choose import choose, the_service
from .resolve import by_id, name, slot

# A command may be silent for as long as it likes; the task's own timeout ends it.
PATIENCE = 7 * 24 * 3600
SECRETS = ("env", "stdin")
HIDDEN = "(hidden)"


def take_parameters(module) -> dict:
    """The parameters, of which those that may be secrets are in no ``invocation`` after this.

    Ansible blackens what is secret wherever it finds it, which of a value such as ``1`` would be in every number. What
    the command prints is told as it is.
    """
    params = dict(module.params)
    module.params.update({option: HIDDEN for option in SECRETS if params[option] is not None})
    module.no_log_values = {params["docker_host"]} - {None}
    return params


def run_command(client, params: dict, check_mode: bool) -> dict:
    """The module's result: what the command did, or in which containers it is to be run.

    If all tasks are on this Engine the command is run in them. If one is elsewhere it is run in none, and the action
    plugin goes to the host of each.
    """
    command = the_command(params)
    if check_mode:
        return {"changed": False, "skipped": True, "msg": "the command would have run if not in check mode"}
    if params["_container"]:
        return {"changed": True, **execute(client, params["_container"], command, params)}
    found = find(client, params)
    if params["stdin"] is not None and any(task["here"] for task in found):
        open_for_input(client)  # Where it cannot be given to all, it is given to none.
    if all(task["here"] for task in found):
        for task in found:
            task.update(execute(client, task["container_id"], command, params))
    return {"changed": all(task["here"] for task in found), "tasks": found}


def the_command(params) -> list:
    """The command as a list."""
    command = params["argv"] if params["argv"] is not None else argv(params["command"])
    if not command:
        raise InvalidOption("the command is empty; give one in argv or command")
    return command


def find(client, params: dict) -> list:
    """The tasks to run the command in, each with all that it takes to find the host of its node."""
    here = get(client.get("/info"), "Swarm.NodeID")
    service = the_service(params["service"], client.get("/services"))
    nodes = client.get("/nodes")
    tasks = client.get("/tasks", filters={"service": [service["ID"]]})
    by_node = by_id(nodes)
    chosen = choose(params, service, tasks, nodes, here)
    return [show_place(task, service, by_node[task["NodeID"]], here) for task in chosen]


def show_place(task: dict, service: dict, node: dict, here: str) -> dict:
    """Where a task is."""
    return {
        "id": task["ID"],
        "name": name(task, {service["ID"]: service}),
        "slot": slot(task, {service["ID"]: service}),
        "node": hostname(node),
        "node_id": node["ID"],
        "node_address": address(node),
        "node_labels": get(node, "Spec.Labels") or {},
        "container_id": get(task, "Status.ContainerStatus.ContainerID"),
        "here": node["ID"] == here,
    }


def execute(client, container: str, command: list, params: dict) -> dict:
    """Run the command and return ``stdout``, ``stderr`` and ``rc``."""
    stdin = params["stdin"]
    body = {
        "AttachStdin": stdin is not None,
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": command,
        "Env": [f"{key}={value}" for key, value in strings(params["env"]).items()],
        "User": params["user"] or "",
        "WorkingDir": params["chdir"] or "",
    }
    try:
        made = client.post(f"/containers/{container}/exec", body)["Id"]
    except NotFound as exc:
        raise SwarmError(
            f"this Engine has no container {container[:12]}; the task has just ended, or this host is not its node",
            reason="no_container",
            container=container,
        ) from exc
    start, how = f"/exec/{made}/start", {"Detach": False, "Tty": False}
    if stdin is None:
        output = client.read(start, "POST", how, PATIENCE)
    else:
        given = stdin + ("\n" if params["stdin_add_newline"] and not stdin.endswith("\n") else "")
        output = converse(client, start, how, given.encode(), PATIENCE)
    told = collect(output)
    rc = client.get(f"/exec/{made}/json")["ExitCode"]
    if params["strip_empty_ends"]:
        told = {stream: text.rstrip("\r\n") for stream, text in told.items()}
    return {"stdout": told["stdout"], "stderr": told["stderr"], "rc": rc}
