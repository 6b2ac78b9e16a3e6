# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a membership. Paths are those of the body of ``POST /swarm/join``."""

from __future__ import annotations

from ..cluster.fields import ADDRESSES
from ..core.fields import Field

JOIN = (
    Field(
        "remote_addrs",
        "RemoteAddrs",
        "list",
        "Addresses of managers of the swarm to join, with an optional port (V(2377)). They are tried in turn "
        "until one takes this Engine in.",
        elements="str",
    ),
    Field(
        "join_token",
        "JoinToken",
        "str",
        "The swarm's token; it decides whether this Engine joins as a worker or as a manager.",
        secret=True,
    ),
    *ADDRESSES,
)

MEMBER = (
    Field(
        "state",
        "",
        "str",
        "V(present) makes this Engine a member of the swarm, V(absent) of none.",
        choices=("present", "absent"),
        default="present",
    ),
    Field("cluster_id", "", "str", "ID of the swarm that is meant. Membership of another swarm is an error then."),
    Field(
        "force",
        "",
        "bool",
        "Leave another swarm in order to join this one; with O(state=absent) leave even as a manager.",
        default=False,
    ),
    Field(
        "rejoin",
        "",
        "bool",
        "Leave even the swarm that is meant before joining it: for a node that the swarm has removed from its list "
        "while the Engine still takes itself for a member.",
        default=False,
    ),
    *JOIN,
)
