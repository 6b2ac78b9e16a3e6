# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""With which credentials services are written."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.service.apply import carry_out, look_up_credentials
from ansible_collections.flotilla.swarm.plugins.module_utils.service.planning import RECREATE


class Engine:
    """It notes what is posted and for which image credentials are sent, and refuses the posts of these images."""

    def __init__(self, refuses=()):
        self.refuses, self.sent_for, self.looked_up, self.posts = refuses, None, [], []

    def image_headers(self, image):
        self.looked_up.append(image)
        return {}

    @contextmanager
    def for_image(self, image):
        self.sent_for = image
        yield self
        self.sent_for = None

    def get(self, path, **_query):
        return []

    def delete(self, path):
        self.posts.append((path, None))

    def post(self, path, body, **query):
        image = body["TaskTemplate"]["ContainerSpec"]["Image"]
        self.posts.append((path, image, self.sent_for, query.get("registryAuthFrom")))
        if image in self.refuses:
            raise EngineError("the Engine refuses: no", status=400)


def spec(image):
    return {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": image}}}


def service(image, previous=None):
    return {"ID": "w1", "Version": {"Index": 7}, "Spec": spec(image), "PreviousSpec": previous and spec(previous)}


@pytest.mark.parametrize(
    ("previous", "kept"), [("a.example.com/w:1", "previous-spec"), ("c.example.com/w:1", None), (None, None)]
)
def test_credentials_are_kept_for_the_registry_that_they_are_for(previous, kept):
    engine, image = Engine(), "a.example.com/w:2"
    carry_out(engine, Plan("update", spec=spec(image)), service("b.example.com/w:1", previous), 1)
    assert engine.posts == [("/services/w1/update", image, image, kept)]


def test_a_service_that_is_created_again_as_it_was_gets_the_credentials_for_what_it_was():
    old, new = "a.example.com/w:1", "b.example.com/w:2"
    engine = Engine(refuses=[new])
    with pytest.raises(SwarmError, match="it was created again as it was"):
        carry_out(engine, Plan(RECREATE, spec=spec(new)), service(old), 1)
    assert engine.posts == [
        ("/services/w1", None),
        ("/services/create", new, new, None),
        ("/services/create", old, old, None),
    ]


def test_credentials_are_looked_up_for_what_will_be_written_and_what_may_be_put_back():
    engine, found = Engine(), {"web": service("a.example.com/w:1"), "gone": service("c.example.com/w:1")}
    plans = {
        "web": Plan("update", spec=spec("b.example.com/w:1")),
        "new": Plan("create", spec=spec("d.example.com/w:1")),
        "gone": Plan("remove"),
        "kept": Plan("keep", spec=spec("e.example.com/w:1")),
    }
    look_up_credentials(engine, plans, found)
    assert [image for image in engine.looked_up if image] == [
        "b.example.com/w:1",
        "a.example.com/w:1",
        "d.example.com/w:1",
    ]
