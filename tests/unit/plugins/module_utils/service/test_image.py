# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from contextlib import nullcontext

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, NotFound, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.service.image import Digests, choose

REGISTRY = {"reg:5000/web:1": "sha256:new", "reg:5000/web:latest": "sha256:last"}
DOWN = 'Get "http://reg:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused'


def digest_of(image):
    if image not in REGISTRY:
        raise SwarmError(f"its registry has no image {image}", reason="image_not_resolved")
    return REGISTRY[image]


def chosen(image, live, **options):
    return choose({"name": "web", "image": image, "resolve_image_failure": "fail", **options}, live, digest_of)


@pytest.mark.parametrize(
    ("when", "image", "live", "expected"),
    [
        pytest.param("never", "reg:5000/web:1", "", "reg:5000/web:1", id="never asks nobody"),
        pytest.param("false", "reg:5000/web:1", "", "reg:5000/web:1", id="false is never"),
        pytest.param(None, "reg:5000/web:1", "", "reg:5000/web:1", id="so is nothing"),
        pytest.param("always", "reg:5000/web:1", "", "reg:5000/web:1@sha256:new", id="a new service"),
        pytest.param("true", "reg:5000/web:1", "", "reg:5000/web:1@sha256:new", id="true is always"),
        pytest.param("always", "reg:5000/web", "", "reg:5000/web:latest@sha256:last", id="latest where no tag is"),
        pytest.param(
            "always", "reg:5000/web:1", "reg:5000/web:1@sha256:old", "reg:5000/web:1@sha256:new", id="a tag that moved"
        ),
        pytest.param(
            "changed", "reg:5000/web:1", "reg:5000/web:1@sha256:old", "reg:5000/web:1@sha256:old", id="the same tag"
        ),
        pytest.param("changed", "reg:5000/web:1", "reg:5000/web:1", "reg:5000/web:1", id="the same tag without digest"),
        pytest.param(
            "changed", "reg:5000/web:1", "reg:5000/web:0@sha256:old", "reg:5000/web:1@sha256:new", id="another tag"
        ),
        pytest.param("always", "gone/web@sha256:abc", "", "gone/web@sha256:abc", id="a digest needs no answer"),
        pytest.param("always", None, "reg:5000/web:1@sha256:old", None, id="no image is named"),
        pytest.param("always", "", "reg:5000/web:1@sha256:old", "", id="an empty name is left to the plan"),
    ],
)
def test_the_image_that_is_sent(when, image, live, expected):
    assert chosen(image, live, resolve_image=when) == expected


def test_a_digest_is_kept_if_told_and_only_that_of_the_same_image_and_tag():
    keep = {"resolve_image": "always", "resolve_image_failure": "keep"}
    assert chosen("reg:5000/web:7", "reg:5000/web:7@sha256:old", **keep) == "reg:5000/web:7@sha256:old"
    for live in ("reg:5000/web:7", "reg:5000/web:6@sha256:old", ""):
        with pytest.raises(SwarmError) as caught:
            chosen("reg:5000/web:7", live, **keep)
        assert caught.value.reason == "image_not_resolved"
        assert "the service has no digest of this image and tag to keep" in str(caught.value)


def test_without_an_answer_there_is_no_bare_tag():
    with pytest.raises(SwarmError) as caught:
        chosen("reg:5000/web:7", "reg:5000/web:7@sha256:old", resolve_image="always")
    assert str(caught.value) == (
        "service web: its registry has no image reg:5000/web:7; correct image, let the registry answer, or use "
        "resolve_image_failure: keep or resolve_image: never"
    )


class Engine:
    """Answers of Engine 26.1 to requests for digests."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def for_image(self, image):
        return nullcontext()

    def get(self, path):
        self.asked.append(path)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_each_image_is_asked_for_once():
    engine = Engine({"Descriptor": {"digest": "sha256:abc", "size": 527}, "Platforms": []})
    digests = Digests(engine)
    assert [digests.of("reg:5000/web:1"), digests.of("reg:5000/web:1")] == ["sha256:abc"] * 2
    assert engine.asked == ["/distribution/reg:5000/web:1/json"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (NotFound("the Engine refuses: manifest unknown", status=404), "its registry has no image a:1"),
        (EngineError(f"the Engine refuses: {DOWN}", status=500), f"the digest of a:1 could not be asked for: {DOWN}"),
        ({}, "the registry tells no digest of a:1"),
    ],
)
def test_a_registry_that_does_not_help_is_asked_once(answer, sentence):
    engine = Engine(answer)
    digests = Digests(engine)
    for _turn in range(2):
        with pytest.raises(SwarmError) as caught:
            digests.of("a:1")
        assert (str(caught.value), caught.value.reason) == (sentence, "image_not_resolved")
    assert len(engine.asked) == 1
