# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about a swarm that one Engine can tell, in as few requests as it takes."""

from __future__ import annotations

from ..core.fields import Field, get
from ..node.resolve import show_node
from .resolve import membership, show_cluster

ASKED = (
    Field(
        "nodes",
        "",
        "bool",
        "Return the nodes as well. Needs a manager; on other Engines RV(nodes) is empty.",
        default=True,
    ),
    Field("join_tokens", "", "bool", "Return the join tokens as well. Use C(no_log) with it.", default=False),
    Field(
        "unlock_key",
        "",
        "bool",
        "Return the key that unlocks the managers as well. Use C(no_log) with it.",
        default=False,
    ),
)


def look(client, params: dict) -> dict:
    """The module's result: two requests on a manager, one more for tokens and one for the key."""
    info = client.get("/info")
    here = membership(info)
    found = {"changed": False, "membership": here, "cluster": None, "nodes": []}
    if not here["manager"]:
        return found
    found["cluster"] = show_cluster(info["Swarm"]["Cluster"])
    if params["nodes"]:
        found["nodes"] = [show_node(raw) for raw in client.get("/nodes")]
    if params["join_tokens"]:
        tokens = client.get("/swarm")["JoinTokens"]
        found["join_tokens"] = {"worker": tokens["Worker"], "manager": tokens["Manager"]}
    if params["unlock_key"]:
        found["unlock_key"] = get(client.get("/swarm/unlockkey"), "UnlockKey") or ""
    return found
