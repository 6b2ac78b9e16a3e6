# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module probe."""

from __future__ import annotations

from ..core.fields import Field

TARGET = (
    Field("name", "", "str", "Name of the host, under which its results are.", required=True),
    Field("address", "", "str", "Address to which the probes go.", required=True),
    Field(
        "ports",
        "",
        "list",
        "What is tried: V(2377/tcp), V(4789/udp) and so on, and V(esp) for IP protocol 50.",
        elements="str",
        required=True,
    ),
    Field("mtu_port", "", "str", "The UDP port of O(targets[].ports) over which RV(targets[].mtu) is found out."),
)

PROBE = (
    Field(
        "state",
        "",
        "str",
        (
            "V(listening) answers probes from now on, in the background, while the task is done at once.",
            "V(probed) sends probes to O(targets) and tells what came of them.",
            "V(stopped) ends a listener that still waits for someone.",
        ),
        choices=("listening", "probed", "stopped"),
        required=True,
    ),
    Field(
        "nonce",
        "",
        "str",
        "16 hexadecimal digits, the same on all hosts of a run and another one in each. "
        "Only probes that carry it are answered.",
    ),
    Field("name", "", "str", "Name under which the others know this host. Targets of this name are left out."),
    Field("ports", "", "list", "What to answer on, as in O(targets[].ports).", elements="str"),
    Field(
        "peers",
        "",
        "list",
        "Names of the hosts that will probe this one. The listener ends when it has heard all of them.",
        elements="str",
        default=[],
    ),
    Field("listen_for", "", "int", "Seconds after which the listener ends in any case, at most 600.", default=60),
    Field("targets", "", "list", "The hosts to probe, all at once.", elements="dict", parts=TARGET),
    Field("answer_timeout", "", "float", "Seconds to wait for answers.", default=2.0),
)
