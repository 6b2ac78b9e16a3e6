# SPDX-License-Identifier: GPL-3.0-or-later
"""What module registry_login keeps of a file, and what it refuses."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from registry.tests.conftest import CONFIG, PASSWORD

testinfra_hosts = ["ansible://node2"]

FOLDER = "/root/other"
FILE = f"{FOLDER}/config.json"
ALICE = "/home/alice/other"
HELPER = Path(__file__).resolve().parents[1] / "files" / "docker-credential-box"


@pytest.fixture
def attempt(run, address):
    """Run the module for the file of the test."""

    def attempt(check=False, **options):
        given = {"registry": address, "username": "deployer", "password": PASSWORD, "config_path": FILE, **options}
        return run("registry_login", check=check, **given)

    return attempt


@pytest.fixture(autouse=True)
def nothing_left(host):
    """A directory of its own."""
    host.check_output(f"mkdir -p {FOLDER}")
    yield
    host.run(f"umount {FOLDER}")
    host.check_output(f"rm -rf {FOLDER} {ALICE} /root/box /home/alice/box /usr/local/bin/docker-credential-box")


def write(host, config):
    text = config if isinstance(config, str) else json.dumps(config)
    host.check_output("printf %%s %s > %s", text, FILE)


def test_other_entries_and_unknown_keys_stay(host, attempt, address):
    other = {"HttpHeaders": {"X": "1"}, "auths": {"b.example.com": {"auth": "YTpi", "new": True}}, "unknown": [1]}
    write(host, other)
    result = attempt()
    assert (result["changed"], result["registries"][0]["verified"]) == (True, True)
    kept = json.loads(host.file(FILE).content_string)
    assert host.file(FILE).mode == 0o600
    assert kept["auths"].pop(address)["auth"]
    assert kept == other
    assert not attempt()["changed"]
    assert host.check_output(f"ls -A {FOLDER}") == "config.json"


def test_a_broken_file_is_kept(host, attempt):
    write(host, '{"auths": {')
    for check in (True, False):
        result = attempt(check=check)
        assert result["failure"]["reason"] == "docker_config"
        assert f"{FILE} cannot be read: it is no JSON" in result["msg"]
    assert host.file(FILE).content_string == '{"auths": {'


@pytest.mark.parametrize(
    ("make", "why"),
    [("install -m 0600 /dev/null", "Permission denied"), ("install -d -o alice", "Is a directory")],
    ids=["of another user", "directory"],
)
def test_a_file_that_cannot_be_read_is_kept(make, why, host, attempt):
    host.check_output(f"install -d -o alice {ALICE} && {make} {ALICE}/config.json")
    before = host.check_output(f"stat {ALICE}/config.json")
    result = attempt(owner="alice", config_path=f"{ALICE}/config.json")
    assert result["failure"]["reason"] == "docker_config"
    assert f"{ALICE}/config.json cannot be read: {why}" in result["msg"]
    assert host.check_output(f"stat {ALICE}/config.json") == before
    assert host.check_output(f"ls -A {ALICE}") == "config.json"


def test_a_directory_that_nobody_may_write_to(host, attempt):
    host.check_output(f"mkdir {ALICE}")
    result = attempt(owner="alice", config_path=f"{ALICE}/config.json")
    assert result["failure"]["reason"] == "docker_config_not_written"
    assert "could not be written: Permission denied" in result["msg"]


def test_a_full_disk_keeps_the_file(host, attempt):
    host.check_output(f"mount -t tmpfs -o size=8k tmpfs {FOLDER}")
    write(host, {"auths": {}})
    host.run(f"head -c 100k /dev/zero > {FOLDER}/filler")
    result = attempt()
    assert result["failure"]["reason"] == "docker_config_not_written"
    assert "No space left on device" in result["msg"]
    assert host.file(FILE).content_string == '{"auths": {}}'
    assert sorted(host.check_output(f"ls -A {FOLDER}").split()) == ["config.json", "filler"]


@pytest.fixture
def helper(host):
    """Credential helper ``box`` is there for all users."""
    host.check_output("printf %%s %s > /usr/local/bin/docker-credential-box", HELPER.read_text(encoding="utf-8"))
    host.check_output("chmod 0755 /usr/local/bin/docker-credential-box")


def test_a_credential_helper(helper, host, attempt, address):
    write(host, {"credHelpers": {address: "box"}})
    assert attempt()["registries"][0]["store"] == "box"
    assert json.loads(host.file(FILE).content_string) == {"credHelpers": {address: "box"}, "auths": {address: {}}}
    assert PASSWORD in host.check_output("cat /root/box")
    assert not attempt()["changed"]
    # Docker gets it from the helper as well.
    assert host.run(f"docker --config {FOLDER} pull -q {address}/team/other:1").rc == 0
    assert attempt(state="absent")["changed"]
    assert not host.file("/root/box").exists


def test_a_credential_helper_of_another_user(helper, host, attempt, address):
    """The helper is that user altogether: what it keeps is the user's, and in the user's home."""
    config = json.dumps({"credHelpers": {address: "box"}})
    host.check_output(f"install -d -o alice {ALICE}")
    host.check_output("su alice -c %s", f"echo '{config}' > {ALICE}/config.json")
    options = {"owner": "alice", "config_path": f"{ALICE}/config.json"}
    assert attempt(**options)["registries"][0]["store"] == "box"
    for file in map(host.file, (f"{ALICE}/config.json", "/home/alice/box")):
        assert (file.user, file.group, file.mode) == ("alice", "alice", 0o600)
    assert PASSWORD in host.file("/home/alice/box").content_string
    assert PASSWORD not in host.file(f"{ALICE}/config.json").content_string
    assert not host.file("/root/box").exists
    assert not attempt(**options)["changed"]
    assert attempt(state="absent", **options)["changed"]
    assert not host.file("/home/alice/box").exists


def test_a_credential_helper_that_is_missing(host, attempt):
    write(host, {"credsStore": "box"})
    result = attempt()
    assert result["failure"]["reason"] == "credential_helper"
    assert "docker-credential-box, which does not answer" in result["msg"]
    assert json.loads(host.file(FILE).content_string) == {"credsStore": "box"}


def test_what_is_no_trusted_registry(host, attempt, address):
    assert attempt(registry="no-such-host.invalid")["failure"]["reason"] == "registry_unknown_host"
    host.check_output(f"mv /etc/docker/certs.d/{address}/ca.crt /root/ca.crt")
    refused, named = attempt(), attempt(ca_cert="/root/ca.crt")
    host.check_output(f"mv /root/ca.crt /etc/docker/certs.d/{address}/ca.crt")
    assert refused["failure"]["reason"] == "registry_untrusted"
    assert named["registries"][0]["verified"]


def test_two_logins_at_once_lose_nothing(login, run, auths, address):
    names = ["one.example.com", "two.example.com"]
    with ThreadPoolExecutor() as pool:
        more = ("--extra-vars", json.dumps({"registry_login_verify": "none"}))
        done = list(pool.map(lambda name: login(*more, nodes=("node2",), registry=name), names))
    assert [outcome.changed for outcome in done]
    gone = [{"registry": name, "state": "absent"} for name in names]
    for user, path in (("root", CONFIG), ("alice", "/home/alice/.docker/config.json")):
        assert set(auths("node2", path)) == {address, *names}
        assert run("registry_login", registries=gone, owner=user)["changed"]
        assert set(auths("node2", path)) == {address}
