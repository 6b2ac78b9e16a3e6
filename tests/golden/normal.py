# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normalisation after which what two programs posted is compared as equal. README.md gives the reasons."""

from __future__ import annotations

import json

from ansible_collections.flotilla.swarm.tests.golden import answers
from ansible_collections.flotilla.swarm.tests.golden.recorder import KINDS, Recorder

OWN_LABELS = "flotilla.swarm."
# Maps whose keys the user chose: an empty value in them is a value.
FREE = ("Labels", "Options", "Sysctls", "DriverOpts")
# Where zero or false is not the same as nothing.
TELLING = ("Delay", "Init", "MaxConcurrent", "Mode", "Parallelism", "Replicas", "StopGracePeriod", "TotalCompletions")
# Parts that the programs always post. The Engine replaces tasks where one of them appears or goes.
SHELLS = (
    "EndpointSpec",
    "Global",
    "GlobalJob",
    "Placement",
    "Privileges",
    "ReplicatedJob",
    "Resources",
    "VolumeOptions",
)
# What the Engine writes down, word for word, where nothing was posted.
WRITTEN = {
    "EndpointSpec": {"Mode": "vip"},
    "ContainerSpec": {"Isolation": "default"},
    "IPAM": {"Driver": "default"},
    "Replicated": {"Replicas": 1},
    "ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1},
    "RestartPolicy": {"Condition": "any"},
}
# What an update does where nothing was posted. It is no part of a task, so no task is replaced for it.
PACE = {"Parallelism": 1, "Delay": 0, "FailureAction": "pause", "Monitor": 5_000_000_000, "Order": "stop-first"}
MEANT = {"UpdateConfig": PACE, "RollbackConfig": PACE}
FRACTION = ".MaxFailureRatio"
# The Engine drops it.
DROPPED = ("Consistency",)
# The programs put several uses of one object into an order that is another each time.
USES = {"Secrets": "SecretName", "Configs": "ConfigName"}
# Not a platform: the attestations of an image. Newer programs than those that can be had leave them out as well.
ATTESTATIONS = "unknown"


def state(recorder: Recorder) -> dict:
    """All objects of the recorder that were not there from the start, by kind and name, normalised."""
    names = {answers.identity(item): name for kind in KINDS for name, item in recorder.objects[kind].items()}
    found = {}
    for kind in KINDS:
        present = {item["Name"] for item in answers.PRESENT.get(kind, ())}
        ours = sorted(name for name in recorder.objects[kind] if name not in present)
        found[kind] = {name: normal(recorder.posted[kind][name], names) for name in ours}
    for post in recorder.posts:
        if post.kind == "services" and post.auth and post.name in found["services"]:
            found["services"][post.name]["auth"] = post.auth
    return found


def normal(value, names: dict, key: str = ""):
    """A value of a body, normalised; ``names`` are those of all IDs."""
    if isinstance(value, dict):
        if key in FREE:
            return {name: text for name, text in value.items() if not name.startswith(OWN_LABELS)}
        parts = {name: normal(part, names, name) for name, part in value.items() if name not in DROPPED}
        parts = {name: part for name, part in parts.items() if says_something(name, part)}
        default = {**WRITTEN, **MEANT}.get(key, {})
        return {name: part for name, part in parts.items() if default.get(name) != part}
    if isinstance(value, list):
        items = [normal(item, names) for item in value]
        if key == "Platforms":
            items = sorted((item for item in items if item.get("Architecture") != ATTESTATIONS), key=str)
        if key in USES:
            order = [item[USES[key]] for item in items]
            items.sort(key=lambda item: (order.index(item[USES[key]]), json.dumps(item, sort_keys=True)))
        return items
    return names.get(value, value) if isinstance(value, str) else value


def says_something(key: str, value) -> bool:
    """Whether a key with that value is different from no such key."""
    if value == {}:
        return key in SHELLS
    return bool(value) or (key in TELLING and value in (0, False) and value is not None)


def differences(wanted, found, path: str = "") -> list[str]:
    """A line for each place where two normalised values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted(set(wanted) | set(found))
        lines = [differences(wanted.get(key), found.get(key), f"{path}.{key}" if path else key) for key in keys]
        return [line for part in lines for line in part]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        lines = [differences(*pair, f"{path}[{index}]") for index, pair in enumerate(zip(wanted, found, strict=True))]
        return [line for part in lines for line in part]
    # Go reads no 3.0 where it wants a whole number, which is nearly everywhere.
    same = wanted == found and (type(wanted) is type(found) or path.endswith(FRACTION))
    return [] if same else [f"{path}: the CLI posts {wanted!r}, we post {found!r}"]
