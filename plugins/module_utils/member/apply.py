# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make this Engine a member of one swarm and no other, or of none."""

from __future__ import annotations

from ..cluster.resolve import membership
from ..core.errors import EngineError, InvalidOption, Locked, SwarmError, Unreachable, WaitTimeout
from ..core.fields import check_since
from ..core.plan import Plan, make_plan, plan_removal
from ..core.run import Stopwatch
from ..core.values import host
from ..core.wait import FAILED, poll
from .fields import JOIN, MEMBER
from .judge import judge_join, judge_leave
from .probe import check_managers, resolved, with_ports

# The Engine answers a join after 20 seconds at the latest and goes on joining (moby, daemon/cluster/cluster.go).
JOIN_ANSWER = 30

# What the Engine says of a failed join, and what to do about it.
_REMEDIES = (
    ("join token", "wrong_token", "the swarm does not take the join token; it was rotated or is another swarm's"),
    (
        "remote ca does not match fingerprint",
        "wrong_token",
        "the join token is another swarm's than the one at {addresses}",
    ),
    ("could not find local ip", "wrong_address", "advertise_addr is needed: this host has several addresses"),
    ("connection refused", "wrong_address", "no manager answers at {addresses}"),
    ("no route to host", "wrong_address", "no manager answers at {addresses}"),
    ("deadline exceeded", "wrong_address", "no manager answers at {addresses}"),
    ("connection error", "wrong_address", "no manager answers at {addresses}"),
    ("no such host", "wrong_address", "a name in {addresses} does not resolve"),
)


def ensure(client, params: dict, check_mode: bool) -> dict:
    """Join or leave as ``params`` say and return the module's result."""
    watch = Stopwatch()
    check_since(MEMBER, params, client.api_version)
    here = membership(client.get("/info"))
    before = {"swarm": here["cluster_id"]}
    if params["state"] == "absent":
        plan, here = depart(client, params, here, check_mode)
    else:
        plan, here = arrive(client, params, here, check_mode)
    after = before if not plan.changed else {"swarm": params["cluster_id"] if plan.spec else None}
    return {
        "changed": plan.changed,
        "diff": {"before": before, "after": after},
        "membership": here,
        "elapsed": watch.read(),
    }


def arrive(client, params, here, check_mode):
    """Become a member of the swarm that is meant; return ``(plan, membership)``."""
    if here["state"] == "locked":
        raise Locked("this Engine is locked; unlock it with flotilla.swarm.cluster unlock_key")
    other = here["state"] != "inactive" and other_swarm(params, here)
    leaves = other or (here["state"] != "inactive" and params["rejoin"])
    if other and not params["force"]:
        raise SwarmError(
            f"this Engine is already {_kind(here)} of swarm {here['cluster_id']}, not of "
            f"{params['cluster_id'] or 'the one at ' + _listed(params)}; set force to make it leave that one",
            reason="other_swarm",
            cluster_id=here["cluster_id"],
        )
    if here["state"] == "active" and not leaves:
        return Plan("keep"), here
    check_join_options(params)
    plan = make_plan(JOIN, params, None)
    if check_mode:
        return plan, here
    if here["state"] != "inactive" and not leaves:
        return plan, follow(client, params)
    return plan, join(client, params, plan.spec, leaves)


def other_swarm(params, here) -> bool:
    """Whether a membership is of another swarm than is meant; without an ID the managers' addresses tell."""
    if params["cluster_id"]:
        return bool(here["cluster_id"]) and here["cluster_id"] != params["cluster_id"]
    known = {host(address) for address in [*here["remote_managers"], here["address"] or ""]}
    return bool(params["remote_addrs"]) and not known & resolved(params["remote_addrs"])


def check_join_options(params):
    """A join needs a token and at least one address."""
    missing = [option for option in ("join_token", "remote_addrs") if not params[option]]
    if missing:
        raise InvalidOption(f"to join, give {' and '.join(missing)}; flotilla.swarm.cluster_info on a manager has them")


def join(client, params, body, leaves) -> dict:
    """Join, and follow a join that goes on in the background; return the membership.

    The swarm that answers is checked first, so that another one is neither joined nor left by mistake. That needs an
    Engine on this host; elsewhere it is found out after the join, and undone.
    """
    addresses = params["remote_addrs"]
    if client.local:
        addresses = check_managers(addresses, params["cluster_id"])
    if leaves:
        leave(client, params, force=True)
    try:
        client.post("/swarm/join", {**body, "RemoteAddrs": with_ports(addresses)}, timeout=JOIN_ANSWER)
    except (EngineError, Unreachable) as exc:
        if getattr(exc, "status", None) != 503 and exc.reason != "engine_timeout":
            raise failed_join(client, params, str(exc)) from exc
    return follow(client, params) if params["wait"] else membership(client.get("/info"))


def follow(client, params) -> dict:
    """Wait until the Engine is a member. A join that fails leaves the Engine as it was, in no swarm."""
    try:
        verdict, here = poll(lambda: membership(client.get("/info")), judge_join, params["wait_timeout"], 0.5)
    except WaitTimeout as exc:
        raise failed_join(client, params, str(exc)) from exc
    if verdict.state == FAILED:
        raise failed_join(client, params, verdict.reason)
    if other_swarm(params, here):
        leave(client, params, force=True)
        raise SwarmError(
            f"the managers at {_listed(params)} are of swarm {here['cluster_id']}, not of {params['cluster_id']}; "
            "this Engine has left it again",
            reason="other_swarm",
            cluster_id=here["cluster_id"],
        )
    return here


def failed_join(client, params, cause) -> SwarmError:
    """Take the Engine out of the half-done join and say why it failed."""
    here = membership(client.get("/info"))
    if here["state"] not in ("inactive", "active"):
        leave(client, params, force=True)
    lowered = f"{cause} {here['error'] or ''}".lower()
    for words, reason, sentence in _REMEDIES:
        if words in lowered:
            said = sentence.format(addresses=_listed(params))
            return SwarmError(f"this Engine cannot join: {said}; it is in no swarm", reason=reason, cause=cause)
    return SwarmError(f"this Engine cannot join: {cause}; it is in no swarm", reason="join_failed", cause=cause)


def depart(client, params, here, check_mode):
    """Become a member of none; return ``(plan, membership)``."""
    if here["state"] == "inactive":
        return plan_removal(None), here
    if params["cluster_id"] and other_swarm(params, here):
        return plan_removal(None), here
    if here["manager"] and not params["force"]:
        raise SwarmError(
            f"this Engine is a manager of swarm {here['cluster_id']}; demote it first with flotilla.swarm.node "
            "role=worker, or set force",
            reason="is_manager",
        )
    plan = plan_removal(here)
    return (plan, here) if check_mode else (plan, leave(client, params, force=params["force"]))


def leave(client, params, force) -> dict:
    """Leave and return the membership when it is over."""
    client.post("/swarm/leave", force=force)
    _verdict, here = poll(lambda: membership(client.get("/info")), judge_leave, params["wait_timeout"])
    return here


def _kind(here):
    return "a manager" if here["manager"] else "a worker"


def _listed(params):
    return ", ".join(params["remote_addrs"] or ["no address"])
