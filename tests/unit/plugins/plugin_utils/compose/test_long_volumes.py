# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short volumes and paths of binds. What is expected is what docker stack config 28.2 made of them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_values import Reading
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_volumes import long_volumes
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems

PATH = ("services", "web", "volumes")
RO = {"read_only": True}


def long_of(entry, env=None):
    reading = Reading("/srv/app", {"HOME": "/home/me"} if env is None else env, None, Problems())
    return long_volumes([entry], PATH, reading), reading


def volume(source, target, **more):
    return {"type": "volume", **({"source": source} if source else {}), "target": target, **more}


def bind(source, target, **more):
    return {"type": "bind", "source": source, "target": target, **more}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", volume(None, "a")),
        ("/abc", volume(None, "/abc")),
        ("..", volume(None, "..")),
        (":", volume(None, ":")),
        ("data:/data", volume("data", "/data")),
        ("data:/data:ro", volume("data", "/data", **RO)),
        ("data:/data:rw", volume("data", "/data", read_only=False)),
        ("data:/data:nocopy", volume("data", "/data", volume={"nocopy": True})),
        ("data:/data:ro,nocopy", volume("data", "/data", **RO, volume={"nocopy": True})),
        ("data:/x:rshared", volume("data", "/x", bind={"propagation": "rshared"})),
        ("./x:/x", bind("/srv/app/x", "/x")),
        ("../x:/x", bind("/srv/x", "/x")),
        (".:/x", bind("/srv/app", "/x")),
        ("./x/../y/:/x", bind("/srv/app/y", "/x")),
        ("/a/../b/:/x", bind("/a/../b/", "/x")),
        ("~/x:/x", bind("/home/me/x", "/x")),
        ("~:/x", bind("/home/me", "/x")),
        ("/h:/x:rshared", bind("/h", "/x", bind={"propagation": "rshared"})),
        ("/h:/x:rshared,ro,private", bind("/h", "/x", **RO, bind={"propagation": "private"})),
        ("/h:/x:ro,rw", bind("/h", "/x", read_only=False)),
        ("C:\\a:/x", bind("C:\\a", "/x")),
        ("c:/a:/x", bind("c:/a", "/x")),
        ("d:\\x", volume(None, "d:\\x")),
        ("x:/x", volume(None, "x:/x")),
        ("é:/x", volume(None, "é:/x")),
        ("äb:/x", volume("äb", "/x")),
        ("data:C:\\d:ro", volume("data", "C:\\d", **RO)),
        ("group:x:/x", volume("group", "x:/x")),
        ("\\\\srv\\share:/x", bind("/srv/app/\\\\srv\\share", "/x")),
    ],
)
def test_a_short_volume(text, expected):
    volumes, reading = long_of(text)
    assert (volumes, reading.problems.found, reading.notes) == ([expected], [], {})


def test_an_option_that_swarm_does_not_have_is_noted():
    volumes, reading = long_of("/h:/x:ro,Z")
    assert volumes == [bind("/h", "/x", **RO)]
    assert list(reading.notes.values()) == [["services.web.volumes[0]"]]
    assert "(Z)" in "".join(reading.notes)


@pytest.mark.parametrize(("source", "noted"), [(None, [["services.web.volumes[0].volume"]]), ("data", [])])
def test_options_of_a_volume_without_a_name_are_noted(source, noted):
    entry = volume(source, "/x", volume={"nocopy": True})
    volumes, reading = long_of(entry)
    assert (volumes, list(reading.notes.values())) == ([entry], noted)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (bind("x", "/x"), bind("/srv/app/x", "/x")),
        (bind("~/x", "/x", bind={"propagation": "shared"}), bind("/home/me/x", "/x", bind={"propagation": "shared"})),
        (bind("C:x", "/x"), bind("/srv/app/C:x", "/x")),
        (bind("C:\\x", "/x"), bind("C:\\x", "/x")),
        (volume("./data", "/x"), volume("./data", "/x")),
        ({"type": "npipe", "source": "x", "target": "/x"}, {"type": "npipe", "source": "x", "target": "/x"}),
        (
            {"type": "tmpfs", "target": "/x", "tmpfs": {"size": 1}},
            {"type": "tmpfs", "target": "/x", "tmpfs": {"size": 1}},
        ),
    ],
)
def test_a_long_volume(entry, expected):
    assert long_of(entry)[0] == [expected]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("", "empty part"),
        ("data::/x", "empty part"),
        (":/x", "empty part"),
        ("data:", "empty part"),
        ("data:/x:", "empty part"),
        ("data:/x:ro:rw", "more than three parts"),
        ({"type": "bind", "target": "/x"}, "needs a source"),
        ({"type": "bind", "source": "", "target": "/x"}, "needs a source"),
    ],
)
def test_what_is_no_volume_is_a_problem(entry, text):
    volumes, reading = long_of(entry)
    [problem] = reading.problems.found
    assert (volumes, problem.path) == ([{}], (*PATH, 0))
    assert text in problem.text


def test_a_home_that_is_not_known_is_a_problem():
    [problem] = long_of("~/x:/x", env={})[1].problems.found
    assert "give HOME in env" in problem.text
