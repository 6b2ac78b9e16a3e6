# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.info import REGISTRY_INFO, look_up, of_images

PASSWORD = "hidden-in-every-answer"
AUTH = {"auth": base64.b64encode(f"ann:{PASSWORD}".encode()).decode()}
HUB = "https://index.docker.io/v1/"


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """Docker's configuration of the user is this."""

    def configured(config):
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))

    return configured


def ask(registry=None, **options):
    params = {name: entry.get("default") for name, entry in argument_spec(REGISTRY_INFO).items()}
    rows = look_up({**params, **options}, registry)["registries"]
    assert PASSWORD not in repr(rows)
    return rows


def who(rows):
    """What is told, in short."""
    return {row["registry"]: (row["resolved"], row["username"], row["store"]) for row in rows}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"auths": {"reg:5000": AUTH}}, (True, "ann", "file")),
        ({"auths": {"https://reg:5000/v1/": AUTH}}, (True, "ann", "file")),
        ({"auths": {"reg": AUTH}}, (False, None, None)),
        ({"auths": {"reg:5000": {}}}, (False, None, None)),
        ({"auths": {"reg:5000": {"identitytoken": PASSWORD, "username": "ann"}}}, (True, "ann", "file")),
        ({"auths": {"reg:5000": {"identitytoken": PASSWORD}}}, (True, None, "file")),
        ({}, (False, None, None)),
    ],
)
def test_what_is_stored_for_a_registry(configured, config, told):
    configured(config)
    assert who(ask(registries=["reg:5000"])) == {"reg:5000": told}
    assert who(of_images(["reg:5000/team/web:1"])) == {"reg:5000": told}


def test_the_registries_of_images_are_told_once(configured):
    configured({"auths": {HUB: AUTH}})
    rows = ask(registries=["docker.io"], images=["nginx:1", "reg:5000/a", "reg:5000/b:2", "team/web"])
    assert [(row["registry"], row["resolved"], row["images"]) for row in rows] == [
        ("docker.io", True, ["nginx:1", "team/web"]),
        ("reg:5000", False, ["reg:5000/a", "reg:5000/b:2"]),
    ]


def test_without_names_it_is_what_the_configuration_names(configured, box):
    configured({"auths": {HUB: AUTH, "b": AUTH}, "credHelpers": {"c": "box"}})
    assert who(ask()) == {"docker.io": (True, "ann", "file"), "b": (True, "ann", "file"), "c": (False, None, None)}
    assert box() == ["get c"]
    assert ask(registries=[]) == []


def test_a_helper_that_fails_is_told_and_the_others_are_as_well(configured):
    configured({"auths": {"b": AUTH}, "credHelpers": {"c": "nowhere-to-be-found"}})
    rows = ask(registries=["c", "b"])
    assert [row["resolved"] for row in rows] == [False, True]
    assert "docker-credential-nowhere-to-be-found" in rows[0]["error"]


def test_a_file_that_cannot_be_read_fails_and_is_told_of_images(configured):
    configured("{broken")
    with pytest.raises(SwarmError) as caught:
        ask(registries=["b"])
    assert caught.value.reason == "docker_config"
    rows = of_images(["b.example.com/web", "nginx"])
    assert [(row["registry"], row["resolved"]) for row in rows] == [("b.example.com", False), ("docker.io", False)]
    assert all("it is no JSON" in row["error"] for row in rows)


class Asked:
    """A registry that takes one password."""

    def __init__(self, name, timeout):
        self.name, self.timeout = name, timeout

    def check(self, username, password):
        if self.name == "stale":
            raise SwarmError(f"registry {self.name} does not take this password of user {username}")
        return self.name != "open"


def test_registries_are_asked_if_that_is_wanted(configured):
    configured({"auths": {"right": AUTH, "stale": AUTH, "open": AUTH, "token": {"identitytoken": PASSWORD}}})
    rows = {row["registry"]: row for row in ask(Asked, verify="registry")}
    assert {name: row["verified"] for name, row in rows.items()} == {
        "right": True,
        "stale": None,
        "open": False,
        "token": None,
    }
    assert "does not take this password of user ann" in rows["stale"]["error"]
    assert all(row["verified"] is None for row in ask(Asked))
