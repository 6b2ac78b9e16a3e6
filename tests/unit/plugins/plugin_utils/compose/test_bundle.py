# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.bundle import from_bundle
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError, Problems
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema import validate

BUNDLE = {
    "Version": "0.1",
    "Services": {
        "web": {
            "Image": "web@sha256:0123",
            "Command": ["/entry"],
            "Args": ["--price", "5$"],
            "Env": ["A=b", "C=$D"],
            "Labels": {"a": "b"},
            "Ports": [{"Protocol": "tcp", "Port": 80}, {"Port": 53}],
            "WorkingDir": "/srv",
            "User": "1000",
            "Networks": ["front", "back"],
        },
        "db": {"Image": "db", "Command": None, "Args": [], "Labels": None, "Ports": None, "Networks": ["back"]},
    },
}
COMPOSE = {
    "services": {
        "web": {
            "image": "web@sha256:0123",
            "entrypoint": ["/entry"],
            "command": ["--price", "5$$"],
            "environment": ["A=b", "C=$$D"],
            "deploy": {"labels": {"a": "b"}},
            "ports": [{"target": 80, "protocol": "tcp"}, {"target": 53}],
            "working_dir": "/srv",
            "user": "1000",
            "networks": ["front", "back"],
        },
        "db": {"image": "db", "networks": ["back"]},
    },
    "networks": {"front": None, "back": None},
}


@pytest.mark.parametrize("bundle", [BUNDLE, json.dumps(BUNDLE), json.dumps(BUNDLE, indent="\t")])
def test_a_bundle_is_a_compose_file(bundle):
    tree = from_bundle(bundle, "shop.dab")
    assert tree == COMPOSE
    problems = Problems()
    validate(tree, "3.13", problems)
    assert problems.found == []


def test_a_service_without_networks_needs_none_declared():
    assert from_bundle({"Services": {"web": {"Image": "a"}}}, "a.dab") == {"services": {"web": {"image": "a"}}}


@pytest.mark.parametrize(
    ("bundle", "told"),
    [
        ("{", ["a.dab:1: this is no valid JSON: Expecting property name enclosed in double quotes; correct it"]),
        ("[]", ["a.dab: must be a mapping, but is a list; write it as a mapping: a line for each key, indented"]),
        ("{}", ["a.dab: lacks Services; add it"]),
        ('{"Version": "1", "Services": {}}', ["a.dab:1: Version: must be one of 0.1, but is '1'"]),
        (
            '{"Services": {"web": {\n"image": "a",\n"Ports": [{"Protocol": "tcp", "Port": "80"}]}}}',
            [
                "a.dab:2: Services.web.image: is no key that Compose has here; did you mean Image?",
                "a.dab:3: Services.web.Ports[0].Port: must be a whole number, but is a string",
                "a.dab:1: Services.web: lacks Image; add it",
            ],
        ),
        ({"Services": {"web": {"Image": 5}}}, ["a.dab: Services.web.Image: must be a string, but is a whole number"]),
    ],
    ids=["no JSON", "a list", "no services", "another version", "several problems", "inline"],
)
def test_all_that_is_wrong_with_a_bundle_is_told(bundle, told):
    with pytest.raises(ComposeError) as caught:
        from_bundle(bundle, "a.dab")
    lines = sorted(str(caught.value).splitlines())
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, sorted(told), strict=True))
