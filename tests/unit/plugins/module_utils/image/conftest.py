# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Engine in this process: it keeps images and what a registry has, and answers as one of 26.1 was seen to."""

from __future__ import annotations

import io
import json
import socketserver
import tarfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec
from ansible_collections.flotilla.swarm.plugins.module_utils.image.apply import ensure
from ansible_collections.flotilla.swarm.plugins.module_utils.image.fields import IMAGE


def identity(letter):
    return f"sha256:{letter * 64}"


class Engine(socketserver.ThreadingUnixStreamServer):
    """``names`` are IDs by name, ``digests`` names with digests by ID, ``registry`` digests by name."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Handler)
        self.names, self.digests, self.registry = {}, {}, {}
        self.requests, self.error, self.received, self.used = [], None, b"", []

    @property
    def writes(self):
        """What was asked that may change something."""
        return [request for request in self.requests if not request.startswith("GET")]

    def add(self, letter, *names, digest=None):
        """Have an image, with a digest in the registry of its first name."""
        for name in names:
            self.names[name] = identity(letter)
        if digest:
            self.digests.setdefault(identity(letter), []).append(f"{names[0].rpartition(':')[0]}@{identity(digest)}")

    def inspect(self, name):
        found = self.names.get(name, name)
        if found not in self.names.values():
            return None
        tags = sorted(tag for tag, image in self.names.items() if image == found)
        return {"Id": found, "RepoTags": tags, "RepoDigests": self.digests.get(found, []), "Os": "linux",
                "Architecture": "amd64"}  # fmt: skip

    def archive(self, name):
        """An archive of an image, as it is saved and loaded."""
        image = self.inspect(name)
        listed = [{"Config": f"{image['Id'].partition(':')[2]}.json", "RepoTags": [name]}]
        data, file = json.dumps(listed).encode(), io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            info = tarfile.TarInfo("manifest.json")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *_arguments):
        pass

    def answer(self, status, body=None, *parts):
        """JSON, or parts as they come."""
        self.send_response(status)
        data = [part if isinstance(part, bytes) else json.dumps(part).encode() + b"\r\n" for part in (body, *parts)]
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def receive(self):
        received = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                received += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            received = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return received

    def serve(self):
        engine, received = self.server, self.receive()
        url = urllib.parse.urlsplit(self.path)
        path, query = url.path.partition("/v1.45")[2], dict(urllib.parse.parse_qsl(url.query))
        engine.requests.append(f"{self.command} {path}")
        if received:
            engine.received = received
        if engine.error and self.command == "POST" and not path.endswith("/tag"):
            return self.answer(200, {"status": "begun"}, {"errorDetail": {"message": engine.error}})
        return self.images(engine, path, query) or self.answer(404, {"message": f"No such image: {path}"})

    do_GET = do_POST = do_DELETE = serve

    def images(self, engine, path, query):
        """Answer, and return true, if there is anything to say."""
        parts = path.split("/")
        name, what = "/".join(parts[2:-1]), parts[-1]
        if path.startswith("/distribution/"):
            digest, platforms = engine.registry.get(name), [{"os": "linux", "architecture": "amd64"}]
            return digest and [self.answer(200, {"Descriptor": {"digest": identity(digest)}, "Platforms": platforms})]
        if path == "/containers/json":
            return [self.answer(200, [{"Id": "c" * 64, "ImageID": image} for image in engine.used])]
        if path == "/images/create":
            name = query["fromImage"]
            engine.add("p", name, digest=engine.registry[name])
            return [self.answer(200, {"status": f"Digest: {identity(engine.registry[name])}"})]
        if path == "/build":
            engine.add("b", query["t"])
            return [self.answer(200, {"stream": "Step 1/1 : FROM x"}, {"aux": {"ID": identity("b")}})]
        if path == "/images/load":
            engine.names.update(engine.loads)
            return [self.answer(200, {"stream": "Loaded image"})]
        if self.command == "DELETE" and engine.names.get(path[len("/images/") :]) in engine.used:
            return [self.answer(409, {"message": "conflict: unable to remove repository reference"})]
        if self.command == "DELETE":
            return engine.names.pop(path[len("/images/") :], None) and [self.answer(200, [])]
        image = engine.inspect(f"{name}:{query['tag']}" if what == "push" else name)
        if not image:
            return None
        if what == "json":
            return [self.answer(200, image)]
        if what == "get":
            return [self.answer(200, engine.archive(name))]
        tagged = f"{query.get('repo', name)}:{query['tag']}"
        if what == "tag":
            engine.names[tagged] = image["Id"]
            return [self.answer(201, {})]
        digest = image["Id"][-1]
        engine.registry[tagged] = digest
        engine.digests.setdefault(image["Id"], []).append(f"{name}@{identity(digest)}")
        return [self.answer(200, {"aux": {"Digest": identity(digest)}})]


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """The Engine, reached by a short path, as that of a socket may not be long."""
    monkeypatch.chdir(tmp_path)
    with Engine("socket") as engine:
        thread = threading.Thread(target=engine.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield engine
        engine.shutdown()


@pytest.fixture
def run(engine):
    """The result of the module on that Engine, as often as it is called."""

    def run(check=False, **options):
        checked = ArgumentSpecValidator(argument_spec(IMAGE)).validate(options)
        assert not checked.error_messages
        client = Client({"docker_host": "unix://socket", "api_version": "1.45"})
        engine.requests.clear()
        return ensure(client, checked.validated_parameters, check)

    return run
