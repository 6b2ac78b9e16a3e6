# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make this Engine a manager of a swarm with these settings."""

from __future__ import annotations

from ..core.errors import InvalidOption, Locked, NoLeader, NotManager
from ..core.fields import check_since, get
from ..core.plan import Change, Plan, make_plan
from ..core.run import Stopwatch, converge
from ..core.values import host, is_address
from ..core.wait import DONE, PENDING, Verdict, poll
from .fields import ADDRESSES, CLUSTER, SETTINGS
from .resolve import membership, observed_settings, show_cluster

ROTATIONS = {
    "rotate_worker_token": "rotateWorkerToken",
    "rotate_manager_token": "rotateManagerToken",
    "rotate_unlock_key": "rotateManagerUnlockKey",
}

# Changes after which every node gets a new certificate.
ROOT = ("ca_force_rotate", "signing_ca_cert")


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Do all that ``params`` ask of this Engine's swarm and return the module's result."""
    watch = Stopwatch()
    check_since(CLUSTER, params, client.api_version)
    if bool(params["signing_ca_cert"]) != bool(params["signing_ca_key"]):
        raise InvalidOption("signing_ca_cert and signing_ca_key go together; give both or none")
    here = membership(client.get("/info"))
    unlocked = here["state"] == "locked"
    if unlocked and not check_mode:
        here = unlock(client, params)
    if here["state"] == "inactive":
        plan = initialise(client, params, check_mode)
    elif unlocked and check_mode:
        plan = Plan("update", "swarm", None, (Change("locked", True, False),))
    else:
        plan = update(client, params, here, check_mode)
    return report(client, params, plan, unlocked, check_mode, watch)


def unlock(client, params):
    """Unlock this Engine and return its membership when it takes part again."""
    if not params["unlock_key"]:
        raise Locked("this Engine is locked; give its unlock_key")
    client.post("/swarm/unlock", {"UnlockKey": params["unlock_key"]})
    _verdict, here = poll(
        look=lambda: membership(client.get("/info")),
        judge=lambda here: Verdict(PENDING if here["state"] in ("locked", "pending") else DONE, here["state"]),
        timeout=params["wait_timeout"],
    )
    return here


def initialise(client, params, check_mode) -> Plan:
    """Start a new swarm."""
    plan = make_plan((*ADDRESSES, *SETTINGS), params, None, name="swarm")
    if not check_mode:
        locking = bool(params["autolock_managers"])
        client.post("/swarm/init", {"Spec": {}, "AutoLockManagers": locking, **plan.spec})
    return plan


def update(client, params, here, check_mode) -> Plan:
    """Change the settings that differ; the Engine replaces the whole spec, so all of it is sent."""
    if not here["manager"]:
        raise NotManager(
            f"this Engine is {_role(here)} (swarm {here['cluster_id']}); "
            "run this on a manager, or take it out with flotilla.swarm.member state=absent first"
        )
    rotate = {query: True for option, query in ROTATIONS.items() if params[option]}
    try:
        plan, _observed = converge(
            observe=lambda: client.get("/swarm"),
            plan=lambda cluster: plan_update(params, cluster, here, rotate),
            apply=lambda plan, cluster: client.post(
                "/swarm/update", plan.spec["Spec"], version=get(cluster, "Version.Index"), **rotate
            ),
            check_mode=check_mode,
        )
    except NoLeader:
        if not params["force_new_cluster"]:
            raise
        plan = Plan("update", "swarm", None, (Change("force_new_cluster", None, True),))
        if not check_mode:
            recover(client, params, here)
    return plan


def recover(client, params, here):
    """Make this manager the only one of a swarm with the same data."""
    address = params["advertise_addr"] or here["address"]
    body = {"ForceNewCluster": True, "AdvertiseAddr": address, "ListenAddr": params["listen_addr"], "Spec": {}}
    client.post("/swarm/init", body)


def plan_update(params, cluster, here, rotate) -> Plan:
    """The plan for a swarm that exists; rotations make it an update even where no setting differs."""
    params = dict(params)
    if params["rotate_ca"]:
        params["ca_force_rotate"] = (get(cluster, "Spec.CAConfig.ForceRotate") or 0) + 1
    if same_root(params["signing_ca_cert"], cluster):
        params["signing_ca_cert"] = params["signing_ca_key"] = None
    plan = make_plan(SETTINGS, params, observed_settings(cluster), name="swarm")
    changes = (*plan.changes, *(Change(option, None, True) for option in ROTATIONS if params[option]))
    moved = params["advertise_addr"]
    if moved and is_address(moved) and host(moved) != here["address"]:
        changes += (Change("advertise_addr", here["address"], host(moved), fixed=True),)
    return Plan("update" if rotate else plan.action, plan.name, plan.spec, changes)


def same_root(pem, cluster) -> bool:
    """Whether the swarm already has this root certificate."""
    root = get(cluster, "TLSInfo.TrustRoot") or ""
    return bool(pem) and "".join(pem.split()) == "".join(root.split())


def judge_rotation(cluster: dict) -> Verdict:
    """Whether every node has a certificate of the new root."""
    if cluster.get("RootRotationInProgress"):
        return Verdict(PENDING, "some nodes still have a certificate of the old root")
    return Verdict(DONE, "every node has a certificate of the swarm's root")


def report(client, params, plan, unlocked, check_mode, watch) -> dict:
    """The module's result, read from the Engine again."""
    cluster = None
    if not (check_mode and (unlocked or plan.spec is None or plan.action == "create")):
        cluster = client.get("/swarm")
        if params["wait"] and not check_mode and any(change.option in ROOT for change in plan.changes):
            _verdict, cluster = poll(lambda: client.get("/swarm"), judge_rotation, params["wait_timeout"], 1.0)
    drift = [{"option": c.option, "current": c.before, "wanted": c.after} for c in plan.fixed]
    return {
        "changed": plan.changed or unlocked,
        "diff": plan.diff(),
        "cluster": show_cluster(cluster) if cluster else None,
        "membership": membership(client.get("/info")),
        "drift": drift,
        "warnings": [
            f"{item['option']} is {item['current']} and not {item['wanted']}; the Engine takes it at initialisation "
            "only, so it stays until the swarm is made anew"
            for item in drift
        ],
        "elapsed": watch.read(),
    }


def _role(here):
    if here["state"] == "active":
        return "a worker"
    if here["state"] == "error":
        return f"in error ({here['error']})"
    return here["state"]
