# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to one Engine. Bodies are the Engine API's own JSON.

The standard library carries them over a unix socket and the ssh program, the docker SDK over TCP, TLS and paramiko. No
other file imports the SDK, and it is imported only when it is needed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import time
from contextlib import contextmanager
from functools import partial

from .errors import EngineError, InvalidOption, NoLeader, NotFound, SwarmError, Unreachable
from .failures import DEFAULT_HOST, engine_error, is_transient, unreachable, without_address
from .fields import Field, version
from .ssh import SshSession
from .unix import CHUNK, UnixSession

OLDEST_API = "1.41"

# A raft election is over within 10 to 20 ticks of one second (swarmkit, manager/state/raft).
ELECTION_TIME = 25.0
JSON = {"Content-Type": "application/json"}
READ_RETRIES = (0.2, 0.5, 1.0, 2.0)

CONNECTION = (
    Field(
        "docker_host",
        "",
        "str",
        "Where the Engine listens: C(unix://), C(tcp://) or C(ssh://). Without it E(DOCKER_HOST) counts, "
        "then V(unix:///var/run/docker.sock). Never shown, as it may hold a password.",
        aliases=("docker_url",),
        secret=True,
    ),
    Field("tls", "", "bool", "Use TLS without checking the Engine's certificate. Without it E(DOCKER_TLS) counts."),
    Field(
        "validate_certs",
        "",
        "bool",
        "Use TLS and check the Engine's certificate. Without it E(DOCKER_TLS_VERIFY) counts.",
        aliases=("tls_verify",),
    ),
    Field(
        "ca_path",
        "",
        "path",
        "File of the certificate authority. Without it C(ca.pem) in E(DOCKER_CERT_PATH) counts.",
        aliases=("ca_cert", "tls_ca_cert", "cacert_path"),
    ),
    Field(
        "client_cert",
        "",
        "path",
        "File of the client's certificate. Without it C(cert.pem) in E(DOCKER_CERT_PATH) counts.",
        aliases=("tls_client_cert", "cert_path"),
    ),
    Field(
        "client_key",
        "",
        "path",
        "File of the client's key. Without it C(key.pem) in E(DOCKER_CERT_PATH) counts.",
        aliases=("tls_client_key", "key_path"),
    ),
    Field(
        "tls_hostname",
        "",
        "str",
        "Name to expect in the Engine's certificate where it differs from O(docker_host). "
        "Without it E(DOCKER_TLS_HOSTNAME) counts.",
    ),
    Field(
        "api_version",
        "",
        "str",
        "Engine API version to speak. Without it E(DOCKER_API_VERSION) counts; V(auto) takes the newest that "
        "the Engine knows.",
        aliases=("docker_api_version",),
    ),
    Field(
        "timeout",
        "",
        "int",
        "Seconds to wait for one answer of the Engine. Without it E(DOCKER_TIMEOUT) counts, then V(60).",
    ),
    Field(
        "use_ssh_client",
        "",
        "bool",
        "For C(ssh://) call the ssh program of this host instead of the Python library paramiko.",
        default=False,
    ),
)


class Client:
    """One Engine. ``requests`` counts what was sent; ``api_version`` is negotiated with the first request.

    ``image_headers(image)`` are the headers that let the Engine ask the registry of an image; see ``for_image``.
    """

    def __init__(self, params, sleep=time.sleep, now=time.monotonic):
        self.params = params
        self.requests = 0
        self.sleep, self.now = sleep, now
        self.image_headers = lambda image: {}
        self._headers: dict = {}
        self._session = None
        self._version = None

    @property
    def local(self) -> bool:
        """Whether the Engine runs on the host that this code runs on."""
        return engine_address(self.params).startswith(("unix://", "npipe://"))

    @property
    def api_version(self) -> str:
        if self._version is None:
            wanted = setting(self.params, "api_version", "DOCKER_API_VERSION") or "auto"
            if wanted != "auto" and not re.fullmatch(r"\d+\.\d+", wanted):
                raise InvalidOption(
                    f"api_version: {wanted!r} is not a version; write auto, or one such as {OLDEST_API}"
                )
            self._version = wanted if wanted != "auto" else self._negotiate()
        return self._version

    def _negotiate(self):
        """The newest version that the Engine knows: in an older one it drops what that lacks from every update."""
        answer = self._exchange("GET", "/_ping")
        served = answer.headers.get("Api-Version", OLDEST_API)
        if version(served) < version(OLDEST_API):
            raise Unreachable(
                f"this Engine speaks API {served} at most and {OLDEST_API} (Docker 20.10) is the oldest "
                "that works; upgrade the Engine",
                reason="api_too_old",
            )
        return served

    @contextmanager
    def for_image(self, image):
        """Requests for which the Engine may ask the registry of this image."""
        self._headers = self.image_headers(image)
        try:
            yield self
        finally:
            self._headers = {}

    def get(self, path, **query):
        """The JSON at ``path``; NotFound if there is none."""
        return self.request("GET", path, query=query)

    def find(self, path, **query):
        """The JSON at ``path``, or None if there is none."""
        try:
            return self.get(path, **query)
        except NotFound:
            return None

    def post(self, path, body=None, timeout=None, **query):
        """Post JSON and return what the Engine answers."""
        return self.request("POST", path, body, query, timeout)

    def delete(self, path, **query):
        """Delete what is at ``path``; NotFound if there is nothing."""
        return self.request("DELETE", path, query=query)

    def read(self, path, method="GET", body=None, timeout=None, **query):
        """The bytes of an answer as they are, such as a log; core/stream.py tells their streams apart."""
        return self._answer(method, path, body, query, timeout).content

    @contextmanager
    def stream(self, method, path, data=None, headers=None, timeout=None, **query):
        """The parts of an answer as they come, of an exchange on a connection of its own that is never repeated.

        ``data`` is an iterable of bytes, which is sent as it comes. ``timeout`` is for the whole answer.
        """
        session = open_session(self.params)
        seconds = timeout or session.timeout
        url, query = f"{session.base_url}/v{self.api_version}{path}", _query(query)
        self.requests += 1
        sent = {**(headers or {}), **self._headers}
        try:
            answer = session.request(method, url, params=query, data=data, headers=sent, timeout=seconds, stream=True)
        except session.transport_errors as exc:
            raise unreachable(exc, seconds, engine_address(self.params)) from exc
        try:
            if answer.status_code >= 400:
                raise engine_error(answer.status_code, answer.text)
            yield self._parts(answer, session.transport_errors, seconds)
        finally:
            answer.close()

    def _parts(self, answer, transport_errors, seconds):
        deadline = self.now() + seconds
        try:
            for part in answer.iter_content(CHUNK):
                if self.now() > deadline:
                    raise TimeoutError
                yield part
        except transport_errors as exc:
            raise unreachable(exc, seconds, engine_address(self.params)) from exc

    def request(self, method, path, body=None, query=None, timeout=None):
        """What the Engine answers to one request."""
        return _content(self._answer(method, path, body, query, timeout))

    def _answer(self, method, path, body, query, timeout):
        return self._exchange(method, f"/v{self.api_version}{path}", body, _query(query or {}), timeout)

    def _exchange(self, method, url, body=None, query=None, timeout=None):
        """One exchange. Reads are retried on transient failures, anything while the managers elect a leader."""
        deadline = self.now() + ELECTION_TIME
        retries = iter(READ_RETRIES)
        while True:
            try:
                return self._send(method, url, body, query, timeout)
            except NoLeader:
                if self.now() >= deadline:
                    raise
                self.sleep(0.5)
            except (Unreachable, EngineError) as exc:
                pause = next(retries, None) if method == "GET" and is_transient(exc) else None
                if pause is None:
                    raise
                self.sleep(pause)

    def _send(self, method, path, body=None, query=None, timeout=None):
        if self._session is None:
            self._session = open_session(self.params)
        self.requests += 1
        seconds = timeout or self._session.timeout
        try:
            url, data = self._session.base_url + path, None if body is None else json.dumps(body)
            headers = {**JSON, **self._headers}
            answer = self._session.request(method, url, params=query, data=data, headers=headers, timeout=seconds)
        except self._session.transport_errors as exc:
            raise unreachable(exc, seconds, engine_address(self.params)) from exc
        if answer.status_code >= 400:
            raise engine_error(answer.status_code, answer.text)
        return answer


def setting(params, option, variable):
    """An option, or else docker's environment variable for it."""
    value = params.get(option)
    return value if value is not None else os.environ.get(variable) or None


def engine_address(params) -> str:
    """Where the Engine listens."""
    return setting(params, "docker_host", "DOCKER_HOST") or DEFAULT_HOST


def open_session(params):
    """A session for the connection options; nothing is sent yet."""
    host = engine_address(params)
    seconds = answer_time(params)
    if host.startswith("unix://"):
        return UnixSession(host[len("unix://") :], seconds)
    if host.startswith("ssh://") and params.get("use_ssh_client"):
        return SshSession(host, seconds)
    return open_sdk_session(params, host, seconds)


def answer_time(params) -> int:
    """Seconds to wait for one answer."""
    told = setting(params, "timeout", "DOCKER_TIMEOUT") or 60
    if not str(told).isdigit():
        raise InvalidOption(f"timeout: {told!r} is not a whole number of seconds; correct it or DOCKER_TIMEOUT")
    return int(told)


def open_sdk_session(params, host, seconds):
    """The docker SDK's session, for all that is not a unix socket."""
    try:
        import docker
        from docker.errors import DockerException
    except ImportError as exc:
        raise SwarmError(lacking("docker", host), reason="missing_library", library="docker") from exc
    if host.startswith("ssh://") and importlib.util.find_spec("paramiko") is None:
        raise Unreachable(lacking("paramiko", host), library="paramiko")
    tls = tls_config(params, docker.tls)
    if tls and host.startswith("tcp://"):
        host = host.replace("tcp://", "https://", 1)
    errors = (OSError, *ssh_errors(host))
    try:
        session = docker.APIClient(host, version=OLDEST_API, timeout=seconds, tls=tls or False)
    except (DockerException, ImportError, TypeError, ValueError, *errors) as exc:
        raise Unreachable(f"no connection to the Engine can be opened: {without_address(exc, host)}") from exc
    name = setting(params, "tls_hostname", "DOCKER_TLS_HOSTNAME")
    if tls and name:
        expect_hostname(session, name)
    if tls:
        # Otherwise requests takes REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE in place of the session's own setting.
        session.request = partial(session.request, verify=session.verify)
    session.transport_errors = errors
    return session


def lacking(library, host) -> str:
    """What to do where a library is missing that the way to this address needs."""
    instead = ", or set use_ssh_client: true" if host.startswith("ssh://") else ""
    return (
        f"the Python library {library!r} is not installed for the Python that runs this module on this host, and "
        f"docker_host needs it, as it is no unix socket; install python3-{library}{instead}"
    )


def ssh_errors(host) -> tuple:
    """The exceptions of the library that the SDK uses for ssh; requests' own derive from OSError."""
    if not host.startswith("ssh://"):
        return ()
    try:
        from paramiko.ssh_exception import SSHException
    except ImportError:
        return ()
    return (SSHException,)


def tls_config(params, docker_tls):
    """The SDK's TLS settings, or None for a connection without TLS."""
    verify = params.get("validate_certs")
    if verify is None:
        verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
    enabled = params.get("tls")
    if enabled is None:
        enabled = os.environ.get("DOCKER_TLS", "").lower() in ("1", "true", "yes", "on")
    if not (verify or enabled):
        return None
    folder = os.environ.get("DOCKER_CERT_PATH")
    files = {}
    for option, name in (("ca_path", "ca.pem"), ("client_cert", "cert.pem"), ("client_key", "key.pem")):
        path = params.get(option) or (os.path.join(folder, name) if folder else None)
        if path and not os.path.exists(path):
            raise InvalidOption(f"{option}: there is no file {path} on this host")
        files[option] = path
    pair = (files["client_cert"], files["client_key"])
    if bool(pair[0]) != bool(pair[1]):
        raise InvalidOption("client_cert and client_key go together; give both or none")
    return docker_tls.TLSConfig(
        client_cert=pair if pair[0] else None, ca_cert=files["ca_path"] if verify else None, verify=bool(verify)
    )


def expect_hostname(session, name):
    """Check the certificate against ``name``; the SDK dropped its own option for this in 7.0."""
    from requests.adapters import HTTPAdapter

    class NamedHost(HTTPAdapter):
        def init_poolmanager(self, *args, **kwargs):
            super().init_poolmanager(*args, assert_hostname=name, server_hostname=name, **kwargs)

    session.mount("https://", NamedHost())


def _content(answer):
    if not answer.content:
        return None
    return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text


def _query(query):
    return {key: _query_value(value) for key, value in query.items() if value is not None}


def _query_value(value):
    """A tuple is a parameter that is there several times."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (dict, list)) else value
