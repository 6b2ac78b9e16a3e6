# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Engine API on a unix socket that keeps what is created and records every body that is posted.

It is a manager of a swarm that never starts a task. It answers what deploying a stack asks for, and refuses the rest.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import socket
import socketserver
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from ansible_collections.flotilla.swarm.tests.golden import answers

API_VERSION = "1.50"
KINDS = ("networks", "secrets", "configs", "services")


class Refused(Exception):
    """An answer of the Engine that is no success."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Post:
    """One body that was posted. ``action`` is create, update or delete; a body of delete is empty."""

    kind: str
    action: str
    name: str
    body: dict
    query: dict = field(default_factory=dict)
    auth: dict | None = None


class Recorder:
    """The Engine's objects by kind and name, as it tells them and as they were posted, and all posts in order."""

    def __init__(self):
        self.objects: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
        self.posted: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
        self.posts: list[Post] = []
        self.requests: list[str] = []
        self.version = 10
        self.lock = threading.Lock()
        for kind, items in answers.PRESENT.items():
            for item in items:
                self.keep(kind, item["Name"], item)

    def keep(self, kind, name, spec):
        """Make or replace an object, without recording it, and return it."""
        self.version += 1
        known = self.objects[kind].get(name)
        self.posted[kind][name] = spec
        self.objects[kind][name] = answers.stored(kind, name, copy.deepcopy(spec), self.version, known, self)
        return self.objects[kind][name]

    def find(self, kind, key):
        """The object of that name or ID; Refused if there is none."""
        for name, item in self.objects[kind].items():
            if key in (name, answers.identity(item)):
                return name, item
        raise Refused(404, f"{kind[:-1]} {key} not found")

    def create(self, kind, body, query, auth):
        name = body.get("Name", "")
        if name in self.objects[kind]:
            raise Refused(409, f"rpc error: code = AlreadyExists desc = name conflicts with an existing object: {name}")
        self.posts.append(Post(kind, "create", name, body, query, auth))
        item = self.keep(kind, name, body)
        return {"Id": item["Id"], "Warning": ""} if kind == "networks" else {"ID": item["ID"]}

    def update(self, kind, key, body, query, auth):
        name, item = self.find(kind, key)
        if int(query.get("version", 0)) != item["Version"]["Index"]:
            raise Refused(500, "rpc error: code = Unknown desc = update out of sequence")
        if kind in ("secrets", "configs") and body.get("Data", item["Spec"].get("Data")) != item["Spec"].get("Data"):
            raise Refused(400, "rpc error: code = InvalidArgument desc = only updates to Labels are allowed")
        if kind in ("secrets", "configs"):
            body = {**item["Spec"], **body}
        self.posts.append(Post(kind, "update", name, body, query, auth))
        self.keep(kind, name, body)
        return {"Warnings": None}

    def delete(self, kind, key):
        name, item = self.find(kind, key)
        if kind in ("secrets", "configs") and answers.identity(item) in json.dumps(self.objects["services"]):
            raise Refused(400, f"rpc error: code = InvalidArgument desc = {kind[:-1]} '{name}' is in use by a service")
        self.posts.append(Post(kind, "delete", name, {}))
        del self.objects[kind][name]

    def answer(self, method, path, query, body, auth):
        """The JSON that the Engine says to a request."""
        if method == "GET" and path in answers.FIXED:
            return answers.FIXED[path]
        if found := re.fullmatch(r"/distribution/(.+)/json", path):
            return self.distribution(found[1])
        found = re.fullmatch(rf"/({'|'.join(KINDS)})(?:/([^/]+))?(?:/(update))?", path)
        if not found:
            raise Refused(501, f"this recorder does not know {method} {path}")
        kind, key, update = found.groups()
        if method == "POST":
            if key == "create":
                return self.create(kind, body, query, auth)
            return self.update(kind, key, body, query, auth)
        if method == "DELETE":
            return self.delete(kind, key)
        if key:
            return answers.shown(kind, self.find(kind, key)[1])
        return answers.listed(kind, self.objects[kind], json.loads(query.get("filters") or "{}"))

    @staticmethod
    def distribution(image):
        if image.startswith("gone"):
            raise Refused(404, f"manifest unknown: {image}")
        return answers.distribution(image)


class Handler(BaseHTTPRequestHandler):
    """HTTP with kept connections, bodies by length or in chunks."""

    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *words):
        """Say nothing."""

    def content(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def say(self, status, content, kind="application/json"):
        self.send_response(status)
        self.send_header("Api-Version", API_VERSION)
        self.send_header("Docker-Experimental", "false")
        self.send_header("Ostype", "linux")
        self.send_header("Swarm", "active/manager")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def handle_one(self):
        url = urlsplit(self.path)
        path = re.sub(r"^/v\d+\.\d+(?=/)", "", unquote(url.path))
        content = self.content()
        if path == "/_ping":
            return self.say(200, b"OK", "text/plain")
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        auth = self.headers.get("X-Registry-Auth")
        recorder = self.server.recorder
        try:
            with recorder.lock:
                recorder.requests.append(f"{self.command} {path}")
                body = json.loads(content) if content else {}
                answer = recorder.answer(self.command, path, query, body, auth and decoded(auth))
        except Refused as exc:
            return self.say(exc.status, json.dumps({"message": str(exc)}).encode())
        status = 201 if path.endswith("/create") else 200
        return self.say(status, b"" if answer is None else json.dumps(answer).encode())

    do_GET = do_HEAD = do_POST = do_DELETE = handle_one


def decoded(auth: str) -> dict:
    """The credentials of a header."""
    return json.loads(base64.urlsafe_b64decode(auth + "=" * (-len(auth) % 4)) or b"{}")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """One thread a connection; all end with the program."""

    daemon_threads = True
    recorder: Recorder


@contextmanager
def serve(recorder: Recorder):
    """Yield the address of an Engine that is ``recorder``."""
    with tempfile.TemporaryDirectory(prefix="golden-") as top:
        path = Path(top, "sock")
        server = Server(str(path), Handler)
        server.recorder = recorder
        ended = threading.Event()
        thread = threading.Thread(target=accept, args=(server, ended), daemon=True)
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            ended.set()
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(path))
            thread.join()
            server.server_close()


def accept(server: Server, ended: threading.Event):
    """Take connections, without looking about meanwhile as serve_forever does: there are many servers at a time."""
    while not ended.is_set():
        server.handle_request()
