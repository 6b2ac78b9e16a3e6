# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart or reload the Engine of this host, when its swarm can spare it, and until its node is back."""

from __future__ import annotations

from pathlib import Path

from ..cluster.resolve import membership
from ..core.client import Client
from ..core.errors import Locked, SwarmError, Unreachable
from ..core.fields import get
from ..core.run import Stopwatch
from ..core.wait import FAILED, poll
from .judge import judge_key, judge_quorum, judge_return

# A manager that was restarted before this one is seen as reachable after a few heartbeats of 5 seconds at the most.
QUORUM_PATIENCE = 30
NOTHING = {"Swarm": {"LocalNodeState": "inactive"}}


def ensure(client, params: dict, check_mode: bool, run) -> dict:
    """The module's result; ``run`` is ``AnsibleModule.run_command``."""
    watch = Stopwatch()
    verb = {"restarted": "restart", "reloaded": "reload"}[params["state"]]
    info = info_before(client)
    before = info["Swarm"]
    key = prepare_restart(client, info, params) if verb == "restart" else None
    if not check_mode:
        systemctl(run, verb)
        # The connection of before leads to the process of before.
        client = Client(params)
        wait_for_return(client, before, key, params["wait_timeout"])
    info = client.get("/info") if info is not NOTHING or not check_mode else None
    return {"changed": True, "membership": membership(info) if info else None, "elapsed": watch.read()}


def info_before(client) -> dict:
    """The Engine's info; an Engine that does not answer is in no swarm that could miss it."""
    try:
        return client.get("/info")
    except Unreachable:
        return NOTHING


def prepare_restart(client, info: dict, params: dict) -> str | None:
    """Wait until the node can be spared and can come back; return the key that unlocks it afterwards, if needed."""
    before = info["Swarm"]
    if not before.get("ControlAvailable"):
        if before["LocalNodeState"] == "active":
            path = Path(info["DockerRootDir"], "swarm", "certificates", "swarm-node.key")
            poll(lambda: node_key(path), judge_key, params["wait_timeout"], interval=0.5)
        return None
    patience = min(QUORUM_PATIENCE, params["wait_timeout"])
    try:
        poll(lambda: client.get("/nodes"), lambda nodes: judge_quorum(nodes, before["NodeID"]), patience, interval=1)
    except SwarmError as exc:
        words = exc.details.get("last") or str(exc)
        raise SwarmError(
            f"this Engine is not restarted: {words}; bring the other managers back first", reason="quorum"
        ) from exc
    if not get(client.get("/swarm"), "Spec.EncryptionConfig.AutoLockManagers"):
        return None
    return client.get("/swarm/unlockkey")["UnlockKey"]


def node_key(path: Path) -> str:
    """The node's TLS key as the Engine keeps it; empty if it is not to be read here."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def systemctl(run, verb: str) -> None:
    """Restart or reload the service; an error quotes what the Engine logged last."""
    code, _out, err = run(["systemctl", verb, "docker.service"])
    if not code:
        return
    log = run(["journalctl", "--unit=docker.service", "--lines=5", "--output=cat", "--no-pager"])[1]
    raise SwarmError(
        f"systemctl {verb} docker failed: {err.strip()}; the journal of docker ends with: {log.strip()}",
        reason="service_failed",
    )


def wait_for_return(client, before: dict, key: str | None, timeout: int) -> None:
    """Wait until the Engine answers and its node is what it was; an error says what is missing."""

    def look():
        try:
            info = client.get("/info")
            if key and info["Swarm"]["LocalNodeState"] == "locked":
                client.post("/swarm/unlock", {"UnlockKey": key})
            return info, client.get("/nodes") if info["Swarm"].get("ControlAvailable") else []
        except (Unreachable, Locked):
            return None, []

    verdict = poll(look, lambda seen: judge_return(before, *seen), timeout, interval=0.5)[0]
    if verdict.state == FAILED:
        raise SwarmError(f"after the restart {verdict.reason}", reason="node_lost")
