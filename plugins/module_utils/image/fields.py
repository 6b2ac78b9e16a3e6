# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules image and image_info. Paths of the build are the names that the Engine's API has for them."""

from __future__ import annotations

import json

from ..core.errors import InvalidOption
from ..core.fields import Field
from ..core.values import size, strings

SOURCES = ("build", "load", "pull", "local")


def texts(value):
    """A map of strings as the Engine takes it in a query."""
    return json.dumps(strings(value), sort_keys=True)


def hosts(value):
    """Hosts and their addresses as the Engine takes them in a query: one parameter each."""
    return tuple(f"{name}:{address}" for name, address in strings(value).items())


def memory(value):
    """Bytes, or -1 for no limit."""
    return -1 if str(value) == "-1" else size(value)


def positive(value):
    """A number of seconds."""
    if value < 1:
        raise InvalidOption(f"{value} is less than a second")
    return value


LIMITS = (
    Field("memory", "memory", "str", "Memory of a container, such as V(512M).", encode=size),
    Field("memswap", "memswap", "str", "Memory and swap together; V(-1) is no limit to swap.", encode=memory),
    Field("cpushares", "cpushares", "int", "Weight of its CPU time beside that of others."),
    Field("cpusetcpus", "cpusetcpus", "str", "CPUs that it may use, such as V(0-3) or V(0,1)."),
)

BUILD = (
    Field("path", "", "path", "Directory on the host that is sent to the Engine, the context.", required=True),
    Field(
        "dockerfile",
        "",
        "str",
        "The Dockerfile: a path from O(build.path), or an absolute one, which may be outside of it. C(.dockerignore) "
        "does not keep it back.",
        default="Dockerfile",
    ),
    Field("args", "buildargs", "dict", "Values for C(ARG). Not for secrets: they stay in the image.", encode=texts),
    Field("target", "target", "str", "The stage to build; without it the last."),
    Field("labels", "labels", "dict", "Labels of the image.", encode=texts),
    Field("pull", "pull", "bool", "Pull newer versions of the images that it is built on.", default=False),
    Field("nocache", "nocache", "bool", "Build every step again.", default=False),
    Field("network", "networkmode", "str", "Network of the containers of C(RUN), such as V(host) or V(none)."),
    Field("platform", "platform", "str", "Platform to build for, such as V(linux/arm64)."),
    Field(
        "cache_from",
        "cachefrom",
        "list",
        "Images of this Engine whose steps may be used again.",
        elements="str",
        encode=json.dumps,
    ),
    Field("etc_hosts", "extrahosts", "dict", "Hosts and their addresses for C(/etc/hosts) of C(RUN).", encode=hosts),
    Field("shm_size", "shmsize", "str", "Size of C(/dev/shm) of C(RUN), such as V(64M).", encode=size),
    Field("rm", "rm", "bool", "Remove the containers of the steps.", default=True),
    Field("container_limits", "", "dict", "Limits for the containers of C(RUN).", parts=LIMITS, default={}),
    Field("http_timeout", "", "int", "Seconds that the build may take. Without it O(wait_timeout).", encode=positive),
)

PULL = (Field("platform", "", "str", "Platform to pull, such as V(linux/arm64). An image of another one is replaced."),)

IMAGE = (
    Field(
        "name",
        "",
        "str",
        "Name of the image, with its tag or digest if it has one, or its ID (C(sha256:) and 64 digits). An ID can only "
        "be removed, loaded, saved, tagged and pushed.",
        required=True,
    ),
    Field("tag", "", "str", "Tag, or digest, where O(name) or O(repository) has none.", default="latest"),
    Field(
        "source",
        "",
        "str",
        (
            "Where the image comes from. Needed for O(state=present).",
            "V(pull): its registry. V(build): O(build). V(load): O(load_path). V(local): it must be there.",
        ),
        choices=SOURCES,
    ),
    Field("build", "", "dict", "How the image is built. Needed for O(source=build).", parts=BUILD),
    Field("pull", "", "dict", "How the image is pulled.", parts=PULL, default={}),
    Field("load_path", "", "path", "Archive on the host to load. Needed for O(source=load)."),
    Field(
        "archive_path",
        "",
        "path",
        "File on the host that the image is saved to, as C(docker save) does. Written only if it is no archive of this "
        "image already; a new one can be read by its owner only.",
    ),
    Field(
        "repository",
        "",
        "str",
        "Another name that the image gets, with its tag if it has one; what has this name already loses it.",
    ),
    Field(
        "push",
        "",
        "bool",
        "Push the image, as O(repository) if that is given, unless its registry has it under this name.",
        default=False,
    ),
    Field(
        "force_source",
        "",
        "bool",
        "Build or pull an image that is there already: it is built, and pulled if its registry has another one by now. "
        "It makes no difference to O(source=load), which goes by what the archive holds.",
        default=False,
    ),
    Field(
        "force_tag",
        "",
        "bool",
        "Taken for playbooks of M(community.docker.docker_image), and not used: O(repository) always becomes "
        "this image.",
        default=False,
    ),
    Field(
        "force_absent",
        "",
        "bool",
        "Remove the image also while stopped containers use it, and with all its names if O(name) is its ID.",
        default=False,
    ),
    Field("state", "", "str", "There or not.", choices=("present", "absent"), default="present"),
    Field(
        "wait_timeout",
        "",
        "int",
        "Seconds that it may take at the most to pull, to build, to load, to save, or to push; each for itself.",
        default=1800,
    ),
)

IMAGE_INFO = (
    Field(
        "name",
        "",
        "list",
        "Images to return, each by name or ID. Without a tag it is C(:latest). Without this option all are.",
        elements="str",
    ),
)
