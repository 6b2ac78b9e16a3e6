# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client, over a session that gives answers as Engines gave them."""

from __future__ import annotations

import http.client
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core import client as subject
from ansible_collections.flotilla.swarm.plugins.module_utils.core import errors
from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.failures import (
    DEFAULT_HOST,
    engine_error,
    no_socket,
    unreachable,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import converge, run
from ansible_collections.flotilla.swarm.plugins.module_utils.core.unix import Answer

NOT_MANAGER = (
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
    "Please run this command on a manager node or promote the current node to a manager."
)
NO_LEADER = (
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are "
    "online. Make sure more than half of the managers are online."
)
OUT_OF_SEQUENCE = "rpc error: code = Unknown desc = update out of sequence"
LOCKED = (
    'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.'
)


def answer(status=200, body=None, **headers):
    content = b"" if body is None else json.dumps(body).encode()
    return Answer(status, {"Content-Type": "application/json", **headers}, content)


def refusal(status, message):
    return answer(status, {"message": message})


def ping(api="1.45"):
    return Answer(200, {"Api-Version": api, "Content-Type": "text/plain; charset=utf-8"}, b"OK")


class Session:
    """Gives its answers one after the other, raises those that are exceptions, and keeps what was asked."""

    base_url, timeout, transport_errors = "", 60, (OSError,)

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def request(self, method, url, params=None, data=None, headers=None, timeout=None):
        self.asked.append((method, url, params, data, timeout))
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        return given


class Clock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def connect(monkeypatch):
    """A client that gets these answers, its session and its clock."""
    for variable in ("DOCKER_HOST", "DOCKER_API_VERSION", "DOCKER_TIMEOUT"):
        monkeypatch.delenv(variable, raising=False)

    def connected(*answers, **params):
        session, clock = Session(*answers), Clock()
        monkeypatch.setattr(subject, "open_session", lambda _params: session)
        return Client({"api_version": "1.41", **params}, sleep=clock.sleep, now=clock.now), session, clock

    return connected


@pytest.mark.parametrize(
    ("params", "served", "spoken"),
    [
        pytest.param({"api_version": None}, "1.45", "1.45", id="the newest that the Engine knows"),
        pytest.param({"api_version": "auto"}, "1.100", "1.100", id="however new that is"),
        pytest.param({"api_version": "1.43"}, "1.45", "1.43", id="what is asked for"),
    ],
)
def test_the_version(connect, params, served, spoken):
    client, session, _clock = connect(ping(served), answer(body={"ID": "x"}), **params)
    if params["api_version"] == "1.43":
        session.answers.pop(0)
    assert client.get("/info") == {"ID": "x"}
    assert session.asked[-1][1] == f"/v{spoken}/info"


def test_the_version_is_negotiated_once(connect):
    client, session, _clock = connect(ping(), answer(body=[]), api_version=None)
    client.get("/nodes")
    client.get("/tasks")
    assert [asked[1] for asked in session.asked] == ["/_ping", "/v1.45/nodes", "/v1.45/tasks"]
    assert client.requests == 3


def test_the_version_comes_from_the_environment(connect, monkeypatch):
    client, _session, _clock = connect(answer(), api_version=None)
    monkeypatch.setenv("DOCKER_API_VERSION", "1.42")
    assert client.api_version == "1.42"


def test_an_engine_that_is_too_old_is_refused(connect):
    client, _session, _clock = connect(ping("1.40"), api_version=None)
    with pytest.raises(errors.Unreachable, match=r"speaks API 1\.40 at most and 1\.41 \(Docker 20\.10\) is the oldest"):
        client.get("/info")


def test_what_is_no_version_is_refused(connect):
    client, _session, _clock = connect(answer(), api_version="latest")
    with pytest.raises(errors.InvalidOption, match="^api_version: 'latest' is not a version; write auto"):
        client.get("/info")


def test_bytes_are_read_as_they_are(connect):
    frame = b"\x01\0\0\0\0\0\0\x02\xff\n"
    client, session, _clock = connect(Answer(200, {"Content-Type": "application/json"}, frame))
    assert client.read("/tasks/t1/logs", stdout=True, tail=5) == frame
    assert client.read("/exec/e1/start", "POST", {"Tty": False}, timeout=9) == frame
    assert session.asked == [
        ("GET", "/v1.41/tasks/t1/logs", {"stdout": "true", "tail": 5}, None, 60),
        ("POST", "/v1.41/exec/e1/start", {}, '{"Tty": false}', 9),
    ]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(ConnectionRefusedError(111, "Connection refused"), id="an Engine that starts"),
        pytest.param(ConnectionResetError(104, "Connection reset by peer"), id="an Engine that stops"),
        pytest.param(http.client.RemoteDisconnected("Remote end closed connection"), id="a connection that closes"),
        pytest.param(refusal(503, "rpc error: code = Unavailable desc = connection error"), id="no way to the leader"),
        pytest.param(refusal(502, "Bad Gateway"), id="a proxy without an Engine"),
        pytest.param(refusal(500, NO_LEADER), id="no leader"),
    ],
)
def test_reads_outlive(connect, failure):
    client, session, clock = connect(failure, failure, answer(body=[1]))
    assert client.get("/nodes") == [1]
    assert len(session.asked) == 3
    assert 0 < clock.time <= 1


def test_even_the_first_request_is_retried(connect):
    client, _session, _clock = connect(ConnectionRefusedError(111, "refused"), ping(), answer(), api_version=None)
    client.post("/swarm/leave")


@pytest.mark.parametrize(
    ("failure", "times"),
    [
        pytest.param(ConnectionRefusedError(111, "Connection refused"), 5, id="refused"),
        pytest.param(TimeoutError("timed out"), 1, id="a time-out has taken long enough"),
        pytest.param(FileNotFoundError(2, "No such file or directory"), 1, id="no socket"),
        pytest.param(refusal(503, NOT_MANAGER), 1, id="no manager"),
        pytest.param(refusal(503, LOCKED), 1, id="locked"),
        pytest.param(refusal(500, "something else"), 1, id="an error of the Engine's own"),
        pytest.param(refusal(404, "no such service"), 1, id="not found"),
    ],
)
def test_reads_are_tried_so_often(connect, failure, times):
    client, session, _clock = connect(failure)
    with pytest.raises(errors.SwarmError):
        client.get("/nodes")
    assert len(session.asked) == times


def test_writes_are_not_repeated(connect):
    client, session, _clock = connect(refusal(503, "rpc error: code = Unavailable desc = connection error"))
    with pytest.raises(errors.EngineError, match="^the Engine refuses: connection error$"):
        client.post("/services/create", {})
    assert len(session.asked) == 1


def test_writes_wait_for_a_leader_as_nothing_was_written(connect):
    client, _session, clock = connect(*[refusal(500, NO_LEADER)] * 10, answer(body={"ID": "x"}))
    assert client.post("/services/create", {}) == {"ID": "x"}
    assert clock.time == 5


def test_a_leader_is_not_waited_for_for_ever(connect):
    client, _session, clock = connect(refusal(500, NO_LEADER))
    with pytest.raises(errors.NoLeader, match="^the Engine refuses: The swarm does not have a leader"):
        client.post("/services/create", {})
    assert clock.time == 25


@pytest.mark.parametrize(
    ("status", "message", "kind", "reason"),
    [
        (500, OUT_OF_SEQUENCE, errors.OutOfSequence, "update_out_of_sequence"),
        (500, NO_LEADER, errors.NoLeader, "no_leader"),
        (503, NOT_MANAGER, errors.NotManager, "not_manager"),
        (503, LOCKED, errors.Locked, "swarm_locked"),
        (404, "service web not found", errors.NotFound, "not_found"),
        (409, "name conflicts with an existing object", errors.EngineError, "engine_error"),
    ],
)
def test_an_error_of_the_engine_becomes_a_sentence_and_a_word(status, message, kind, reason):
    error = engine_error(status, json.dumps({"message": message}))
    assert (error.__class__, error.reason, error.status) == (kind, reason, status)
    assert str(error) == f"the Engine refuses: {message.rpartition('desc = ')[2]}"


@pytest.mark.parametrize("body", ["", "{}", '{"message": ""}', "null"])
def test_an_error_without_words_says_its_status(body):
    assert str(engine_error(500, body)) in ("the Engine answers HTTP 500", "the Engine refuses: null")


def test_an_error_that_is_no_json_is_told_as_it_is():
    assert str(engine_error(502, "Bad Gateway\n")) == "the Engine refuses: Bad Gateway"


@pytest.mark.parametrize(
    ("failure", "sentence", "reason"),
    [
        (FileNotFoundError(2, "No such file or directory"), "Docker Engine is ", "engine_unreachable"),
        (
            PermissionError(13, "Permission denied"),
            "this user may not use its socket; use become: true, or put the user into group docker",
            "engine_unreachable",
        ),
        (ConnectionRefusedError(111, "Connection refused"), "Docker Engine is ", "engine_unreachable"),
        (OSError(113, "No route to host"), "no route leads to its address", "engine_unreachable"),
        (OSError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "TLS fails; check tls", "engine_unreachable"),
        (
            OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"),
            "its certificate is not trusted; check ca_path",
            "engine_unreachable",
        ),
        (
            OSError(
                "CERTIFICATE_VERIFY_FAILED] certificate verify failed: IP address mismatch, certificate is not valid"
            ),
            "its certificate is for another name; check tls_hostname",
            "engine_unreachable",
        ),
        (
            OSError("SSLError(CertificateError(\"hostname 'other' doesn't match 'engine'\"))"),
            "its certificate is for another name; check tls_hostname",
            "engine_unreachable",
        ),
        (TimeoutError("timed out"), "the Engine did not answer within 60 seconds", "engine_timeout"),
    ],
)
def test_no_connection_says_why(connect, failure, sentence, reason):
    client, _session, _clock = connect(failure)
    with pytest.raises(errors.Unreachable) as caught:
        client.get("/info")
    assert sentence in str(caught.value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("address", "program", "sentence"),
    [
        (DEFAULT_HOST, None, "Docker Engine is not installed on this host; install it with role flotilla.swarm.engine"),
        (DEFAULT_HOST, "/usr/sbin/dockerd", "does not run; start it with systemctl start docker"),
        ("unix:///x", "/usr/sbin/dockerd", "its socket does not exist; is Docker Engine installed and started?"),
    ],
    ids=["no Engine", "an Engine that is stopped", "another socket than Docker's own"],
)
def test_what_to_do_where_there_is_no_socket(address, program, sentence):
    assert no_socket(address, program).endswith(sentence)


def test_nothing_listens_at_another_address():
    error = unreachable(ConnectionRefusedError(111, "Connection refused"), 60, "tcp://127.0.0.1:2375")
    assert str(error).endswith("nothing listens at its address; is Docker Engine started?")


# As urllib3 2 and docker 7 write them.
WITH_ADDRESS = [
    (
        "tcp://manager.example.com:2375",
        "HTTPConnectionPool(host='manager.example.com', port=2375): Max retries exceeded with url: /_ping (Caused by "
        "NewConnectionError(\"HTTPConnection(host='manager.example.com', port=2375): Failed to establish a new "
        'connection: [Errno 101] Network is unreachable"))',
    ),
    ("tcp://user:s3cret@10.0.0.1:2375", "Invalid bind address format: tcp://user:s3cret@10.0.0.1:2375"),
    ("user:s3cret@10.0.0.1:2375", "Invalid bind address protocol: user:s3cret@10.0.0.1:2375"),
    ("ssh://user:s3cret@manager.example.com", "Authentication of user:s3cret@manager.example.com failed"),
]


@pytest.mark.parametrize(("address", "words"), WITH_ADDRESS, ids=["a name", "a URL", "no URL", "a user"])
def test_the_address_of_the_engine_is_in_no_message(connect, address, words):
    client, _session, _clock = connect(OSError(words), docker_host=address)
    with pytest.raises(errors.Unreachable) as caught:
        client.get("/info")
    for part in ("s3cret", "manager.example.com", "10.0.0.1"):
        assert part not in str(caught.value)


@pytest.mark.parametrize("address", ["user:s3cret@10.0.0.1:2375", "tcp://user:s3cret@10.0.0.1:2375", "s3cret://x"])
def test_the_address_of_the_engine_is_in_no_message_of_the_sdk(address):
    pytest.importorskip("docker")
    with pytest.raises(errors.Unreachable, match="^no connection to the Engine can be opened: ") as caught:
        Client({"docker_host": address, "api_version": "1.41"}).get("/info")
    assert "s3cret" not in str(caught.value)


def test_queries_and_bodies_are_what_the_engine_wants(connect):
    client, session, _clock = connect(answer(body={}))
    client.post("/services/x/update", {"Name": "web"}, version=7, rollback=None, force=True)
    client.get("/tasks", filters={"service": ["x"]})
    assert session.asked[0] == (
        "POST",
        "/v1.41/services/x/update",
        {"version": 7, "force": "true"},
        '{"Name": "web"}',
        60,
    )
    assert session.asked[1][2] == {"filters": '{"service": ["x"]}'}


def test_what_is_not_there_is_found_as_none(connect):
    client, _session, _clock = connect(refusal(404, "service web not found"))
    assert client.find("/services/web") is None


def plan_of(observed):
    return Plan("keep" if observed["value"] == 3 else "update")


def test_a_write_out_of_sequence_reads_and_plans_again(connect):
    """Someone else makes the same change in between: what is there then is right already."""
    client, session, _clock = connect(
        answer(body={"value": 1}), refusal(500, OUT_OF_SEQUENCE), answer(body={"value": 3})
    )
    planned, observed = converge(
        observe=lambda: client.get("/swarm"),
        plan=plan_of,
        apply=lambda plan, now: client.post("/swarm/update", {"value": 3}),
        check_mode=False,
    )
    assert (planned.changed, observed) == (False, {"value": 3})
    assert [asked[0] for asked in session.asked] == ["GET", "POST", "GET"]


def test_a_write_that_is_always_out_of_sequence_fails_in_the_end(connect):
    client, _session, _clock = connect(refusal(500, OUT_OF_SEQUENCE))
    with pytest.raises(errors.OutOfSequence):
        converge(lambda: {"value": 1}, plan_of, lambda plan, now: client.post("/swarm/update"), check_mode=False)


def test_check_mode_writes_nothing(connect):
    client, session, _clock = connect(answer())
    planned, _observed = converge(
        lambda: {"value": 1}, plan_of, lambda plan, now: client.post("/swarm/update"), check_mode=True
    )
    assert planned.changed
    assert session.asked == []


def test_an_engine_that_is_no_manager_is_asked_where_the_managers_are(connect):
    here = {"Swarm": {"LocalNodeState": "active", "RemoteManagers": [{"Addr": "10.0.0.1:2377"}]}}
    client, _session, _clock = connect(refusal(503, NOT_MANAGER), answer(body=here))
    with pytest.raises(errors.NotManager, match="run this task on one of its managers: 10.0.0.1:2377"):
        run(lambda engine: engine.get("/nodes"), client)
