# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier deploys made of a stack: the specs of its services, each deploy in a config of the swarm.

Specs name secrets, configs and networks and hold none of their values.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, replace

from ..config.resolve import CONFIG
from ..core.errors import EngineError, SwarmError
from ..core.fields import get
from ..core.plan import Plan, make_plan
from ..secret.write import delete
from ..service.planning import TABLE, plan_recreation
from ..service.resolve import CREDENTIAL_SPEC, with_ids, with_names
from .objects import KINDS
from .observe import labels_of

SNAPSHOT_OF = "flotilla.swarm.deploy_of"
NUMBER = "flotilla.swarm.deploy"
# The Engine takes no longer name of a config.
LONGEST_NAME = 64


@dataclass(frozen=True)
class Deploy:
    """``services`` are specs by name, with names instead of IDs; ``created`` is when it was done."""

    number: int
    services: dict
    id: str | None = None
    created: str | None = None


def read_deploys(client, stack: str) -> list:
    """The deploys of a stack that are kept, newest first."""
    found = client.get("/configs", filters={"label": [f"{SNAPSHOT_OF}={stack}"]})
    return sorted(map(read, found), key=lambda deploy: deploy.number, reverse=True)


def read(raw: dict) -> Deploy:
    """One deploy of the config that keeps it."""
    kept = json.loads(zlib.decompress(base64.b64decode(raw["Spec"]["Data"])))
    return Deploy(int(labels_of(raw)[NUMBER]), kept["services"], raw["ID"], raw["CreatedAt"])


def keep(client, stack: str, deploys: list, services: dict) -> Deploy | None:
    """Keep what the services are now, unless that is the newest that is kept; return what is kept by it."""
    if deploys and deploys[0].services == services:
        return None
    deploy = Deploy(deploys[0].number + 1 if deploys else 1, services)
    data = zlib.compress(json.dumps({"services": services}).encode(), 9)
    body = {
        "Name": title(stack, deploy),
        "Labels": {SNAPSHOT_OF: stack, NUMBER: str(deploy.number)},
        "Data": base64.b64encode(data).decode(),
    }
    try:
        return replace(deploy, id=client.post("/configs/create", body)["ID"])
    except EngineError as exc:
        raise SwarmError(
            f"stack {stack}: what its services are could not be kept for state rolled_back: {exc}; use history: 0 to "
            "do without",
            reason="deploy_not_kept",
        ) from exc


def title(stack: str, deploy: Deploy) -> str:
    """The name of the config that keeps a deploy."""
    ending = f".deploy.{deploy.number}"
    return stack[: LONGEST_NAME - len(ending)] + ending


def forget(client, deploys: list) -> None:
    """Keep these deploys no longer."""
    for deploy in deploys:
        delete(client, CONFIG, {"ID": deploy.id})


def specs_of(services: dict, networks: dict) -> dict:
    """The specs of services as they are kept."""
    return {name: with_names(raw["Spec"], networks) for name, raw in services.items()}


def choose(stack: str, deploys: list, number: int | None) -> Deploy:
    """The deploy to go back to; the one before the last if none is named."""
    if number is None and len(deploys) > 1:
        return deploys[1]
    for deploy in deploys:
        if deploy.number == number:
            return deploy
    numbers = ", ".join(str(deploy.number) for deploy in deploys)
    if number is not None and deploys:
        raise SwarmError(
            f"stack {stack}: deploy {number} is not kept; choose one of {numbers}", reason="nothing_to_roll_back"
        )
    kept = f"only deploy {numbers} is kept" if deploys else "no deploy is kept"
    raise SwarmError(
        f"stack {stack} has nothing to go back to: {kept}; deploys are kept with history: 2 or more",
        reason="nothing_to_roll_back",
    )


def needs(deploy: Deploy) -> dict:
    """Names of the networks, secrets and configs that a deploy needs."""
    needed: dict = {"networks": set(), "secrets": set(), "configs": set()}
    for spec in deploy.services.values():
        needed["networks"].update(item["Target"] for item in get(spec, "TaskTemplate.Networks") or ())
        for kind, known in KINDS.items():
            needed[kind].update(raw[known.reference_name] for raw in get(spec, known.references) or ())
        needed["configs"].add(get(spec, CREDENTIAL_SPEC))
    return {kind: sorted(names - {None}) for kind, names in needed.items()}


def plan_restored(
    name: str, spec: dict, service: dict | None, networks: dict, references: dict, recreate: bool
) -> Plan:
    """The plan to make a service what a deploy has kept of it."""
    observed = with_names(service["Spec"], networks) if service else None
    plan = make_plan(TABLE, {}, observed, base=spec, name=f"service {name}")
    if plan.fixed:
        plan = plan_recreation(plan, {"recreate": recreate})
    return replace(plan, spec=with_ids(plan.spec, networks, references))
