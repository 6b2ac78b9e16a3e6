# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a service is reached: its networks and its ports."""

from __future__ import annotations

import re

from ..core.errors import InvalidOption
from ..core.fields import Field
from ..core.values import as_set, port, strings
from .paths import TASK


def single_ports(value):
    """Ports one by one, where a range stands for several."""
    found = []
    for item in value:
        target, published = ports(item["target_port"], "target_port"), None
        if str(item.get("published_port") or 0) != "0":
            published = ports(item["published_port"], "published_port")
        if published and len(published) != len(target):
            raise InvalidOption(
                f"published_port {item['published_port']} and target_port {item['target_port']} differ in length; "
                "give as many ports in each"
            )
        found += [
            {**item, "published_port": outside, "target_port": inside}
            for outside, inside in zip(published or [None] * len(target), target)
        ]
    return found


def ports(value, option) -> list:
    """The ports of a number or a range."""
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", str(value).strip())
    if not match:
        raise InvalidOption(f"{option}: {value!r} is not a port; write it as 8080, or as the range 8000-8010")
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    try:
        if port(first) <= port(last):
            return list(range(first, last + 1))
    except InvalidOption as exc:
        raise InvalidOption(f"{option}: {exc}") from exc
    raise InvalidOption(f"{option}: the range {value} ends before it begins")


PUBLISH = (
    Field(
        "published_port",
        "PublishedPort",
        "str",
        "Port on the nodes; without it the swarm chooses one. A range such as V(8000-8010) is as many ports, and "
        "goes to a range of the same length.",
        engine_default=0,
    ),
    Field("target_port", "TargetPort", "str", "Port of the containers, or a range.", required=True),
    Field("protocol", "Protocol", "str", "Protocol of the port.", choices=("tcp", "udp", "sctp"), engine_default="tcp"),
    Field(
        "mode",
        "PublishMode",
        "str",
        "V(ingress) on every node through the routing mesh, V(host) on the nodes that run a task.",
        choices=("ingress", "host"),
        engine_default="ingress",
    ),
)

NETWORK = (
    Field("name", "Target", "str", "Name or ID of the network.", required=True),
    Field("aliases", "Aliases", "list", "Further names of the service in it.", elements="str", canonical=as_set),
    Field("options", "DriverOpts", "dict", "Options of the network's driver for this service.", encode=strings),
)

ENDPOINT = (
    Field(
        "networks",
        f"{TASK}.Networks",
        "list",
        "Networks of the containers, as names or as dicts.",
        elements="raw",
        parts=NETWORK,
        key="name",
    ),
    Field(
        "endpoint_mode",
        "EndpointSpec.Mode",
        "str",
        "V(vip) gives the service an address of its own, V(dnsrr) the addresses of its tasks.",
        choices=("vip", "dnsrr"),
        engine_default="vip",
    ),
    Field(
        "publish",
        "EndpointSpec.Ports",
        "list",
        "Ports that are reachable from outside.",
        elements="dict",
        parts=PUBLISH,
        key="published_port",
        prepare=single_ports,
    ),
)
