# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry in this process, which answers as Debian's docker-registry 2.8 was seen to, and a credential helper."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD, TOKEN = "ann", "right:password", "token-of-ann"
UNAUTHORIZED = {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": None}]}
VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}
BEARER = 'Bearer realm="{base}/token?x=1",service="registry.example.com"'

# A program that keeps credentials as docker-credential-helpers do, in files beside itself.
HELPER = """#!/usr/bin/python3
import json, os, sys
text = sys.stdin.read()
key = json.loads(text)["ServerURL"] if sys.argv[1] == "store" else text.strip()
path = os.path.join(os.path.dirname(__file__), "kept-" + key.replace("/", "_"))
with open(os.path.join(os.path.dirname(__file__), "calls"), "a") as calls:
    print(*sys.argv[1:], key, file=calls)
if sys.argv[1] == "store":
    with open(path, "w") as file:
        file.write(text)
elif not os.path.exists(path):
    sys.exit(print("credentials not found in native keychain") or 1)
elif sys.argv[1] == "get":
    print(open(path).read())
else:
    os.unlink(path)
"""


class Handler(BaseHTTPRequestHandler):
    """What a registry of the kind says."""

    def do_GET(self):
        served = self.server.served
        authorization = self.headers.get("Authorization", "")
        served.requests.append((self.path, authorization))
        path = self.path.partition("?")[0]
        status, body, headers = KINDS[served.kind](served, path, authorization)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments):
        pass


def right(authorization):
    return authorization == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def basic(_served, _path, authorization):
    if right(authorization):
        return 200, {}, VERSION
    return 401, UNAUTHORIZED, {**VERSION, "WWW-Authenticate": 'Basic realm="lab"'}


def bearer(served, path, authorization, refusal=401):
    if path == "/token":
        answer = {"token": TOKEN, "expires_in": 300}
        return (200, answer, {}) if right(authorization) else (refusal, {"details": "incorrect password"}, {})
    if authorization == f"Bearer {TOKEN}":
        return 200, {}, VERSION
    return 401, UNAUTHORIZED, {**VERSION, "WWW-Authenticate": BEARER.format(base=served.base)}


def limited_tokens(served, path, authorization):
    return (429, {}, {"Retry-After": "60"}) if path == "/token" else bearer(served, path, authorization)


def no_token(served, path, authorization):
    return (200, b"<html>", {}) if path == "/token" else bearer(served, path, authorization)


def redirecting(served, path, authorization):
    if path == "/elsewhere":
        return 200, {}, VERSION
    status, body, headers = basic(served, path, authorization)
    return (302, b"", {"Location": "/elsewhere"}) if status == 200 else (status, body, headers)


KINDS = {
    "basic": basic,
    "bearer": bearer,
    "bearer 403": lambda *asked: bearer(*asked, refusal=403),
    "limited tokens": limited_tokens,
    "no token": no_token,
    "plain token server": lambda *_asked: (
        401,
        UNAUTHORIZED,
        {**VERSION, "WWW-Authenticate": BEARER.format(base="http://127.0.0.1:1")},
    ),
    "open": lambda *_asked: (200, {}, VERSION),
    "website": lambda *_asked: (200, b"<html>welcome</html>", {"Content-Type": "text/html"}),
    "nothing": lambda *_asked: (404, b"404 page not found", {}),
    "no challenge": lambda *_asked: (401, {}, {}),
    "digest": lambda *_asked: (401, {}, {"WWW-Authenticate": 'Digest realm="a", nonce="b"'}),
    "limited": lambda *_asked: (429, {}, {}),
    "failing": lambda *_asked: (503, {}, {}),
    "forbidding": lambda *_asked: (403, {}, VERSION),
    "redirecting": redirecting,
}


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """An authority and a certificate of it for 127.0.0.1: ``ca`` and ``host`` are files."""
    folder = tmp_path_factory.mktemp("certificates")
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _each in range(2))
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registry")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    ca = certificate(issuer, issuer, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=None))
    host = certificate(subject, issuer, key, ca_key, names)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.crt").write_bytes(ca.public_bytes(pem))
    (folder / "host.pem").write_bytes(host.public_bytes(pem) + private)
    return SimpleNamespace(ca=folder / "ca.crt", host=folder / "host.pem")


def certificate(subject, issuer, key, issuer_key, extension):
    """One certificate."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    return builder.not_valid_after(now + datetime.timedelta(days=1)).sign(issuer_key, hashes.SHA256())


@pytest.fixture
def serve(authority):
    """Start a registry of a kind; it has ``name``, ``base`` and ``requests``."""
    servers = []

    def serve(kind, tls=True):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.host)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        name = f"127.0.0.1:{server.server_address[1]}"
        served = SimpleNamespace(kind=kind, name=name, base=f"http{'s' if tls else ''}://{name}", requests=[])
        server.served = served
        # Otherwise the end of a test takes half a second.
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return served

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def box(tmp_path, monkeypatch):
    """Credential helper ``box`` on the path; what it was called with, a line each."""
    folder = tmp_path / "box"
    folder.mkdir()
    program = folder / "docker-credential-box"
    program.write_text(HELPER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    calls = folder / "calls"
    return lambda: calls.read_text().splitlines() if calls.exists() else []
