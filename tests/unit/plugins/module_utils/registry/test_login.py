# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What module registry_login makes of docker's configuration."""

from __future__ import annotations

import base64
import functools
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import fill
from ansible_collections.flotilla.swarm.plugins.module_utils.registry import docker_config
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.ask import Registry
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.login import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.login_fields import LOGIN

HUB = "https://index.docker.io/v1/"
A = "a.example.com:5000"


def auth(username, password):
    return base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "docker" / "config.json"


@pytest.fixture
def write(path):
    """Write docker's configuration."""

    def write(config):
        path.parent.mkdir(exist_ok=True)
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        path.chmod(0o600)

    return write


@pytest.fixture
def login(path, tmp_path):
    """Run the module; nobody is asked unless a test says so."""

    def login(check=False, **options):
        given = {"config_path": str(path), "verify": "none", **options}
        if "registries" not in given and "registry_url" not in given:
            given["registry_url"] = A
        if given.get("state") != "absent" and "registries" not in given:
            given = {"username": "ann", "password": "pw", **given}
        return ensure(fill(LOGIN, given), check, functools.partial(Registry, certificates=str(tmp_path)))

    return login


def read(path):
    return json.loads(path.read_text())


@pytest.mark.parametrize(
    ("name", "key"),
    [(A, A), (f"https://{A}/v2/", A), ("docker.io", HUB), ("registry.hub.docker.com", HUB), (HUB, HUB), (None, HUB)],
)
def test_an_entry_as_docker_writes_it(login, path, name, key):
    assert login(registry_url=name)["changed"]
    expected = {"auths": {key: {"auth": auth("ann", "pw")}}}
    assert path.read_text() == json.dumps(expected, indent="\t")
    assert not login(registry_url=name)["changed"]
    assert not login(registry_url=name, check=True)["changed"]


def test_the_file_is_for_its_user_alone(login, path):
    login()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    assert login(check=True)["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert login()["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not login()["changed"]


def test_whatever_else_the_file_holds_stays_where_it_is(login, path, write):
    other = {"HttpHeaders": {"X": "ü"}, "auths": {"b.example.com": {"auth": "x", "new": 1}}, "plugins": {"a": [None]}}
    write(other)
    login()
    expected = {**other, "auths": {**other["auths"], A: {"auth": auth("ann", "pw")}}}
    assert json.dumps(read(path)) == json.dumps(expected)
    login(state="absent")
    assert json.dumps(read(path)) == json.dumps(other)


def test_an_entry_keeps_what_is_not_about_credentials_and_has_one_key(login, path, write):
    write({"auths": {f"https://{A}/v1/": {"auth": auth("ann", "old"), "email": "a@example.com"}, A: {}}})
    assert login()["changed"]
    assert read(path) == {"auths": {A: {"auth": auth("ann", "pw")}}}
    write({"auths": {f"https://{A}": {"auth": auth("ann", "pw")}}})
    assert not login()["changed"]


@pytest.mark.parametrize(
    "text", ["{broken", "[]", "null", '{"auths": []}', '{"auths": {"a": 1}}', '{"credHelpers": "x"}', "\udcff"]
)
@pytest.mark.parametrize("check", [True, False])
def test_a_file_that_docker_could_not_read_is_kept(login, path, write, text, check):
    data = text.encode("utf-8", "surrogateescape")
    write("")
    path.write_bytes(data)
    with pytest.raises(SwarmError, match=f"{path} cannot be read: .*it was left as it is") as caught:
        login(check=check)
    assert caught.value.reason == "docker_config"
    assert path.read_bytes() == data


def test_an_empty_file_is_none_yet(login, path, write):
    write("")
    assert login()["changed"]
    assert list(read(path)) == ["auths"]


def test_a_write_that_fails_leaves_the_file(login, path, write, monkeypatch):
    write({"auths": {}})

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(docker_config.os, "fsync", full)
    with pytest.raises(SwarmError, match="could not be written: No space left on device; it is as it was") as caught:
        login()
    assert caught.value.reason == "docker_config_not_written"
    assert path.read_text() == '{"auths": {}}'
    assert os.listdir(path.parent) == ["config.json"]


def test_a_link_is_followed(login, path, tmp_path):
    path.parent.mkdir()
    path.symlink_to(tmp_path / "real.json")
    login()
    assert path.is_symlink()
    assert A in read(tmp_path / "real.json")["auths"]


def test_logins_at_once_lose_nothing(login, path):
    names = [f"r{number}.example.com" for number in range(24)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda name: login(registry_url=name), names))
    assert sorted(read(path)["auths"]) == sorted(names)


def test_several_registries_and_a_state_for_each(login, path, write):
    write({"auths": {"old.example.com": {"auth": auth("ann", "pw")}}})
    wanted = [
        {"registry": A, "username": "ann", "password": "pw"},
        {"registry": "docker.io", "username": "bob", "password": "pw2"},
        {"registry": "old.example.com", "state": "absent"},
    ]
    planned = login(check=True, registries=wanted)
    assert list(read(path)["auths"]) == ["old.example.com"]
    done = login(registries=wanted)
    assert planned == done
    assert read(path)["auths"] == {A: {"auth": auth("ann", "pw")}, HUB: {"auth": auth("bob", "pw2")}}
    assert [row["changed"] for row in done["registries"]] == [True, True, True]
    assert not login(registries=wanted)["changed"]
    assert login(registries=[{"registry": A}, {"registry": HUB}], state="absent")["changed"]
    assert read(path)["auths"] == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"password": None}, f"registry {A} needs a password to log in"),
        ({"username": ""}, f"registry {A} needs a username to log in"),
        ({"username": "a:b"}, "a username has no colon"),
        ({"registry_url": f"http://{A}"}, "plain HTTP.*or say insecure: true"),
        (
            {"registries": [{"registry": "docker.io", "state": "absent"}, {"registry": HUB, "state": "absent"}]},
            "more than",
        ),
        ({"owner": "no-such-user"}, "owner: this host has no user no-such-user"),
    ],
)
def test_what_cannot_be_is_refused(login, path, options, words):
    with pytest.raises(SwarmError, match=words):
        login(**options)
    assert not path.exists()


@pytest.mark.parametrize(
    ("before", "options", "shown"),
    [
        (None, {}, ("not logged in", "logged in as ann")),
        (auth("ann", "old"), {}, ("logged in as ann", "logged in as ann, with another password")),
        (auth("bob", "pw"), {}, ("logged in as bob", "logged in as ann")),
        (auth("bob", "pw"), {"state": "absent"}, ("logged in as bob", "not logged in")),
        (auth("ann", "pw"), {}, ("logged in as ann", "logged in as ann")),
    ],
)
def test_the_diff_says_who_is_logged_in(login, write, before, options, shown):
    write({"auths": {A: {"auth": before}} if before else {}})
    diff = login(check=True, **options)["diff"]
    assert (diff["before"][A], diff["after"][A]) == shown


@pytest.mark.parametrize(
    ("options", "kept"),
    [({}, True), ({"username": "bob"}, False), ({"reauthorize": True}, False), ({"state": "absent"}, False)],
)
def test_an_identity_token_of_the_user_is_kept(login, path, write, options, kept):
    entry = {"auth": auth("ann", ""), "identitytoken": "token"}
    write({"auths": {A: entry}})
    assert login(**options)["changed"] is not kept
    assert (read(path)["auths"].get(A) == entry) is kept
    assert "token" not in path.read_text() or kept


@pytest.mark.parametrize("config", [{"credsStore": "box"}, {"credHelpers": {A: "box"}, "credsStore": "other"}])
def test_a_credential_helper(login, path, write, box, config):
    write({**config, "auths": {A: {"auth": auth("ann", "in the file")}}})
    assert login(check=True)["changed"]
    assert box() == [f"get {A}"]
    result = login()
    assert result["registries"][0]["store"] == "box"
    assert read(path) == {**config, "auths": {A: {}}}
    assert not login()["changed"]
    assert login(password="new")["changed"]
    assert login(state="absent")["changed"]
    assert not login(state="absent")["changed"]
    assert read(path) == {**config, "auths": {}}
    assert [call.split()[0] for call in box() if not call.startswith("get")] == ["store", "store", "erase"]


def test_a_helper_that_is_missing_leaves_everything(login, path, write):
    write({"credsStore": "none-such"})
    with pytest.raises(SwarmError, match="docker-credential-none-such") as caught:
        login()
    assert caught.value.reason == "credential_helper"
    assert read(path) == {"credsStore": "none-such"}


def test_the_registry_is_asked_once_and_before_anything_is_written(login, path, serve, authority):
    served = serve("basic")
    options = {"registry_url": served.name, "verify": "registry", "ca_cert": str(authority.ca)}
    right = {**options, "password": "right:password"}
    with pytest.raises(SwarmError) as caught:
        login(**options)
    assert (caught.value.reason, caught.value.result["changed"]) == ("wrong_password", False)
    assert not path.exists()
    served.requests.clear()
    assert login(check=True, **right)["changed"]
    assert served.requests == []
    assert login(**right)["registries"][0]["verified"] is True
    served.requests.clear()
    assert login(**right)["registries"][0]["verified"] is None
    assert served.requests == []
    again = login(reauthorize=True, **right)
    assert (again["changed"], again["registries"][0]["verified"]) == (False, True)
    before = path.read_text()
    with pytest.raises(SwarmError):
        login(**options)
    assert path.read_text() == before


def test_one_registry_that_refuses_does_not_keep_the_others(login, path, serve, authority):
    good, bad = serve("basic"), serve("failing")
    common = {"username": "ann", "password": "right:password", "ca_cert": str(authority.ca)}
    wanted = [{"registry": served.name, **common} for served in (bad, good)]
    with pytest.raises(SwarmError, match=f"registry {bad.name} is out of order") as caught:
        login(registries=wanted, verify="registry")
    assert caught.value.details == {"registries": {bad.name: "registry_failing"}}
    assert caught.value.result["changed"]
    assert [row["changed"] for row in caught.value.result["registries"]] == [False, True]
    assert caught.value.result["diff"]["after"] == {bad.name: "not logged in", good.name: "logged in as ann"}
    assert list(read(path)["auths"]) == [good.name]
