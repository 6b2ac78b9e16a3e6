# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry with a token server, beside one that takes passwords itself: one task for both, and identity tokens."""

from __future__ import annotations

import base64
import json

import pytest
from registry.tests.conftest import PASSWORD

testinfra_hosts = ["ansible://node1"]

FOLDER = "/root/tokens"
FILE = f"{FOLDER}/config.json"
ROBOT = "password-of-the-robot-cXV4"
GUESS = "guess-0815"
OTHER = "node5"


def entry(username, password):
    """An entry of docker's configuration with a password."""
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


@pytest.fixture
def token_address(host, address):
    """Name of the registry with a token server; the Engine trusts it during the test."""
    name = address.replace(":5000", ":5001")
    trusted = "/etc/docker/certs.d"
    host.check_output(f"mkdir -p {FOLDER} {trusted}/{name} && cp {trusted}/{address}/ca.crt {trusted}/{name}/")
    yield name
    host.run(f"docker rmi -f {name}/team/token:1 {address}/team/other:1")
    host.check_output(f"rm -rf {FOLDER} {trusted}/{name}")


@pytest.fixture
def attempt(run, address, token_address):
    """Run the module for both registries, or for one of them."""

    def attempt(robot=ROBOT, only_token=False, check=False, **options):
        registries = [
            {"registry": address, "username": "deployer", "password": PASSWORD},
            {"registry": token_address, "username": "robot", "password": robot},
        ]
        return run("registry_login", check=check, registries=registries[only_token:], config_path=FILE, **options)

    return attempt


@pytest.fixture
def auths_of_file(host):
    """The entries of the file."""
    return lambda: json.loads(host.file(FILE).content_string)["auths"]


@pytest.fixture
def pull(host):
    """Whether the Engine pulls an image with what is in the file."""

    def pull(image):
        host.run(f"docker rmi -f {image}")
        return host.run(f"docker --config {FOLDER} pull -q {image}").rc == 0

    return pull


def test_two_registries_in_one_task(attempt, auths_of_file, pull, address, token_address):
    images = [f"{address}/team/other:1", f"{token_address}/team/token:1"]
    assert not any(map(pull, images))
    result = attempt()
    assert [(one["registry"], one["verified"]) for one in result["registries"]] == [
        (address, True),
        (token_address, True),
    ]
    assert auths_of_file() == {address: entry("deployer", PASSWORD), token_address: entry("robot", ROBOT)}
    assert all(map(pull, images))
    assert not attempt()["changed"]


def test_one_of_two_takes_no_password(attempt, auths_of_file, address, token_address):
    result = attempt(robot=GUESS)
    assert result["failure"] == {"reason": "wrong_password", "registries": {token_address: "wrong_password"}}
    assert f"registry {token_address} does not take this password of user robot" in result["msg"]
    assert [one["changed"] for one in result["registries"]] == [True, False]
    assert auths_of_file() == {address: entry("deployer", PASSWORD)}


@pytest.fixture
def no_token_server(on, until, token_address):
    """The token server is down during the test."""
    server = token_address.replace(":5001", ":5002")
    on("node7", "systemctl stop token-server")
    yield server
    on("node7", "systemctl start token-server")
    ask = f"curl -sk -o /dev/null -w %{{http_code}} https://{server}/ || true"
    until(lambda: on("node7", ask) == "401")


def test_the_token_server_is_down(no_token_server, attempt, host, token_address):
    result = attempt(only_token=True)
    assert result["failure"]["reason"] == "registry_unreachable"
    assert (
        f"token server {no_token_server} of registry {token_address} cannot be reached: Connection refused"
        in result["msg"]
    )
    assert not host.file(FILE).exists


def test_an_identity_token_is_kept(attempt, auths_of_file, pull, host, address, token_address):
    image = f"{token_address}/team/token:1"
    host.check_output(f"printf %s {ROBOT} | docker --config {FOLDER} login -u robot --password-stdin {token_address}")
    kept = auths_of_file()[token_address]
    assert kept == {**entry("robot", ""), "identitytoken": kept["identitytoken"]}
    for check in (True, False):
        assert not attempt(only_token=True, check=check)["changed"]
    assert attempt()["changed"]
    assert auths_of_file() == {address: entry("deployer", PASSWORD), token_address: kept}
    assert pull(image)

    # A token for an older password is of no use any more.
    assert attempt(only_token=True, reauthorize=True)["registries"][0]["verified"]
    assert auths_of_file()[token_address] == entry("robot", ROBOT)
    assert pull(image)


@pytest.fixture
def identity(host, on, docker, token_address):
    """Root of this manager has an identity token, and another node nothing but trust in the registry."""
    ca = host.check_output(f"cat /etc/docker/certs.d/{token_address}/ca.crt")
    host.check_output(f"printf %s {ROBOT} | docker login -u robot --password-stdin {token_address}")
    on(OTHER, f"mkdir -p /etc/docker/certs.d/{token_address}")
    on(OTHER, f"echo '{ca}' > /etc/docker/certs.d/{token_address}/ca.crt")
    yield
    host.run("docker service rm tokens")
    docker("logout", token_address)
    on(OTHER, f"rm -r /etc/docker/certs.d/{token_address}")


def test_a_service_pulls_with_an_identity_token(identity, run, docker, auths, token_address):
    assert "identitytoken" in auths("node1")[token_address]
    done = run(
        "service",
        check=False,
        name="tokens",
        image=f"{token_address}/team/token:1",
        args=["sleep", "10000"],
        stop_grace_period="1s",
        placement={"constraints": [f"node.hostname=={OTHER}"]},
        with_registry_auth=True,
    )
    assert "msg" not in done, done["msg"]
    assert "Running" in docker("service", "ps", "tokens", "--format", "{{.CurrentState}}")
    assert token_address not in auths(OTHER)
