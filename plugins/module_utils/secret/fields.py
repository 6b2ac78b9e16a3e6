# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a secret, most of which a config has too; the Engine changes nothing of either but labels."""

from __future__ import annotations

from ..core.fields import Field, Joint
from ..core.values import strings

OWN_PREFIX = "flotilla.swarm."
# Labels of stacks and of this collection stay, whatever a playbook says.
KEPT_LABELS = ("com.docker.", OWN_PREFIX)


def change_labels(given: dict, present: dict | None) -> dict:
    """The labels that were given, and those by which stacks and this collection know their objects."""
    kept = {name: value for name, value in (present or {}).items() if name.startswith(KEPT_LABELS)}
    return {**kept, **strings(given["labels"])}


def show_labels(raw: dict | None) -> dict:
    """Labels without those of this collection, which are told as version, or are nobody's business."""
    labels = {name: value for name, value in (raw or {}).items() if not name.startswith(OWN_PREFIX)}
    return {"labels": labels or None}


def spec_of(kind: str) -> tuple:
    """The options that secrets and configs share and that stand in the Engine's spec; ``kind`` is their name."""
    return (
        Field(
            "name",
            "Name",
            "str",
            f"Name of the {kind}. With O(rolling_versions) it is the name that all its versions share.",
            required=True,
            fixed=True,
        ),
        Joint(
            (
                Field(
                    "labels",
                    "",
                    "dict",
                    f"Labels of the {kind}, changed in place. Others must not be there, but those of stacks and of "
                    "this collection may.",
                ),
            ),
            path="Labels",
            encode=change_labels,
            show=show_labels,
        ),
        Field(
            "template_driver",
            "Templating.Name",
            "str",
            "With V(golang) the data is a Go template, filled in for each task. An empty value turns that off.",
            choices=("golang", ""),
            fixed=True,
        ),
    )


DRIVER = (
    Field(
        "driver",
        "Driver.Name",
        "str",
        "Name of the plugin that gives the value to tasks; the swarm holds none then. It must be installed on all "
        "managers.",
        fixed=True,
    ),
    Field(
        "driver_options",
        "Driver.Options",
        "dict",
        "Options of O(driver).",
        encode=strings,
        canonical=lambda raw: strings(raw) if isinstance(raw, dict) else raw,
        fixed=True,
    ),
)


def data_of(kind: str, secret: bool) -> tuple:
    """The options that say what the data is."""
    return (
        Field(
            "data",
            "",
            "str",
            f"The data of the {kind}. Without it, and without O(data_src), a {kind} that exists keeps what it has.",
            secret=secret,
        ),
        Field("data_is_b64", "", "bool", "O(data) is base64, as it must be for binary data.", default=False),
        Field("data_src", "", "path", "File with the data on the host that this module runs on."),
    )


def versions_of(kind: str) -> tuple:
    """The options of objects that have versions."""
    return (
        Field(
            "rolling_versions",
            "",
            "bool",
            (
                f"Changed data becomes a new {kind}, C(NAME_v1), C(NAME_v2) and so on, beside those that services use. "
                f"What else begins with that name is not touched: the versions of a {kind} are known by labels.",
                f"Without it a {kind} whose data differs is deleted and created again, which is an error while "
                "services use it.",
            ),
            default=False,
        ),
        Field(
            "versions_to_keep",
            "",
            "int",
            "With O(rolling_versions), so many versions are kept, the current one included; V(-1) keeps all. "
            "Older ones are removed at the end, and only those that no service uses.",
            default=5,
        ),
        Field(
            "repoint",
            "",
            "bool",
            (
                "With O(rolling_versions), give the current version to all services that use an older one, or the "
                f"{kind} that has just this name. They are updated and waited for together.",
                "If one fails, all of them get back what they had, and a version that this run made is removed.",
                "With O(wait=false) nothing is waited for, put back or removed.",
            ),
            default=False,
        ),
    )


def steering_of(kind: str) -> tuple:
    """The options that say how the object is brought about."""
    return (
        *versions_of(kind),
        Field(
            "force", "", "bool", f"Replace the {kind}, or make a new version, even if nothing differs.", default=False
        ),
        Field(
            "state",
            "",
            "str",
            f"With V(absent) the {kind} is removed, with O(rolling_versions) all its versions. Services that use it "
            "are an error that names them.",
            choices=("present", "absent"),
            default="present",
        ),
    )


def info_of(kind: str) -> tuple:
    """The options of the module that lists them."""
    return (
        Field(
            "name",
            "",
            "list",
            f"Names of {kind}s to return; the versions of a {kind} are returned as well. Without it all are.",
            elements="str",
            aliases=("names",),
        ),
        Field(
            "labels",
            "",
            "list",
            f"Return only {kind}s that have all these labels, each C(NAME) or C(NAME=VALUE).",
            elements="str",
        ),
    )


SPEC = (*spec_of("secret"), *DRIVER)
SECRET = (*SPEC, *data_of("secret", secret=True), *steering_of("secret"))
SECRET_INFO = info_of("secret")
