# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.credentials import HEADER, Credentials
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.names import (
    DOCKER_HUB_KEY,
    registry_of,
    same_registry,
)

HELPER = """#!/bin/sh
read -r key
case "$1 $key" in
  "get one.example.com") echo '{"ServerURL": "one.example.com", "Username": "ann", "Secret": "s1"}' ;;
  "get two.example.com") echo '{"ServerURL": "two.example.com", "Username": "<token>", "Secret": "t2"}' ;;
  "get three.example.com") echo "credentials not found in native keychain"; exit 1 ;;
  *) echo "the keychain is locked" >&2; exit 1 ;;
esac
"""


def secret(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def configured(tmp_path):
    """Credentials by a configuration of docker that a test writes."""

    def configured(config, **params):
        if config is not None:
            (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
        given = {"with_registry_auth": True, "registry_auth": [], **params}
        return Credentials(given, {"DOCKER_CONFIG": str(tmp_path)})

    return configured


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """A credential helper on the path."""
    program = tmp_path / "docker-credential-box"
    program.write_text(HELPER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def sent(credentials, image):
    headers = credentials.headers(image)
    return json.loads(base64.urlsafe_b64decode(headers[HEADER])) if headers else None


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("web", "docker.io"),
        ("web:1", "docker.io"),
        ("library/web@sha256:abc", "docker.io"),
        ("docker.io/library/web", "docker.io"),
        ("index.docker.io/library/web", "docker.io"),
        ("localhost/web", "localhost"),
        ("localhost:5000/web", "localhost:5000"),
        ("registry.example.com/team/web:1", "registry.example.com"),
        ("registry.example.com:5000/web", "registry.example.com:5000"),
    ],
)
def test_the_registry_of_an_image(image, registry):
    assert registry_of(image) == registry


@pytest.mark.parametrize(
    ("text", "registry"),
    [
        (DOCKER_HUB_KEY, "docker.io"),
        ("https://registry.example.com/v2/", "registry.example.com"),
        ("http://registry.example.com:5000", "registry.example.com:5000"),
        ("registry.hub.docker.com", "docker.io"),
    ],
)
def test_one_name_for_a_registry(text, registry):
    assert same_registry(text) == registry


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"auth": secret("ann:pw:with:colons")}, {"username": "ann", "password": "pw:with:colons"}),
        ({"auth": secret("ann:pw"), "identitytoken": "t"}, {"identitytoken": "t"}),
        ({"username": "ann", "password": "pw"}, {"username": "ann", "password": "pw"}),
        ({}, None),
        ({"auth": ""}, None),
    ],
)
def test_an_entry_of_the_configuration(configured, entry, expected):
    credentials = configured({"auths": {"https://registry.example.com/v1/": entry}})
    wanted = expected and {**expected, "serveraddress": "registry.example.com"}
    assert sent(credentials, "registry.example.com/web") == wanted


def test_docker_hub_is_known_by_its_old_address(configured):
    credentials = configured({"auths": {DOCKER_HUB_KEY: {"auth": secret("ann:pw")}}})
    assert sent(credentials, "web") == {"username": "ann", "password": "pw", "serveraddress": DOCKER_HUB_KEY}


@pytest.mark.parametrize("config", [None, {}, {"auths": {}}, {"auths": {"other.example.com": {"auth": "x"}}}])
def test_without_credentials_no_header_is_sent(configured, config):
    assert configured(config).headers("registry.example.com/web") == {}


def test_docker_s_configuration_counts_only_if_asked_for(configured):
    config = {"auths": {"registry.example.com": {"auth": secret("ann:pw")}}}
    assert configured(config, with_registry_auth=False).headers("registry.example.com/web") == {}


def test_what_the_task_gives_wins(configured):
    given = [{"registry": "registry.example.com", "username": "bob", "password": "new"}]
    credentials = configured({"auths": {"registry.example.com": {"auth": secret("ann:pw")}}}, registry_auth=given)
    assert sent(credentials, "registry.example.com/web")["username"] == "bob"


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ("one.example.com", {"username": "ann", "password": "s1", "serveraddress": "one.example.com"}),
        ("two.example.com", {"identitytoken": "t2", "serveraddress": "two.example.com"}),
        ("three.example.com", None),
    ],
)
@pytest.mark.parametrize("store", ["credsStore", "credHelpers"])
def test_a_credential_helper(configured, helper, registry, expected, store):
    config = {"credsStore": "box"} if store == "credsStore" else {"credHelpers": {registry: "box"}}
    assert sent(configured(config), f"{registry}/web") == expected


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("{broken", "cannot be read"),
        ({"auths": {"a.example.com": {"auth": "%%%"}}}, "broken credentials for a.example.com; log in again"),
        ({"credsStore": "box"}, "docker-credential-box fails: the keychain is locked"),
        ({"credsStore": "missing"}, "names the credential helper docker-credential-missing"),
    ],
)
def test_what_is_wrong_is_told(configured, helper, config, words):
    with pytest.raises(SwarmError, match=words):
        configured(config).headers("a.example.com/web")
