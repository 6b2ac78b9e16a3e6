# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be in the swarm for a project: the declaration that the module flotilla.swarm.stack gets.

The rules are those by which ``docker stack deploy`` makes Engine JSON of a Compose file. Here it becomes options of the
modules for networks, secrets, configs and services, whose tables make the same JSON of them. What the file does not say
is left out, so that it goes back to the Engine's default.
"""

from __future__ import annotations

from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter

from .convert_objects import external, file_objects, networks
from .convert_service import service
from .convert_stack import Stack
from .load import Project


def convert(project: Project, stack: str, read_file: Callable[[str], bytes]) -> dict:
    """The declaration of a project under the name of a stack; ComposeError with all that is wrong in the project.

    ``read_file`` gives the content of an absolute path and raises OSError.
    """
    whole = Stack(stack, project)
    declaration = {
        "networks": networks(whole),
        "external": external(whole),
        "secrets": file_objects(whole, "secrets", read_file),
        "configs": file_objects(whole, "configs", read_file),
        "services": [service(whole, key, given) for key, given in sorted(project.services.items())],
        "depends_on": dependencies(whole),
    }
    whole.problems.raise_if_any()
    return declaration


def dependencies(stack: Stack) -> dict:
    """For services that wait for others, the full names of those and what is waited for."""
    services = stack.project.services
    found = {key: given["depends_on"] for key, given in services.items() if given.get("depends_on")}
    for key, others in found.items():
        for other in others:
            if other not in services:
                stack.wrong(("services", key, "depends_on", other), f"there is no service {other}; correct the name")
    try:
        TopologicalSorter(found).prepare()
    except CycleError as exc:
        # Each of them comes before the one that waits for it, and the first is the last too.
        circle = exc.args[1][::-1]
        stack.wrong(
            ("services", circle[0], "depends_on"),
            f"services wait for each other: {' -> '.join(circle)}; leave one of these dependencies out",
        )
    return {
        stack.scoped(key): {stack.scoped(other): condition for other, condition in others.items()}
        for key, others in found.items()
    }
