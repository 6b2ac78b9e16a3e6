# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give services another secret or config: all of them, or none."""

from __future__ import annotations

from ..core.errors import NotFound, SwarmError
from ..core.plan import Plan
from ..core.run import converge
from ..service.rollout import await_services, task_ids
from . import judge
from .resolve import Kind


def repoint(client, kind: Kind, services: list, olds: set, new: dict, created: bool, params: dict, watch) -> None:
    """Give these services the object ``new`` instead of those whose IDs are ``olds``, and wait for them.

    A service that has it already is waited for as well. If one fails, all get back what they had, and ``new`` is
    removed if this run has ``created`` it.
    """
    known = task_ids(client, [raw["ID"] for raw in services])
    present, written = [], []
    try:
        for raw in services:
            done = write(client, raw["ID"], lambda spec: judge.repointed(kind, spec, olds, new), raw)
            (written if done and done.changed else present if done else []).append(raw)
        if params["wait"]:
            known.update({raw["ID"]: None for raw in present})
            wait(client, present + written, known, max(params["wait_timeout"] - watch.read(), 0))
    except SwarmError as exc:
        if not params["wait"] or not (written or created):
            raise
        raise undone(client, kind, written, new, created, params["wait_timeout"], exc) from exc


def undone(client, kind: Kind, services: list, new: dict, created: bool, timeout: int, cause) -> SwarmError:
    """Give services back what they had, wait for them, and return the error that tells of it."""
    known, name = task_ids(client, [raw["ID"] for raw in services]), f"{kind.name} {new['Spec']['Name']}"
    try:
        for raw in services:
            former = raw["Spec"]
            done = write(client, raw["ID"], lambda spec, former=former: judge.put_back(kind, spec, former, new["ID"]))
            if not (done and done.changed):
                # The Engine has rolled it back on its own.
                known[raw["ID"]] = None
        wait(client, services, known, timeout)
        if created:
            client.delete(f"{kind.path}/{new['ID']}")
    except SwarmError as exc:
        return SwarmError(
            f"{cause}. Not all services could be given back what they had: {exc}; {name} stays",
            reason="rollback_failed",
            cause=cause.reason,
            services=exc.details.get("services") or {},
        )
    removed = f", and {name} is removed" if created else ""
    return SwarmError(
        f"{cause}. The services have the {kind.name} again that they had{removed}",
        reason=cause.reason,
        result={kind.name: None, f"{kind.name}_id": None, f"{kind.name}_name": None} if created else {},
        **cause.details,
    )


def wait(client, services: list, known: dict, timeout: float) -> None:
    """Wait until the services do what they should."""
    names = {raw["ID"]: raw["Spec"]["Name"] for raw in services}
    await_services(client, names, {name: known[service_id] for service_id, name in names.items()}, timeout)


def write(client, service_id: str, change, seen: dict | None = None) -> Plan | None:
    """Change the spec of one service, and return what was done, or None if the service is gone.

    ``seen`` is what is known of it.
    """
    path, first = f"/services/{service_id}", iter([seen])

    def plan(now):
        spec = change(now["Spec"])
        return Plan("keep" if spec == now["Spec"] else "update", spec=spec)

    try:
        done, _observed = converge(
            observe=lambda: next(first, None) or client.get(path),
            plan=plan,
            apply=lambda plan, now: client.post(f"{path}/update", plan.spec, version=now["Version"]["Index"]),
            check_mode=False,
        )
    except NotFound:
        return None
    return done
