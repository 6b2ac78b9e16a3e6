# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses that variables of an inventory mean."""

from __future__ import annotations

import re
from ipaddress import ip_interface

PORT = re.compile(r":\d+$")


def declared(value, interfaces: dict) -> list:
    """The addresses that an address or the name of an interface means, whatever port follows; none if unknown."""
    if not isinstance(value, str):
        return []
    found = usable(value)
    if found:
        return [found]
    name = PORT.sub("", value.strip())
    found = usable(name.removeprefix("[").removesuffix("]"))
    if found:
        return [found]
    texts = (interfaces.get(name) or {}).get("addresses") or ()
    return [address for text in texts if (address := usable(text))]


def usable(text: str) -> str | None:
    """The address, with or without the length of its prefix; None if no packet of another host could have it."""
    try:
        found = ip_interface(text.strip()).ip
    except ValueError:
        return None
    return None if found.is_unspecified or found.is_loopback or found.is_link_local else str(found)
