# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests, as a registry on the manager that is asked tells them."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]

IMAGE = "127.0.0.1:5000/flotilla/web"
IDLE = {"name": "web", "replicas": 0}


@pytest.fixture
def push(host):
    """Let the registry's tag be this version of the image; return its digest."""

    def push(version, tag="1"):
        host.check_output("docker tag flotilla/web:%s %s", version, f"{IMAGE}:{tag}")
        shown = host.check_output("docker push %s", f"{IMAGE}:{tag}")
        return shown.partition("digest: ")[2].split()[0]

    return push


@pytest.fixture
def registry(host, until):
    """Stop the registry; it runs again afterwards."""

    def start():
        host.check_output("systemctl start docker-registry")
        until(lambda: host.run("curl -fs http://127.0.0.1:5000/v2/").rc == 0)

    start()
    yield lambda: host.check_output("systemctl stop docker-registry")
    start()


@pytest.fixture
def image(service):
    """The image of the service, as the Engine holds it."""
    return lambda: service()["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]


def test_an_image_is_pinned_and_follows_its_tag_as_told(registry, push, image, make):
    first = push("1")
    assert make(check=True, image=f"{IMAGE}:1", resolve_image="always", **IDLE)["changed"]
    make(image=f"{IMAGE}:1", resolve_image="always", **IDLE)
    assert image() == f"{IMAGE}:1@{first}"
    assert not make(image=f"{IMAGE}:1", resolve_image=True, **IDLE)["changed"]
    second = push("2")
    assert first != second
    for kept in ("changed", "never", False):
        assert not make(image=f"{IMAGE}:1", resolve_image=kept, **IDLE)["changed"]
    assert not make(image=f"{IMAGE}:1", **IDLE)["changed"]
    assert image() == f"{IMAGE}:1@{first}"
    assert make(check=True, image=f"{IMAGE}:1", resolve_image="always", **IDLE)["changed"]
    assert image() == f"{IMAGE}:1@{first}"
    assert make(image=f"{IMAGE}:1", resolve_image="always", **IDLE)["changed"]
    assert image() == f"{IMAGE}:1@{second}"
    push("1", tag="other")
    assert make(image=f"{IMAGE}:other", resolve_image="changed", **IDLE)["changed"]
    assert image() == f"{IMAGE}:other@{first}"


def test_a_registry_that_does_not_answer_never_leaves_a_bare_tag(registry, push, image, make, fail, versions):
    digest = push("1")
    make(image=f"{IMAGE}:1", resolve_image="always", **IDLE)
    before = versions("web")
    registry()
    always = {**IDLE, "resolve_image": "always"}
    for check in (True, False):
        message = fail("image_not_resolved", check=check, image=f"{IMAGE}:1", **always)["msg"]
        assert message.startswith(f"service web: the digest of {IMAGE}:1 could not be asked for: ")
        assert "connection refused" in message
    assert not make(image=f"{IMAGE}:1", resolve_image_failure="keep", **always)["changed"]
    assert not make(image=f"{IMAGE}:1", resolve_image="changed", **IDLE)["changed"]
    assert not make(image=f"{IMAGE}:1@{digest}", **always)["changed"]
    # Of another tag the service has no digest.
    for failure in ("keep", "fail"):
        fail("image_not_resolved", image=f"{IMAGE}:2", resolve_image_failure=failure, **always)
    fail("image_not_resolved", image=f"{IMAGE}:2", resolve_image="changed", resolve_image_failure="keep", **IDLE)
    assert versions("web") == before
    assert image() == f"{IMAGE}:1@{digest}"


def test_an_image_that_the_registry_does_not_have(registry, push, fail, docker):
    push("1")
    message = fail("image_not_resolved", image=f"{IMAGE}:9", resolve_image="changed", **IDLE)["msg"]
    assert message.startswith(f"service web: its registry has no image {IMAGE}:9; correct image")
    assert docker("service", "ls", "--quiet") == ""
