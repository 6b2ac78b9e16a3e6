# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import Unreachable
from ansible_collections.flotilla.swarm.plugins.module_utils.service.logs import (
    CHARACTERS,
    in_short,
    last_words,
    masking,
    of_failures,
    read,
    secrets_of,
    shortened,
)

CONTEXT = "com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1"


def frame(kind, text):
    payload = text.encode()
    return bytes([kind, 0, 0, 0]) + len(payload).to_bytes(4, "big") + payload


class Engine:
    """Answers with the same bytes or an error, or with those of each path, and keeps what was asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def read(self, path, **query):
        self.asked.append((path, query))
        answer = self.answer[path] if isinstance(self.answer, dict) else self.answer
        if isinstance(answer, Exception):
            raise answer
        return answer


def spec(**environment):
    return {"ContainerSpec": {"Env": [f"{name}={value}" for name, value in environment.items()]}}


def task(name="t1", **more):
    status = {"State": "failed", "Timestamp": "2026-01-01T10:00:00.5Z", "ContainerStatus": {"ContainerID": "c1"}}
    return {"ID": name, "ServiceID": "s1", "Slot": 1, "NodeID": "n1", "Status": status, "Spec": spec(), **more}


SERVICES = {"s1": {"Spec": {"Name": "web", "Mode": {"Replicated": {}}}}}
NODES = {"n1": {"Description": {"Hostname": "node1"}}}


def test_lines_are_in_the_order_of_time_with_what_is_known_of_them():
    log = frame(2, f"2026-01-01T10:00:02.1Z {CONTEXT} second\n") + frame(1, f"2026-01-01T10:00:01.9Z {CONTEXT} a b\n")
    engine = Engine(log + frame(3, "Error grabbing logs: node n2 is not available\n\n"))
    lines, remarks = read(engine, "/services/s1", False, [], stdout=True, details=True, tail=5)
    assert [(line["stream"], line["text"], line["com.docker.swarm.task.id"]) for line in lines] == [
        ("stdout", "a b", "t1"),
        ("stderr", "second", "t1"),
    ]
    assert remarks == ["Error grabbing logs: node n2 is not available"]
    assert engine.asked == [("/services/s1/logs", {"timestamps": True, "stdout": True, "details": True, "tail": 5})]


def test_a_terminal_has_lines_without_frames():
    lines, _remarks = read(Engine(b"2026-01-01T10:00:01Z one\r\n2026-01-01T10:00:02Z two\r\n"), "/tasks/t1", True, [])
    assert [line["text"] for line in lines] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        pytest.param("DB_PASSWORD", "s3cret", {"s3cret"}, id="a password"),
        pytest.param("GITHUB_TOKEN", "abcd", {"abcd"}, id="a token"),
        pytest.param("API_KEY", "abcd", {"abcd"}, id="a key"),
        pytest.param("dbpasswd", "abcd", {"abcd"}, id="names in small letters"),
        pytest.param("DATABASE_URL", "postgres://me:s3cret@db/x", {"s3cret"}, id="the password in an address"),
        pytest.param("DB_PASSWORD", "abc", set(), id="what is too short to be searched for"),
        pytest.param("DB_PASSWORD_FILE", "/run/secrets/db", set(), id="a file's name is none"),
        pytest.param("KEYBOARD", "german", set(), id="not every key is one"),
        pytest.param("SPEED", "fast", set(), id="an ordinary value"),
        pytest.param("SECRET_PEM", "line1\nline2", {"line1\nline2", "line1", "line2"}, id="each line of several"),
        pytest.param("URL", "http://[broken", set(), id="what is no address"),
    ],
)
def test_what_an_environment_declares_to_be_secret(name, value, secrets):
    assert secrets_of(name, value) == secrets


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda value: value, id="as it is"),
        pytest.param(lambda value: base64.b64encode(value.encode()).decode(), id="as base64"),
        pytest.param(lambda value: value.replace("/", "%2F"), id="as part of an address"),
    ],
)
def test_secrets_are_hidden_in_every_shape(shape):
    hide = masking([spec(SPEED="fast"), spec(DB_PASSWORD="pass/word1")])
    told = hide(f"fast login with {shape('pass/word1')} failed")
    assert told.startswith("fast login with ********")
    assert shape("pass/word1").rstrip("=") not in told


def test_the_last_lines_of_the_last_task_of_each_place():
    old = task("t0", Status={**task()["Status"], "Timestamp": "2026-01-01T09:00:00Z"})
    never = task("t2", Slot=2, Status={"State": "rejected", "Err": "No such image: x"})
    engine = Engine(frame(1, "2026-01-01T10:00:01Z why\n"))
    assert of_failures(engine, [task(), old, never], SERVICES, NODES) == {"web.1 on node1": ["why"]}
    assert [path for path, _query in engine.asked] == ["/tasks/t1/logs"]


@pytest.mark.parametrize("newest", [b"", Unreachable("the Engine did not answer within 5 seconds")])
def test_the_task_before_the_last_is_read_where_that_has_said_nothing(newest):
    old = task("t0", Status={**task()["Status"], "Timestamp": "2026-01-01T09:00:00Z"})
    engine = Engine({"/tasks/t1/logs": newest, "/tasks/t0/logs": frame(1, "2026-01-01T09:00:00Z why\n")})
    assert of_failures(engine, [task(), old], SERVICES, NODES) == {"web.1 on node1": ["why"]}


def test_a_node_that_does_not_answer_is_asked_once():
    engine = Engine(Unreachable("the Engine did not answer within 5 seconds", reason="engine_timeout"))
    assert last_words(engine, [task(), task("t0")]) == [
        "(its log cannot be read: the Engine did not answer within 5 seconds)"
    ]
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    ("answer", "more", "told"),
    [
        pytest.param(b"", {}, [], id="a task that said nothing"),
        pytest.param(
            b"",
            {"Spec": {**spec(), "LogDriver": {"Name": "none"}}},
            ["(its log cannot be read through the Engine: the log driver is none)"],
            id="a driver that keeps nothing",
        ),
        pytest.param(
            frame(3, "Error grabbing logs: node n1 is not available\n\n"),
            {},
            ["(its log cannot be read: Error grabbing logs: node n1 is not available)"],
            id="a node that does not answer",
        ),
        pytest.param(
            Unreachable("the Engine did not answer within 5 seconds"),
            {},
            ["(its log cannot be read: the Engine did not answer within 5 seconds)"],
            id="an Engine that does not answer",
        ),
        pytest.param(frame(1, "2026-01-01T10:00:01Z \x1b[31mred\x1b[0m\x07\n"), {}, ["red"], id="colours"),
    ],
)
def test_a_log_is_never_a_reason_to_fail(answer, more, told):
    assert last_words(Engine(answer), [task(**more)]) == told


def test_a_long_log_is_cut_from_its_beginning():
    assert shortened(["first", "x" * CHARACTERS]) == ["x" * CHARACTERS]
    assert shortened(["first", "y" * (CHARACTERS + 9)]) == ["..." + "y" * CHARACTERS]
    assert shortened(["first", "second"]) == ["first", "second"]


def test_a_message_has_the_end_of_a_log():
    assert in_short({"web.1 on node1": ["a", "b", " c", "d "]}) == "web.1 on node1 logged: b | c | d"
    assert in_short({"web.1": ["(its log cannot be read: x)"]}) == ""
    assert in_short({"web.1": [], "web.2": ["y" * 400]}) == "web.2 logged: ..." + "y" * 300
    assert in_short({}) == ""
