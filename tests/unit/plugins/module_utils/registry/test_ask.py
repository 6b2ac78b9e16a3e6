# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a registry takes credentials, and a sentence for each way in which it does not."""

from __future__ import annotations

import socket
import ssl

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.ask import HOSTS, Registry, challenges, trouble

USER, PASSWORD = "ann", "right:password"


@pytest.fixture
def asked(serve, authority, tmp_path):
    """Ask a registry of a kind; return what it says and the requests that it got."""

    def asked(kind, password=PASSWORD, tls=True, **options):
        served = serve(kind, tls)
        options = {"ca_cert": str(authority.ca), "timeout": 10, "certificates": str(tmp_path), **options}
        return Registry(served.name, **options).check(USER, password), served

    return asked


@pytest.mark.parametrize(
    ("kind", "verified", "requests"),
    [("basic", True, 2), ("bearer", True, 3), ("bearer 403", True, 3), ("open", False, 1)],
)
def test_credentials_that_are_taken(asked, kind, verified, requests):
    taken, served = asked(kind)
    assert taken is verified
    assert len(served.requests) == requests


@pytest.mark.parametrize(
    ("kind", "options", "reason", "words"),
    [
        ("basic", {"password": "wrong"}, "wrong_password", "does not take this password of user ann"),
        ("bearer", {"password": "wrong"}, "wrong_password", "does not take this password of user ann"),
        ("bearer 403", {"password": "wrong"}, "wrong_password", "make a new token"),
        ("limited", {}, "registry_rate_limit", "limits the rate of requests .HTTP 429.; run this again later"),
        ("limited tokens", {}, "registry_rate_limit", "^token server .* of registry .*; run this again in 60 seconds"),
        ("failing", {}, "registry_failing", "is out of order .HTTP 503."),
        ("forbidding", {}, "registry_forbidden", "forbids this host"),
        ("website", {}, "no_registry", "there is no registry .it answers HTTP 200"),
        ("nothing", {}, "no_registry", "there is no registry .it answers HTTP 404"),
        ("no challenge", {}, "no_registry", "there is no registry"),
        ("digest", {}, "no_registry", "there is no registry"),
        ("no token", {}, "no_registry", "gives no token"),
        ("plain token server", {}, "registry_insecure", "^token server 127.0.0.1:1 of registry .* does not speak TLS"),
        ("basic", {"ca_cert": None}, "registry_untrusted", "is not trusted: .*; name its authority in ca_cert"),
        ("basic", {"tls": False}, "registry_insecure", "does not speak TLS.* or say insecure: true"),
        ("basic", {"ca_cert": "/none.crt"}, "invalid_certificate", "cannot be read: No such file"),
        ("basic", {"ca_cert": "-----BEGIN CERTIFICATE-----"}, "invalid_certificate", "correct ca_cert"),
    ],
)
def test_why_credentials_are_not_taken(asked, kind, options, reason, words):
    with pytest.raises(SwarmError, match=words) as caught:
        asked(kind, **options)
    assert caught.value.reason == reason
    assert PASSWORD not in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_no_password_is_sent_to_a_registry_that_is_not_trusted(serve, tmp_path):
    for tls in (True, False):
        served = serve("basic", tls)
        with pytest.raises(SwarmError):
            Registry(served.name, timeout=10, certificates=str(tmp_path)).check(USER, PASSWORD)
        assert served.requests == []


@pytest.mark.parametrize("tls", [True, False], ids=["untrusted", "plain"])
def test_an_insecure_registry_is_asked_if_told_so(asked, tls):
    assert asked("basic", tls=tls, ca_cert=None, insecure=True)[0]
    assert asked("bearer", tls=tls, ca_cert=None, insecure=True)[0]


def test_an_authority_may_be_given_as_text_or_be_where_the_engine_has_it(asked, serve, authority, tmp_path):
    assert asked("basic", ca_cert=authority.ca.read_text())[0]
    served = serve("basic")
    folder = tmp_path / served.name
    folder.mkdir()
    (folder / "ca.crt").write_text(authority.ca.read_text())
    assert Registry(served.name, timeout=10, certificates=str(tmp_path)).check(USER, PASSWORD)


def test_the_token_server_is_told_the_service(asked):
    path, _authorization = asked("bearer")[1].requests[1]
    assert path == "/token?x=1&account=ann&client_id=flotilla.swarm&service=registry.example.com"


def test_a_password_does_not_follow_a_redirection(asked):
    taken, served = asked("redirecting")
    assert taken
    assert served.requests[-1] == ("/elsewhere", "")


def test_a_registry_that_is_not_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SwarmError, match=f"registry {name} cannot be reached: Connection refused") as caught:
            Registry(name, timeout=10).check(USER, PASSWORD)
    assert caught.value.reason == "registry_unreachable"


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "registry_unknown_host", "the host of here is unknown"),
        (socket.timeout("timed out"), "registry_unreachable", "does not answer in time"),
        (ssl.SSLError(1, "[SSL] handshake failure"), "registry_tls", "TLS with here fails"),
        (ValueError("no host given"), "registry_unreachable", "no host given"),
    ],
)
def test_why_there_is_no_answer(error, reason, words):
    found = trouble("here", error)
    assert found.reason == reason
    assert words in str(found)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (['Basic realm="lab"'], {"basic": {"realm": "lab"}}),
        (
            ['Bearer realm="https://auth.example.com/token",service="a b",scope="x:y:pull,push"'],
            {"bearer": {"realm": "https://auth.example.com/token", "service": "a b", "scope": "x:y:pull,push"}},
        ),
        (
            ['Bearer realm="https://a/", service=b', "Basic realm=c"],
            {"bearer": {"realm": "https://a/", "service": "b"}, "basic": {"realm": "c"}},
        ),
        (['BASIC realm="a", Bearer realm="b"'], {"basic": {"realm": "a"}, "bearer": {"realm": "b"}}),
        (["Negotiate"], {}),
        ([], {}),
    ],
)
def test_what_a_registry_asks_for(headers, expected):
    assert challenges(headers) == expected


def test_docker_hub_is_asked_where_its_images_are():
    assert HOSTS["docker.io"] == "registry-1.docker.io"
    assert Registry("docker.io").what == "Docker Hub"
