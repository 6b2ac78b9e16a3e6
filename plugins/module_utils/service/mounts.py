# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is mounted into the containers of a service."""

from __future__ import annotations

import re

from ..core.errors import InvalidOption
from ..core.fields import Field
from ..core.values import same, show_size, size, strings
from .paths import CONTAINER
from .values import file_mode, show_file_mode

# What is for mounts of one type alone.
OF_TYPE = {
    "bind": ("propagation", "non_recursive"),
    "volume": ("labels", "no_copy", "driver_config", "subpath"),
    "tmpfs": ("tmpfs_size", "tmpfs_mode", "tmpfs_options"),
}
# The Engine takes this of a mount of type npipe as well.
NPIPE = ("propagation",)
NEED_SOURCE = ("bind", "npipe", "cluster", "image")
ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\|{{")


def checked(value):
    """Mounts whose options go together."""
    for item in value:
        _check(item, item.get("type") or "bind")
    return value


def _check(item, kind):
    target, source = item["target"], item.get("source")
    for other, names in OF_TYPE.items():
        own = names if kind == other else NPIPE if kind == "npipe" else ()
        foreign = [name for name in names if name not in own and item.get(name) not in (None, "", [], {}, False)]
        if foreign:
            raise InvalidOption(f"{target}: {foreign[0]} is for mounts of type {other}, and this one is {kind}")
    if kind in NEED_SOURCE and not source:
        raise InvalidOption(f"{target}: a mount of type {kind} needs a source")
    if kind == "bind" and not ABSOLUTE.match(source):
        raise InvalidOption(f"{target}: source {source} is not an absolute path; give one, or use type: volume")
    if kind == "tmpfs" and source:
        raise InvalidOption(f"{target}: a mount of type tmpfs has no source; leave it out")
    if not ABSOLUTE.match(target):
        raise InvalidOption(f"target {target} is not an absolute path")


def pairs(value):
    """Options of a tmpfs as the Engine has them."""
    return [item.split("=", 1) for item in value]


def show_pairs(value):
    """Options of a tmpfs as mount is told them; order has no meaning."""
    if not isinstance(value, list):
        return value
    return sorted("=".join(map(str, item)) if isinstance(item, list) else str(item) for item in value)


def if_any(show):
    """What is shown of a setting that zero leaves to the Engine."""
    return lambda value: show(value) or None


MOUNT_DRIVER = (
    Field("name", "Name", "str", "Name of the driver."),
    Field("options", "Options", "dict", "Options of the driver.", encode=strings),
)

MOUNT = (
    Field("target", "Target", "str", "Path in the containers.", required=True),
    Field(
        "source",
        "Source",
        "str",
        "Path on the node, or name of the volume or image. A V(volume) without it is a new one for each container.",
    ),
    Field(
        "type",
        "Type",
        "str",
        "What is mounted. V(cluster) is a volume of the swarm and needs API version 1.42.",
        choices=("bind", "volume", "tmpfs", "npipe", "cluster", "image"),
        default="bind",
        engine_default="bind",
    ),
    Field("readonly", "ReadOnly", "bool", "Let containers only read it.", engine_default=False),
    Field("labels", "VolumeOptions.Labels", "dict", "Labels of a volume that is made for it.", encode=strings),
    Field(
        "no_copy",
        "VolumeOptions.NoCopy",
        "bool",
        "Do not fill a new volume with what the image has there.",
        canonical=if_any(same),
    ),
    Field("subpath", "VolumeOptions.Subpath", "str", "Path within the volume, which must be there.", since="1.45"),
    Field("driver_config", "VolumeOptions.DriverConfig", "dict", "Driver of the volume.", parts=MOUNT_DRIVER),
    Field(
        "propagation",
        "BindOptions.Propagation",
        "str",
        "Which mounts of the node and of the container show up on the other side. V(rprivate) is none.",
        choices=("shared", "slave", "private", "rshared", "rslave", "rprivate"),
        canonical=lambda value: None if value == "rprivate" else value,
    ),
    Field(
        "non_recursive",
        "BindOptions.NonRecursive",
        "bool",
        "Do not mount what is mounted within the source.",
        canonical=if_any(same),
    ),
    Field(
        "tmpfs_size",
        "TmpfsOptions.SizeBytes",
        "str",
        "Size at the most, such as V(64M); V(0) is no limit.",
        encode=size,
        canonical=if_any(show_size),
    ),
    Field(
        "tmpfs_mode",
        "TmpfsOptions.Mode",
        "raw",
        "File mode of its root: octal digits in quotes, such as V('1777').",
        encode=file_mode,
        canonical=lambda value: None if value == 0 else show_file_mode(value),
    ),
    Field(
        "tmpfs_options",
        "TmpfsOptions.Options",
        "list",
        "Further mount options, such as V(noexec) or V(uid=1000).",
        elements="str",
        since="1.46",
        encode=pairs,
        canonical=show_pairs,
    ),
)

MOUNTS = Field(
    "mounts",
    f"{CONTAINER}.Mounts",
    "list",
    "What is mounted into the containers.",
    elements="dict",
    parts=MOUNT,
    key="target",
    prepare=checked,
)
