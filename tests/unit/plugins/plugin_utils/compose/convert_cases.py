# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services in long form, with what a project declares beside them, on their way to Engine JSON."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan
from ansible_collections.flotilla.swarm.plugins.module_utils.service.planning import TABLE
from ansible_collections.flotilla.swarm.plugins.module_utils.service.resolve import complete
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.convert import convert
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.load import Project

CONTAINER, TASK = "TaskTemplate.ContainerSpec", "TaskTemplate"
OWNED = {"com.docker.stack.namespace": "shop"}
SECTIONS = {
    "networks": {
        "front": {},
        "back": {"name": "a-long-one"},
        "other": {"external": True, "name": "elsewhere"},
        "nodes": {"external": True, "name": "host"},
    },
    "volumes": {
        "data": {},
        "labelled": {"labels": {"a": "b"}},
        "nfs": {"driver": "local", "driver_opts": {"type": "nfs"}},
        "named": {"name": "full"},
        "old": {"external": True, "name": "older"},
    },
    "secrets": {"key": {"file": "/key"}, "named": {"name": "a-key", "file": "/key"}, "old": {"external": True}},
    "configs": {"site": {"file": "/site"}, "named": {"name": "a-site", "file": "/site"}, "old": {"external": True}},
}


def converted(given: dict, **sections) -> dict:
    """The options of service web of stack shop."""
    project = Project({"web": {"image": "nginx:1", **given}}, **{**SECTIONS, **sections})
    return convert(project, "shop", lambda path: b"x")["services"][0]


def spec(given: dict, **sections) -> dict:
    """Its spec, with names where the Engine gets IDs."""
    return make_plan(TABLE, complete(converted(given, **sections), None, {}, {}), None).spec
