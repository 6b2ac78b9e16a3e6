# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.image.names import (
    digests,
    familiar,
    fits,
    is_id,
    reference,
    split,
)

HASH = "0123456789abcdef" * 4
DIGEST = f"sha256:{HASH}"


@pytest.mark.parametrize(
    ("name", "tag", "full"),
    [
        pytest.param("nginx", "latest", "nginx:latest", id="a name gets the tag"),
        pytest.param("nginx:1.29", "latest", "nginx:1.29", id="one with a tag keeps it"),
        pytest.param("reg:5000/app", "7", "reg:5000/app:7", id="a port is no tag"),
        pytest.param("[::1]:5000/app", "7", "[::1]:5000/app:7", id="nor is an address"),
        pytest.param("reg:5000/app:3", "7", "reg:5000/app:3", id="a port and a tag"),
        pytest.param("app", DIGEST, f"app@{DIGEST}", id="a tag may be a digest"),
        pytest.param(f"app@{DIGEST}", "7", f"app@{DIGEST}", id="a digest needs no tag"),
        pytest.param(f"app:1@{DIGEST}", "7", f"app:1@{DIGEST}", id="and may have one"),
        pytest.param(DIGEST, "7", DIGEST, id="an ID"),
        pytest.param(HASH, "7", DIGEST, id="an ID without its kind"),
    ],
)
def test_a_name_with_its_tag(name, tag, full):
    assert reference(name, tag) == full
    assert reference(full, tag) == full


@pytest.mark.parametrize(
    ("name", "tag", "message"),
    [
        ("two words", "1", "'two words' is no name of an image"),
        ("Team/App/Upper", "1", "is no name of an image"),
        ("", "1", "'' is no name of an image"),
        ("app", "-x", "'-x' is no tag of an image"),
        ("app@sha256:12", "1", "'sha256:12' is no digest of an image"),
    ],
)
def test_what_is_no_name(name, tag, message):
    with pytest.raises(InvalidOption, match=message):
        reference(name, tag)


def test_the_parts_of_a_name():
    assert split(f"reg:5000/a/b:1@{DIGEST}") == ("reg:5000/a/b", "1", DIGEST)
    assert split("app") == ("app", "", "")


def test_what_is_an_id():
    assert is_id(DIGEST)
    assert is_id(HASH)
    assert not is_id(HASH[:12])
    assert not is_id(f"app@{DIGEST}")


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("docker.io/library/nginx:1", "nginx:1"),
        ("docker.io/team/app:1", "team/app:1"),
        ("library/nginx:1", "nginx:1"),
        ("index.docker.io/library/nginx", "nginx"),
        ("reg.example.com/library/nginx", "reg.example.com/library/nginx"),
        ("library/team/app", "library/team/app"),
    ],
)
def test_a_name_as_the_engine_lists_it(name, listed):
    assert familiar(name) == listed


def test_the_digests_of_one_repository():
    image = {"RepoDigests": ["nginx@sha256:1", "reg:5000/nginx@sha256:2", "reg:5000/nginx@sha256:3"]}
    assert digests(image, "docker.io/library/nginx:9") == ["sha256:1"]
    assert digests(image, "reg:5000/nginx:9") == ["sha256:2", "sha256:3"]
    assert digests({"RepoDigests": None}, "nginx") == digests(None, "nginx") == []


@pytest.mark.parametrize(
    ("wanted", "fit"),
    [
        (None, True),
        ("linux/arm64", True),
        ("linux/arm64/v8", True),
        ("arm64", True),
        ("aarch64", True),
        ("linux/aarch64", True),
        ("linux", True),
        ("linux/amd64", False),
        ("linux/arm64/v9", False),
        ("windows/arm64", False),
        ("amd64", False),
    ],
)
def test_an_image_fits_a_platform(wanted, fit):
    assert fits({"Os": "linux", "Architecture": "arm64", "Variant": "v8"}, wanted) is fit


def test_what_is_no_platform():
    with pytest.raises(InvalidOption, match="'linux//v8' is no platform; write it as linux/amd64"):
        fits({}, "linux//v8")
