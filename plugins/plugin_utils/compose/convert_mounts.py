# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the volumes of services become: mounts."""

from __future__ import annotations

from .convert_stack import Stack
from .references import volume_of
from .values import compact, nonzero, size

# The mapping with options that a mount of each type may have; that of another type is wrong.
BLOCKS = {"volume": "volume", "bind": "bind", "npipe": "bind", "tmpfs": "tmpfs", "image": "image"}


def mounts(stack: Stack, path: tuple, given: list | None) -> list:
    """The mounts of a service, in the order of the file."""
    found, targets = [], set()
    for index, item in enumerate(given or ()):
        # What could not be read is empty, and a problem already.
        if not item:
            continue
        place = (*path, index)
        if item["target"] in targets:
            stack.wrong(place, f"something is mounted to {item['target']} already; give each mount a target of its own")
        targets.add(item["target"])
        found.append(mount(stack, place, item))
    return found


def mount(stack: Stack, path: tuple, item: dict) -> dict:
    """One mount."""
    kind, source = item["type"], item.get("source")
    check_blocks(stack, path, kind, item)
    if not item["target"]:
        stack.wrong(path, "a mount needs a target, the path in the containers")
    if kind in ("npipe", "cluster", "image") and not source:
        stack.wrong(path, f"a mount of type {kind} needs a source")
    if kind == "tmpfs" and source:
        stack.wrong(path, "a mount of type tmpfs has no source; leave it out")
    options = {"type": kind, "source": source, "target": item["target"], "readonly": item.get("read_only") or None}
    if kind in ("bind", "npipe"):
        options["propagation"] = (item.get("bind") or {}).get("propagation")
    elif kind == "tmpfs":
        own = item.get("tmpfs") or {}
        options["tmpfs_size"] = stack.read((*path, "tmpfs", "size"), size, own.get("size"))
        options["tmpfs_mode"] = own.get("mode")
    elif volume_of(item):
        options.update(named_volume(stack, kind, item))
    return nonzero(options)


def check_blocks(stack: Stack, path: tuple, kind: str, item: dict) -> None:
    """Options of another type of mount are wrong."""
    for block in dict.fromkeys(BLOCKS.values()):
        if item.get(block) is not None and block != BLOCKS.get(kind):
            stack.wrong((*path, block), f"these are options of another type of mount, and this one is {kind}")


def named_volume(stack: Stack, kind: str, item: dict) -> dict:
    """The options of a mount that its volume's declaration gives; a volume of the swarm gives its name alone."""
    declared = stack.declared("volumes", item["source"])
    options: dict = {"source": stack.full_name("volumes", item["source"])}
    if kind == "cluster":
        return options
    own = item.get("volume") or {}
    options.update(no_copy=own.get("nocopy") or None, subpath=own.get("subpath"))
    if not declared.get("external"):
        options["labels"] = stack.labels(declared.get("labels"))
        driver = compact({"name": declared.get("driver"), "options": declared.get("driver_opts")})
        options["driver_config"] = driver
    return options
