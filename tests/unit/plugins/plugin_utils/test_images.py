# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.images import (
    chosen,
    listed,
    names,
    plan,
    problems,
    published,
    report,
)

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
WEB = {"name": "team/web:1"}
FROM_B = {"name": "team/shop", "source_host": "b"}


def has(image_id, *tags):
    """What image_info tells of one image."""
    return {"Id": image_id, "RepoTags": list(tags)}


def told(*images):
    return {"images": list(images)}


WITH = {"__image_distribute_seen": told(has(NEW, "team/web:1"))}
BEFORE = {"__image_distribute_seen": told(has(OLD, "team/web:1"))}
WITHOUT = {"__image_distribute_seen": told()}
SILENT: dict = {}


@pytest.mark.parametrize(
    ("name", "as_listed"),
    [
        ("alpine", "alpine:latest"),
        ("alpine:3", "alpine:3"),
        ("docker.io/library/alpine:3", "alpine:3"),
        ("index.docker.io/team/web", "team/web:latest"),
        ("library/alpine", "alpine:latest"),
        ("localhost:5000/web", "localhost:5000/web:latest"),
        ("registry.example.com/library/web:1", "registry.example.com/library/web:1"),
    ],
)
def test_a_name_as_engines_list_it(name, as_listed):
    assert listed(name) == as_listed
    assert names([{"name": name}]) == [as_listed]


@pytest.mark.parametrize(
    ("images", "sentences"),
    [
        pytest.param([WEB, {"name": "team/web:2", "source_host": "b"}], [], id="all is well"),
        pytest.param([{"source_host": "b"}], ["swarm_images[0]: it has no name; give it one"], id="no name"),
        pytest.param(
            [WEB, {"name": "docker.io/team/web:1"}],
            ["swarm_images has team/web:1 twice; remove one of the two"],
            id="one image by two names",
        ),
        pytest.param(
            [{**WEB, "source_host": "z"}],
            ["swarm_images[0]: source_host of team/web:1 is z; say a host of the inventory"],
            id="an unknown host",
        ),
        pytest.param(
            [{"name": "Team/web"}, {"name": "team/Web"}],
            ["swarm_images[1]: 'team/Web' is no name of an image; write it as registry.example.com:5000/team/app:1"],
            id="a name that cannot be",
        ),
    ],
)
def test_what_cannot_be(images, sentences):
    assert problems(images, ["a", "b"]) == sentences


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], [FROM_B, WEB]),
        ("", [FROM_B, WEB]),
        (None, [FROM_B, WEB]),
        ("docker.io/team/shop, team/new:3\nteam/shop:latest", [FROM_B, {"name": "team/new:3"}]),
        (["team/web:1"], [WEB]),
    ],
)
def test_the_images_that_are_named(wanted, expected):
    assert chosen([FROM_B, WEB], wanted) == expected


def test_a_name_that_cannot_be_is_told_of_what_was_typed():
    (sentence,) = problems([WEB], ["a"], "team/web:2, team/Web")
    assert sentence.startswith("swarm_image: 'team/Web' is no name of an image")


@pytest.mark.parametrize("name", [f"team/web@{NEW}", f"team/web:1@{NEW}", NEW])
def test_content_is_no_name(name):
    assert [line.partition("; ")[2] for line in problems([{"name": name}], [])] == ["give its tag"]


@pytest.mark.parametrize(
    ("variables", "images", "outside", "source", "load", "tag"),
    [
        pytest.param({"a": WITH, "b": WITH, "c": WITH}, [WEB], [], "a", [], [], id="all have it"),
        pytest.param({"a": WITH, "b": WITHOUT, "c": WITHOUT}, [WEB], [], "a", ["b", "c"], [], id="two lack it"),
        pytest.param(
            {"a": WITHOUT, "b": WITHOUT, "c": WITH}, [WEB], [], "c", ["a", "b"], [], id="only a worker has it"
        ),
        pytest.param({"c": WITH, "b": BEFORE}, [WEB], [], "b", ["c"], [], id="a manager comes before a worker"),
        pytest.param({"a": BEFORE, "b": WITH, "c": BEFORE}, [WEB], [], "a", ["b"], [], id="the first manager counts"),
        pytest.param(
            {"a": BEFORE, "b": WITH, "c": BEFORE},
            [{**WEB, "source_host": "b"}],
            [],
            "b",
            ["a", "c"],
            [],
            id="a name with other content is moved",
        ),
        pytest.param(
            {"a": WITH, "b": {**BEFORE, "__image_distribute_content": told(has(NEW, "other:1"))}, "c": WITHOUT},
            [WEB],
            [],
            "a",
            ["c"],
            ["b"],
            id="content that is there by another name",
        ),
        pytest.param(
            {"a": {"__image_distribute_seen": {"skipped": True}}, "b": WITH, "c": SILENT},
            [WEB],
            [],
            "b",
            [],
            [],
            id="hosts that told nothing",
        ),
        pytest.param(
            {"c": BEFORE},
            [WEB],
            [{"item": "b", **told(has(NEW, "team/web:1"))}, {"item": "a", "unreachable": True}],
            "b",
            ["c"],
            [],
            id="a manager outside of the run, another that is off",
        ),
    ],
)
def test_what_goes_where(variables, images, outside, source, load, tag):
    planned = plan(variables, images, ["a", "b"], list(variables), outside)[0]
    assert (planned["source"], planned["load"], planned["tag"]) == (source, load, tag)
    assert sorted(planned["lack"]) == sorted(load + tag)
    assert planned["problem"] == ""


def test_a_name_without_tag_is_found():
    seen = {"a": {"__image_distribute_seen": told(has(NEW, "web:latest"))}, "b": WITHOUT}
    assert plan(seen, [{"name": "docker.io/library/web"}], ["a"], ["a", "b"], [])[0]["load"] == ["b"]


def test_content_with_two_names_is_sent_once():
    seen = {"a": {"__image_distribute_seen": told(has(NEW, "team/web:1", "team/web:2"))}, "b": WITHOUT}
    first, second = plan(seen, [WEB, {"name": "team/web:2"}], ["a"], ["a", "b"], [])
    assert (first["load"], first["tag"]) == (["b"], [])
    assert (second["load"], second["tag"]) == ([], ["b"])


@pytest.mark.parametrize(
    ("variables", "image", "outside", "sentence"),
    [
        (
            {"a": WITHOUT, "b": WITHOUT},
            WEB,
            [],
            "none of a, b has image team/web:1; pull, build or load it on a manager, or name a host that has it as "
            "source_host",
        ),
        (
            {"b": WITHOUT},
            WEB,
            [{"item": "a", "unreachable": True}],
            "none of b has image team/web:1 (a did not answer); pull, build or load it on a manager, or name a host "
            "that has it as source_host",
        ),
        (
            {"a": WITH, "b": WITHOUT},
            {**WEB, "source_host": "b"},
            [],
            "b, the source_host of image team/web:1, does not have it",
        ),
        (
            {"a": WITH},
            {**WEB, "source_host": "z"},
            [{"item": "z", "unreachable": True}],
            "z, the source_host of image team/web:1, does not answer",
        ),
    ],
)
def test_no_host_has_it(variables, image, outside, sentence):
    planned = plan(variables, [image], ["a", "b"] if "b" in variables else ["a"], list(variables), outside)[0]
    assert planned["problem"] == sentence
    assert planned["lack"] == []


def test_report():
    lacks = {"name": "team/web:1", "id": NEW, "source": "a", "lack": ["b", "c", "d"], "load": ["b", "c"], "tag": ["d"]}
    assert report([lacks, {**lacks, "lack": []}]) == ["team/web:1 (111111111111) from a to b, c; by name only on d"]
    assert report([{**lacks, "load": []}]) == ["team/web:1 (111111111111) by name only on d"]


def test_published():
    images = [
        {"name": "alpine:3", "repository": "registry.example.com/base/alpine", "tag": "3.1"},
        {"name": "registry.example.com/shop:7"},
        {"name": "alpine", "repository": "registry.example.com/alpine:3"},
    ]
    assert published([{"digest": OLD}, {"digest": NEW}, {"digest": None}], images) == [
        f"registry.example.com/base/alpine:3.1@{OLD}",
        f"registry.example.com/shop:7@{NEW}",
        "registry.example.com/alpine:3 would be pushed",
    ]
