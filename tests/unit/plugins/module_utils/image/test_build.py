# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import fill
from ansible_collections.flotilla.swarm.plugins.module_utils.image.build import (
    base_images,
    engine_query,
    registry_config,
    told,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.image.fields import BUILD
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.credentials import Credentials

PLAIN = {"pull": False, "nocache": False, "rm": True, "forcerm": True}


@pytest.mark.parametrize(
    ("options", "query"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param(
            {"args": {"V": 5, "ON": True}}, {"buildargs": '{"ON": "true", "V": "5"}'}, id="arguments are text"
        ),
        pytest.param(
            {"labels": {"a": "b"}, "target": "t"}, {"labels": '{"a": "b"}', "target": "t"}, id="labels, target"
        ),
        pytest.param(
            {"etc_hosts": {"a": "1.2.3.4", "b": "::1"}}, {"extrahosts": ("a:1.2.3.4", "b:::1")}, id="a parameter each"
        ),
        pytest.param({"cache_from": ["a:1", "b:1"]}, {"cachefrom": '["a:1", "b:1"]'}, id="images with steps"),
        pytest.param({"shm_size": "64M", "network": "host"}, {"shmsize": 64 << 20, "networkmode": "host"}, id="a size"),
        pytest.param(
            {"container_limits": {"memory": "1G", "memswap": "-1", "cpushares": 5, "cpusetcpus": "0,1"}},
            {"memory": 1 << 30, "memswap": -1, "cpushares": 5, "cpusetcpus": "0,1"},
            id="limits",
        ),
        pytest.param({"rm": False, "pull": True}, {"rm": False, "forcerm": False, "pull": True}, id="containers stay"),
    ],
)
def test_the_options_as_the_engine_takes_them(options, query):
    assert engine_query(fill(BUILD, {"path": "/x", **options})) == {**PLAIN, **query}


def test_a_wrong_value_is_named():
    with pytest.raises(InvalidOption, match="^build.container_limits.memory: 'much' is not a size"):
        engine_query(fill(BUILD, {"path": "/x", "container_limits": {"memory": "much"}}))


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM a:1\nRUN x", ["a:1"]),
        ("from --platform=linux/arm64 a:1 as base\nFROM base\nFROM Base AS two", ["a:1"]),
        ("FROM scratch\nCOPY --from=b:2 /x /\nCOPY --chown=1 --from=0 /x /\nCOPY /from /to", ["b:2"]),
        ("ARG TAG=3\nARG REG\nFROM ${REG}/a:$TAG", ["reg/a:3"]),
        ('ARG TAG="3"\nFROM a:${OTHER:-4}\nFROM b:${TAG:-5}', ["a:4", "b:3"]),
        ("FROM \\\n  a:1\nFROM a:1", ["a:1"]),
        ("# FROM c\n  FROM a", ["a"]),
    ],
)
def test_the_images_that_a_build_pulls(text, images):
    assert base_images(text, {"REG": "reg"}) == images


def test_the_credentials_of_all_of_them_are_sent():
    auth = [{"registry": "reg:5000", "username": "ann", "password": "pw"}]
    auth.append({"registry": "docker.io", "username": "bob", "password": "pw2"})

    class Client:
        image_headers = Credentials({"registry_auth": auth, "with_registry_auth": False}, {}).headers

    sent = json.loads(base64.urlsafe_b64decode(registry_config(Client, ["reg:5000/a", "nginx", "other:5000/b"])))
    assert {name: entry["username"] for name, entry in sent.items()} == {
        "reg:5000": "ann",
        "https://index.docker.io/v1/": "bob",
    }


def test_what_an_error_says_of_the_step():
    assert told([]) == ""
    assert told(["Step 1/1 : RUN x"]) == "; it was at Step 1/1 : RUN x"
    assert told(["Step 1/1 : RUN x", "a", "b"]) == "; it was at Step 1/1 : RUN x, which wrote: a | b"
