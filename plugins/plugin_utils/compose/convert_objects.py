# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the networks, secrets and configs of a project become."""

from __future__ import annotations

import base64
from collections.abc import Callable

from ...module_utils.network.fields import NETWORK
from .convert_stack import WORDS, Stack
from .convert_values import compact

DEFAULT = "default"
# Every node has these of its own.
OF_NODES = ("default", "bridge", "host", "none")


def networks_of(service: dict) -> dict:
    """The networks that a service uses, with its options in them."""
    return service.get("networks") or {DEFAULT: None}


def user_defined(network: str) -> bool:
    """Whether this is the name of a network that somebody made, in which containers have names."""
    return network not in OF_NODES and not network.startswith("container:")


def uses(stack: Stack) -> dict:
    """The keys of networks, secrets and configs that services use."""
    found: dict = {"networks": set(), "secrets": set(), "configs": set()}
    for service in stack.project.services.values():
        found["networks"].update(networks_of(service))
        for section in ("secrets", "configs"):
            found[section].update(item["source"] for item in service.get(section) or ())
        if (service.get("credential_spec") or {}).get("config"):
            found["configs"].add(service["credential_spec"]["config"])
    return found


def external(stack: Stack) -> dict:
    """The names of what services use and the stack does not make."""
    return {
        section: sorted(
            {
                stack.full_name(section, key)
                for key in keys
                if (stack.declared(section, key) or {}).get("external")
                and (section != "networks" or user_defined(stack.full_name(section, key)))
            }
        )
        for section, keys in uses(stack).items()
    }


def networks(stack: Stack) -> list:
    """The networks that services use and that the stack makes, by name."""
    found = {}
    for key in sorted(uses(stack)["networks"]):
        given = stack.declared("networks", key)
        if (given is None and key != DEFAULT) or (given or {}).get("external"):
            continue
        options = network(stack, key, given or {})
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
            "ipam_config": [{"subnet": pool["subnet"]} for pool in ipam.get("config") or () if pool.get("subnet")],
        }
    )


def file_objects(stack: Stack, section: str, read_file: Callable[[str], bytes]) -> list:
    """The secrets or configs that the stack makes, by name."""
    found = {}
    for key, given in getattr(stack.project, section).items():
        given = given or {}
        if given.get("external"):
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
        stack.wrong(path, f"this {WORDS[path[0]]} has no data; give file, content or environment, or external: true")
    if len(sources) != 1 or sources == ["driver"]:
        return {}
    if sources == ["content"]:
        content = given["content"].encode()
    else:
        try:
            content = read_file(given["file"])
        except OSError as exc:
            reason = exc.strerror or type(exc).__name__
            stack.wrong((*path, "file"), f"{given['file']} cannot be read on the controller: {reason}")
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
