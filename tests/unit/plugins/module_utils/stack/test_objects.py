# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.stack.objects import KINDS, find, plan_items

OWN = "flotilla.swarm."


def config(name, day=1, data="old", version=None, of="page", **labels):
    """A config as the Engine shows it; a version that the module has made if it has a number."""
    if version:
        labels = {**labels, f"{OWN}version_of": of, f"{OWN}version": str(version)}
    spec = {"Name": name, "Labels": labels, "Data": base64.b64encode(data.encode()).decode()}
    return {"ID": f"id-{name}", "CreatedAt": f"2026-01-{day:02}T00:00:00.5Z", "Spec": spec}


PLAIN, SECOND, THIRD = config("page"), config("page_v2", 2, version=2), config("page_v3", 3, version=3)


@pytest.mark.parametrize(
    ("objects", "current", "versions", "new_name", "number"),
    [
        pytest.param([], None, [], "page", None, id="the first has the plain name and is no version"),
        pytest.param([PLAIN], "page", ["page"], "page_v2", 2, id="the second is version 2"),
        pytest.param([PLAIN, SECOND], "page_v2", ["page_v2", "page"], "page_v3", 3, id="the newest is current"),
        pytest.param([THIRD, SECOND], "page_v3", ["page_v3", "page_v2"], "page_v4", 4, id="the first is gone"),
        pytest.param(
            [config("page", 9), SECOND],
            "page",
            ["page", "page_v2"],
            "page_v3",
            3,
            id="the command has made the plain one again",
        ),
        pytest.param(
            [PLAIN, config("page_v2", 2), config("page_v2_more", 2), config("other", 3)],
            "page",
            ["page"],
            "page_v3",
            3,
            id="a name that somebody else has is left out",
        ),
        pytest.param(
            [PLAIN, config("page_v2", 1, version=2)],
            "page_v2",
            ["page_v2", "page"],
            "page_v3",
            3,
            id="the number decides for what was made at one moment",
        ),
    ],
)
def test_versions(objects, current, versions, new_name, number):
    for given in (objects, objects[::-1]):
        found = find("page", given)
        assert (found.current or {"Spec": {"Name": None}})["Spec"]["Name"] == current
        assert [raw["Spec"]["Name"] for raw in found.versions] == versions
        assert (found.new_name, found.number) == (new_name, number)


def item(objects, data="old", kind="configs", **options):
    """What is planned for one that is declared."""
    wanted = {"name": "page", "data": data, "data_is_b64": False, "data_src": None, "labels": {}, **options}
    return plan_items(
        KINDS[kind], [{"driver": None, "driver_options": None, "template_driver": None, **wanted}], objects
    )["page"]


@pytest.mark.parametrize(
    ("objects", "data", "action", "name", "older"),
    [
        pytest.param([], "new", "create", "page", [], id="there is none"),
        pytest.param([PLAIN], "old", "keep", "page", [], id="the same"),
        pytest.param([PLAIN], "new", "replace", "page_v2", ["page"], id="other data"),
        pytest.param([PLAIN, SECOND], "old", "keep", "page_v2", ["page"], id="an older one is left"),
        pytest.param([PLAIN, SECOND], "new", "replace", "page_v3", ["page_v2", "page"], id="other data again"),
        # What was once is made anew, as versions are told from each other by their age.
        pytest.param(
            [PLAIN, config("page_v2", 2, "b", 2)], "old", "replace", "page_v3", ["page_v2", "page"], id="back"
        ),
    ],
)
def test_what_becomes_of_a_config(objects, data, action, name, older):
    planned = item(objects, data)
    assert (planned.plan.action, planned.name) == (action, name)
    assert [raw["Spec"]["Name"] for raw in planned.older] == older
    assert planned.id == (None if action in ("create", "replace") else f"id-{name}")


def test_labels_are_written_on_what_there_is():
    planned = item([PLAIN, SECOND], labels={"team": "red"})
    assert (planned.plan.action, planned.name) == ("update", "page_v2")
    assert planned.plan.spec["Labels"]["team"] == "red"


def test_a_secret_of_the_command_is_given_a_fingerprint():
    raw = {**PLAIN, "Spec": {"Name": "page", "Labels": {}}}
    planned = item([raw], "whatever", "secrets")
    assert (planned.plan.action, planned.name) == ("adopt", "page")
    assert "whatever" not in str(planned.plan.diff())
