# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the networks, secrets and configs of a project become."""

from __future__ import annotations

import base64
from collections.abc import Callable

from ...module_utils.network.fields import NETWORK
from .convert_stack import Stack
from .long_values import unreadable
from .references import OBJECTS, networks_of, uses
from .values import compact

# Every node has these of its own.
OF_NODES = ("default", "bridge", "host", "none")


def user_defined(network: str) -> bool:
    """Whether this is the name of a network that somebody made, in which containers have names."""
    return network not in OF_NODES and not network.startswith("container:")


def external(stack: Stack) -> dict:
    """The names of what services use and the stack does not make."""
    found: dict = {"networks": set(), "secrets": set(), "configs": set()}
    for section, key, _path in uses(stack.project.services):
        name = stack.full_name(section, key)
        if section in found and stack.is_external(section, key) and (section != "networks" or user_defined(name)):
            found[section].add(name)
    return {section: sorted(names) for section, names in found.items()}


def networks(stack: Stack) -> list:
    """The networks that services use and that the stack makes, by name."""
    found = {}
    for key in sorted({key for service in stack.project.services.values() for key in networks_of(service)}):
        if stack.is_external("networks", key):
            continue
        options = network(stack, key, stack.declared("networks", key))
        stack.check(("networks", key), NETWORK, options)
        found[key] = options
    return by_name(stack, "networks", found)


def network(stack: Stack, key: str, given: dict) -> dict:
    """The options of one network."""
    ipam = given.get("ipam") or {}
    return compact(
        {
            "name": stack.full_name("networks", key),
            "driver": given.get("driver") or "overlay",
            "driver_options": given.get("driver_opts"),
            "labels": stack.labels(given.get("labels")),
            "internal": given.get("internal") or None,
            "attachable": given.get("attachable") or None,
            "ipam_driver": ipam.get("driver"),
            "ipam_driver_options": ipam.get("options"),
            "ipam_config": pools(stack, ("networks", key, "ipam", "config"), ipam.get("config")),
            "enable_ipv6": given.get("enable_ipv6") or None,
        }
    )


def pools(stack: Stack, path: tuple, given: list | None) -> list:
    """The subnets of a network; one without an address is none."""
    found = []
    for index, item in enumerate(given or ()):
        pool = compact({"subnet": item.get("subnet"), "gateway": item.get("gateway"), "iprange": item.get("ip_range")})
        if pool and "subnet" not in pool:
            stack.wrong((*path, index), "gateway and ip_range are within a subnet, which is missing; add subnet")
        elif pool:
            found.append(pool)
    return found


def file_objects(stack: Stack, section: str, read_file: Callable[[str], bytes]) -> list:
    """The secrets or configs that the stack makes, by name."""
    found = {}
    for key, given in getattr(stack.project, section).items():
        if stack.is_external(section, key):
            continue
        path = (section, key)
        options = {
            "name": stack.full_name(section, key),
            "labels": stack.labels(given.get("labels")),
            "template_driver": given.get("template_driver"),
        }
        if given.get("driver"):
            options.update(driver=given["driver"], driver_options=given.get("driver_opts"))
        found[key] = {**compact(options), **data(stack, path, given, read_file)}
    return by_name(stack, section, found)


def data(stack: Stack, path: tuple, given: dict, read_file) -> dict:
    """The data of a secret or config, out of the one place that it comes from."""
    sources = [key for key in ("driver", "file") if given.get(key)]
    sources += ["content"] if given.get("content") is not None else []
    if len(sources) > 1:
        stack.wrong(path, f"{' and '.join(sources)} exclude each other; leave one of them out")
    elif not sources:
        stack.wrong(path, f"this {OBJECTS[path[0]]} has no data; give file, content or environment, or external: true")
    if len(sources) != 1 or sources == ["driver"]:
        return {}
    if sources == ["content"]:
        content = given["content"].encode()
    else:
        try:
            content = read_file(given["file"])
        except OSError as exc:
            stack.wrong((*path, "file"), unreadable(given["file"], exc))
            return {}
    return {"data": base64.b64encode(content).decode(), "data_is_b64": True}


def by_name(stack: Stack, section: str, found: dict) -> list:
    """What a stack makes, in the order of names, each of which is there once."""
    first: dict = {}
    for key, options in sorted(found.items()):
        other = first.setdefault(options["name"], key)
        if other != key:
            stack.wrong((section, key), f"{section} {other} has the name {options['name']} already; give each its own")
    return sorted(found.values(), key=lambda options: options["name"])
