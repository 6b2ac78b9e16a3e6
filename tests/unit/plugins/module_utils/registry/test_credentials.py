# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.credentials import (
    HEADER,
    REGISTRY_AUTH,
    Credentials,
    kept_from,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.names import DOCKER_HUB_KEY
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.refresh import REFRESH

HELPER = """#!/bin/sh
read -r key
case "$1 $key" in
  "get one.example.com") echo '{"ServerURL": "one.example.com", "Username": "ann", "Secret": "s1"}' ;;
  "get two.example.com") echo '{"ServerURL": "two.example.com", "Username": "<token>", "Secret": "t2"}' ;;
  "get three.example.com") echo "credentials not found in native keychain"; exit 1 ;;
  "get four.example.com") echo '{"ServerURL": "four.example.com", "Username": "", "Secret": ""}' ;;
  *) echo "the keychain is locked" >&2; exit 1 ;;
esac
"""


def secret(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def configured(tmp_path):
    """Credentials by a configuration of docker that a test writes."""

    def configured(config, warn=None, **params):
        if config is not None:
            (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
        given = {"with_registry_auth": True, "registry_auth": [], **params}
        return Credentials(given, warn, {"DOCKER_CONFIG": str(tmp_path)})

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
    ("entry", "expected"),
    [
        ({"auth": secret("ann:pw:with:colons")}, {"username": "ann", "password": "pw:with:colons"}),
        ({"auth": secret("ann:pw"), "identitytoken": "t"}, {"identitytoken": "t"}),
        ({"username": "ann", "password": "pw"}, {"username": "ann", "password": "pw"}),
        ({}, None),
        ({"auth": ""}, None),
        ({"auth": secret("ann:")}, None),
        ({"auth": secret("ann:"), "identitytoken": "t"}, {"identitytoken": "t"}),
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


@pytest.mark.parametrize(("wanted", "sends"), [(None, True), (True, True), (False, False)])
def test_docker_s_configuration_counts_unless_it_is_not_wanted(configured, wanted, sends):
    config = {"auths": {"registry.example.com": {"auth": secret("ann:pw")}}}
    assert bool(configured(config, with_registry_auth=wanted).headers("registry.example.com/web")) is sends


def test_who_is_asked_by_default():
    assert "default" not in argument_spec(REGISTRY_AUTH)["with_registry_auth"]
    assert argument_spec(REFRESH)["with_registry_auth"]["default"] is False


ONE, TWO = {"auth": secret("one:1")}, {"auth": secret("two:2")}


@pytest.mark.parametrize(
    ("auths", "image", "user"),
    [
        pytest.param({DOCKER_HUB_KEY: ONE}, "web", "one", id="an official image"),
        pytest.param({DOCKER_HUB_KEY: ONE}, "team/web@sha256:abc", "one", id="an image of a user, by digest"),
        pytest.param({DOCKER_HUB_KEY: ONE}, "registry-1.docker.io/team/web", "one", id="Docker Hub's host"),
        pytest.param({"docker.io": ONE}, "index.docker.io/team/web:1", "one", id="Docker Hub by its short name"),
        pytest.param({"docker.io": ONE, DOCKER_HUB_KEY: TWO}, "web", "two", id="docker's own key for Docker Hub"),
        pytest.param({"reg.example.com": ONE}, "reg.example.com:5000/web", None, id="another port"),
        pytest.param({"reg.example.com:5000": ONE}, "reg.example.com/web", None, id="no port"),
        pytest.param({"reg.example.com": ONE}, "team/web", None, id="Docker Hub, and somebody else's credentials"),
        pytest.param({"[::1]:5000": ONE}, "[::1]:5000/web", "one", id="an address"),
        pytest.param({"reg.example.com": ONE}, "Reg.Example.com/web", "one", id="upper case"),
        pytest.param({"reg.example.com": ONE, "REG.example.com": TWO}, "REG.example.com/w", "two", id="the same case"),
        # Seen with docker 20.10 and 26.1: a path counts for the whole registry, unless there is a key without one.
        pytest.param({"reg.example.com/a": ONE, "reg.example.com/b": TWO}, "reg.example.com/b/web", "one", id="paths"),
        pytest.param({"reg.example.com/a": ONE, "reg.example.com": TWO}, "reg.example.com/a/web", "two", id="no path"),
        pytest.param({"reg.example.com/a": ONE, "reg.example.com": {}}, "reg.example.com/a/web", None, id="empty"),
    ],
)
def test_which_entry_is_for_an_image(configured, auths, image, user):
    found = sent(configured({"auths": auths}), image)
    assert (found and found["username"]) == user


def test_what_the_task_gives_wins(configured):
    given = [{"registry": "registry.example.com", "username": "bob", "password": "new"}]
    credentials = configured({"auths": {"registry.example.com": {"auth": secret("ann:pw")}}}, registry_auth=given)
    assert sent(credentials, "registry.example.com/web")["username"] == "bob"
    assert sent(credentials, "REGISTRY.example.com/web")["username"] == "bob"


@pytest.mark.parametrize("name", ["username", "password"])
def test_what_the_task_gives_is_never_empty(configured, name):
    given = {"registry": "registry.example.com", "username": "bob", "password": "new", name: ""}
    with pytest.raises(InvalidOption, match=f"registry_auth: the {name} for registry.example.com is empty"):
        configured({}, registry_auth=[given])


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ("one.example.com", {"username": "ann", "password": "s1", "serveraddress": "one.example.com"}),
        ("two.example.com", {"identitytoken": "t2", "serveraddress": "two.example.com"}),
        ("three.example.com", None),
        pytest.param("four.example.com", None, id="one that answers with nothing"),
    ],
)
@pytest.mark.parametrize("store", ["credsStore", "credHelpers"])
def test_a_credential_helper(configured, helper, registry, expected, store):
    config = {"credsStore": "box"} if store == "credsStore" else {"credHelpers": {registry: "box"}}
    assert sent(configured(config), f"{registry}/web") == expected


WRONG = [
    ("{broken", "cannot be read: it is no JSON"),
    ("[]", "cannot be read: it is no JSON object"),
    ({"auths": {"a.example.com": {"auth": "%%%"}}}, "broken credentials for a.example.com; log in again"),
    ({"auths": {"a.example.com": {"auth": [1]}}}, "broken credentials for a.example.com; log in again"),
    ({"credsStore": "box"}, "docker-credential-box fails: the keychain is locked"),
    ({"credsStore": "missing"}, "names the credential helper docker-credential-missing"),
]


@pytest.mark.parametrize(("config", "words"), WRONG)
def test_what_is_wrong_is_an_error_where_credentials_are_wanted(configured, helper, config, words):
    warnings = []
    with pytest.raises(SwarmError, match=words):
        configured(config, warnings.append).headers("a.example.com/web")
    assert warnings == []


@pytest.mark.parametrize(("config", "words"), WRONG)
def test_what_is_wrong_is_a_warning_by_default(configured, helper, config, words):
    warnings = []
    credentials = configured(config, warnings.append, with_registry_auth=None)
    for _turn in range(2):
        assert credentials.headers("a.example.com/web") == {}
    assert len(warnings) == 1
    assert words in warnings[0]
    assert warnings[0].endswith(
        "No credentials are sent for a.example.com; with_registry_auth: false does without them"
    )


def test_a_configuration_that_cannot_be_read_is_told_once(configured):
    warnings = []
    credentials = configured("{broken", warnings.append, with_registry_auth=None)
    assert credentials.headers("a.example.com/web") == credentials.headers("b.example.com/web") == {}
    assert len(warnings) == 1


def test_a_configuration_that_cannot_be_read_matters_only_where_it_counts(configured):
    own = [{"registry": "a.example.com", "username": "bob", "password": "new"}]
    warnings = []
    for wanted in (None, True, False):
        credentials = configured("{broken", warnings.append, with_registry_auth=wanted, registry_auth=own)
        assert sent(credentials, "a.example.com/web")["username"] == "bob"
    assert credentials.headers("b.example.com/web") == {}
    assert warnings == []


def service(current, previous=None):
    def spec(image):
        return {"TaskTemplate": {"ContainerSpec": {"Image": image}}}

    return {"Spec": spec(current), **({"PreviousSpec": spec(previous)} if previous else {})}


@pytest.mark.parametrize(
    ("raw", "image", "kept"),
    [
        pytest.param(service("a.example.com/w:1"), "a.example.com/w:2", None, id="the same registry"),
        pytest.param(service("a.example.com/w:2", "a.example.com/w:1"), "a.example.com/w:1", None, id="as it was"),
        pytest.param(service("a.example.com/w:1"), "b.example.com/w:1", None, id="another registry"),
        pytest.param(service("b.example.com/w", "a.example.com/w"), "a.example.com/w:1", "previous-spec", id="back"),
        pytest.param(service("web", "a.example.com/w"), "a.example.com/w:1", "previous-spec", id="from Docker Hub"),
        pytest.param(service("a.example.com/w", "docker.io/web"), "web", "previous-spec", id="to Docker Hub"),
        pytest.param(service("b.example.com/w", "a.example.com/w"), "c.example.com/w", None, id="a third one"),
    ],
)
def test_from_where_the_engine_keeps_credentials(raw, image, kept):
    assert kept_from(raw, image) == kept
