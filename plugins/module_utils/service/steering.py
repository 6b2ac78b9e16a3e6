# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which service is meant and what is done to it. All but the name are no part of its spec."""

from __future__ import annotations

from ..core.fields import Field

NAME = Field("name", "Name", "str", "Name of the service.", fixed=True)

STEERING = (
    Field(
        "state",
        "",
        "str",
        (
            "V(absent) removes the service and waits until its tasks are gone.",
            "V(rolled_back) takes back the last change of the service, whoever made it, as fast as O(rollback_config) "
            "says, and needs no option but O(name). A service whose last change is rolled back already is left alone.",
        ),
        choices=("present", "absent", "rolled_back"),
        default="present",
    ),
    Field(
        "force_update",
        "",
        "bool",
        "Replace all tasks of a service that exists, even if nothing else changes. Every such run is a change.",
        default=False,
    ),
    Field(
        "keep_replicas",
        "",
        "bool",
        "Leave a service that exists the number of replicas that it has; O(replicas) is for a new one.",
        default=False,
    ),
    Field(
        "renamed_from",
        "",
        "str",
        "Name that the service had. If there is one of that name and none of O(name), it is renamed, which the Engine "
        "refuses: it takes O(recreate=true).",
    ),
    Field(
        "recreate",
        "",
        "bool",
        "Where the Engine refuses a change, which it does for O(mode) and O(name), remove the service, wait until its "
        "tasks are gone, and create it again with what it was beside the change. Without it such a change is an error.",
        default=False,
    ),
    Field(
        "resolve_image",
        "",
        "str",
        (
            "Whether the registry is asked for the digest of O(image), so that all tasks run the same image whenever "
            "they start. An image that is named with its digest needs no answer.",
            "V(always) asks in each run, and a tag that was moved is a change. V(changed) asks where another image or "
            "tag is named than the service has.",
            "V(never) asks nobody, and leaves a service that runs this image and tag its digest. It is the default "
            "because an image that only the nodes have is in no registry.",
            "V(true) means V(always), V(false) means V(never).",
        ),
        choices=("always", "changed", "never", "true", "false"),
        default="never",
    ),
    Field(
        "resolve_image_failure",
        "",
        "str",
        "What happens where the registry does not tell the digest. V(fail) is an error; V(keep) leaves the service "
        "the digest that it has of this image and tag, and is an error where it has none.",
        choices=("fail", "keep"),
        default="fail",
    ),
)
