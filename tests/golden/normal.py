# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normalisation after which what two programs posted is compared as equal. README.md gives the reasons."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.tests.golden import answers
from ansible_collections.flotilla.swarm.tests.golden.recorder import KINDS, Recorder

OWN_LABELS = "flotilla.swarm."
# Maps whose keys the user chose: an empty value in them is a value.
FREE = ("Labels", "Options", "Sysctls", "DriverOpts")
# Where zero or false is not the same as nothing.
TELLING = ("Delay", "Init", "MaxConcurrent", "Mode", "Parallelism", "Replicas", "StopGracePeriod", "TotalCompletions")
# What the Engine adds to a network that was posted.
ADDED = ("Id", "Created", "Containers", "Scope")
# Asked of the registry each time, and no reason for a task to be replaced.
UNCOMPARED = ("Platforms",)


def state(recorder: Recorder) -> dict:
    """All objects of the recorder that were not there from the start, by kind and name, normalised."""
    names = {answers.identity(item): name for kind in KINDS for name, item in recorder.objects[kind].items()}
    found = {}
    for kind in KINDS:
        present = {item["Name"] for item in answers.PRESENT.get(kind, ())}
        objects = {name: item for name, item in recorder.objects[kind].items() if name not in present}
        found[kind] = {name: normal(spec_of(kind, item), names) for name, item in sorted(objects.items())}
    for post in recorder.posts:
        if post.kind == "services" and post.auth and post.name in found["services"]:
            found["services"][post.name]["auth"] = post.auth
    return found


def spec_of(kind: str, item: dict) -> dict:
    """What was posted of an object."""
    if kind == "networks":
        return {key: value for key, value in item.items() if key not in ADDED}
    return item["Spec"]


def normal(value, names: dict, key: str = ""):
    """A value of a body, normalised; ``names`` are those of all IDs."""
    if isinstance(value, dict):
        if key in FREE:
            return {name: text for name, text in value.items() if not name.startswith(OWN_LABELS)}
        parts = {name: normal(part, names, name) for name, part in value.items() if name not in UNCOMPARED}
        return {name: part for name, part in parts.items() if says_something(name, part)}
    if isinstance(value, list):
        items = [normal(item, names) for item in value]
        return sorted(items) if key == "Env" else items
    return names.get(value, value) if isinstance(value, str) else value


def says_something(key: str, value) -> bool:
    """Whether a key with that value is different from no such key."""
    if value is None or value in ({}, [], ""):
        return False
    return bool(value) or key in TELLING


def differences(wanted, found, path: str = "") -> list[str]:
    """A line for each place where two normalised values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted(set(wanted) | set(found))
        lines = [differences(wanted.get(key), found.get(key), f"{path}.{key}" if path else key) for key in keys]
        return [line for part in lines for line in part]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        lines = [differences(*pair, f"{path}[{index}]") for index, pair in enumerate(zip(wanted, found, strict=True))]
        return [line for part in lines for line in part]
    same = wanted == found and isinstance(wanted, bool) == isinstance(found, bool)
    return [] if same else [f"{path}: the CLI posts {wanted!r}, we post {found!r}"]
