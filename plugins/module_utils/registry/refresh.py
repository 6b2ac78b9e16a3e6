# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""New credentials for services that run already.

The Engine keeps what a service was sent when it was written last. The spec is written again as it is, with other
credentials: that replaces no task (swarmkit, IsTaskDirty), but it runs a job again, and what a rollback would have gone
back to is lost.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import NotFound, SwarmError
from ..core.fields import Field, get
from ..core.plan import Plan
from ..core.run import Stopwatch, converge
from ..service.judge_jobs import JOBS
from ..service.tasks import mode_of
from .credentials import REGISTRY_AUTH
from .names import registry_of

IMAGE = "Spec.TaskTemplate.ContainerSpec.Image"
BUSY = ("updating", "rollback_started")

REFRESH = (
    Field(
        "services",
        "",
        "list",
        "Names of the services. Without it all whose image is in a registry that there are credentials for.",
        elements="str",
    ),
    # Whoever names credentials means those and no others.
    replace(
        REGISTRY_AUTH[0],
        help="Send the credentials that docker's configuration has as well, of the user of the task on the host that "
        "it runs on.",
        default=False,
    ),
    REGISTRY_AUTH[1],
)


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Send services the credentials that the client has for their images, and return the module's result."""
    watch, services = Stopwatch(), client.get("/services")
    chosen = choose(params["services"], services)
    refreshed, left_alone = [], []
    for raw in chosen:
        reason = why_not(client, raw)
        if reason is None:
            refreshed.append(raw)
        elif reason:
            left_alone.append({"name": raw["Spec"]["Name"], "reason": reason})
    if not check_mode:
        refreshed = [raw for raw in refreshed if write(client, raw)]
    names = [raw["Spec"]["Name"] for raw in refreshed]
    return {
        "changed": bool(names),
        "refreshed": names,
        "left_alone": left_alone,
        "diff": [Plan("update", f"service {name}").diff() for name in names],
        "elapsed": watch.read(),
    }


def choose(names: list | None, services: list) -> list:
    """The services that are meant, by name."""
    known = {raw["Spec"]["Name"]: raw for raw in services}
    missing = [name for name in names or () if name not in known]
    if missing:
        raise SwarmError(
            f"there is no service {', '.join(missing)} in this swarm; correct services", reason="unknown_service"
        )
    return [known[name] for name in sorted(known if names is None else set(names))]


def why_not(client, service: dict) -> str | None:
    """Why a service is left alone: an empty word if there are no credentials for its image; None if it is not."""
    image = get(service, IMAGE)
    if not client.image_headers(image):
        return ""
    if mode_of(service) in JOBS:
        return "a job would run again"
    if get(service, "UpdateStatus.State") in BUSY:
        return f"it is being updated, and its tasks pull from {registry_of(image)} with what that update was sent"
    return None


def write(client, service: dict) -> bool:
    """Write the spec of one service again; False if it is gone, or has become what is left alone."""
    path, first = f"/services/{service['ID']}", [service]

    def plan(now):
        return Plan("keep" if now is not service and why_not(client, now) is not None else "update", spec=now["Spec"])

    def apply(todo, now):
        with client.for_image(get(now, IMAGE)):
            client.post(f"{path}/update", todo.spec, version=now["Version"]["Index"])

    try:
        done, _now = converge(lambda: first.pop() if first else client.get(path), plan, apply, check_mode=False)
    except NotFound:
        return False
    return done.changed
