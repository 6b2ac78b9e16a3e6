# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client over TCP and TLS, which takes the docker SDK: a server in this process stands in for the Engine.

tests/checks/versions.py runs this with every SDK that is supported.
"""

from __future__ import annotations

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

from ansible_collections.flotilla.swarm.plugins.module_utils.core import errors
from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client

pytest.importorskip("docker")

NAME = "engine.example.com"
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Handler(BaseHTTPRequestHandler):
    """Echoes what it is asked, but for a few paths."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.read_body()
        path = self.path.partition("?")[0]
        if path.endswith("/missing"):
            return self.send(404, {"message": "service web not found"})
        if path.endswith("/silent"):
            self.server.released.wait(10)
        if path.endswith("/parts"):
            return self.send_parts([b"one", b"two", body.encode()])
        kind = self.headers.get("Content-Type")
        return self.send(200, {"method": self.command, "path": self.path, "body": body, "kind": kind})

    do_GET = do_POST = do_DELETE = answer

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        body = b""
        while True:
            length = int(self.rfile.readline(), 16)
            body += self.rfile.read(length)
            self.rfile.readline()
            if not length:
                return body.decode()

    def send(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        headers = {"Api-Version": "1.45", "Content-Type": "application/json", "Content-Length": str(len(data))}
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def send_parts(self, parts):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_request):
        """A client that does not trust this server closes the connection."""


@pytest.fixture
def engine(monkeypatch):
    """Start a server, with TLS where certificates are given; returns its address without the scheme."""
    for name in ("HOST", "TLS", "TLS_VERIFY", "CERT_PATH", "TLS_HOSTNAME", "API_VERSION", "TIMEOUT"):
        monkeypatch.delenv(f"DOCKER_{name}", raising=False)
    # requests takes these in place of a session's own settings.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    started = []

    def start(files=None, asks_for_certificate=False):
        server = Server(("127.0.0.1", 0), Handler)
        server.released = threading.Event()
        if files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.host)
            if asks_for_certificate:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(files.ca)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        started.append(server)
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    for server in started:
        server.released.set()
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    """By names: files of an authority, ``ca``, and of a certificate of it, ``host``, for this name or address."""
    return {
        "address": authority(
            tmp_path_factory.mktemp("address"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")), "address"
        ),
        "name": authority(tmp_path_factory.mktemp("name"), x509.DNSName(NAME), "name"),
    }


def authority(folder, name, word):
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _each in range(2))
    issuer, subject = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (f"authority {word}", "engine")
    )
    signs = {usage: usage == "key_cert_sign" for usage in USAGES}
    basic = [(x509.BasicConstraints(ca=True, path_length=None), True), (x509.KeyUsage(**signs), True)]
    ca = certificate(issuer, issuer, ca_key, ca_key, basic)
    host = certificate(subject, issuer, key, ca_key, [(x509.SubjectAlternativeName([name]), False)])
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "host.pem").write_bytes(host.public_bytes(pem) + private)
    return SimpleNamespace(ca=str(folder / "ca.pem"), host=str(folder / "host.pem"))


def certificate(subject, issuer, key, issuer_key, extensions):
    """A certificate that Python 3.13 takes, which wants to know of each whose key has signed it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    keys = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False),
    ]
    for extension, critical in [*extensions, *keys]:
        builder = builder.add_extension(extension, critical=critical)
    return builder.not_valid_after(now + datetime.timedelta(days=1)).sign(issuer_key, hashes.SHA256())


def client(address, **params):
    return Client({"docker_host": f"tcp://{address}", "timeout": 5, **params}, sleep=lambda _seconds: None)


def test_exchanges(engine):
    subject = client(engine())
    assert subject.api_version == "1.45"
    assert subject.get("/tasks", filters={"service": ["x"]}, names=("a", "b"))["path"] == (
        "/v1.45/tasks?filters=%7B%22service%22%3A+%5B%22x%22%5D%7D&names=a&names=b"
    )
    posted = subject.post("/services/create", {"Name": "web"}, force=True)
    assert (posted["method"], posted["kind"], json.loads(posted["body"])) == (
        "POST",
        "application/json",
        {"Name": "web"},
    )
    assert posted["path"].endswith("/services/create?force=true")
    assert subject.delete("/services/web")["method"] == "DELETE"
    assert subject.find("/missing") is None
    assert subject.requests == 5


def test_what_comes_in_parts(engine):
    with client(engine()).stream("POST", "/parts", data=iter([b"a", b"b"])) as parts:
        assert b"".join(parts) == b"onetwoab"


def test_an_answer_that_does_not_come(engine):
    with pytest.raises(errors.Unreachable) as caught:
        client(engine()).post("/silent", timeout=0.2)
    assert caught.value.reason == "engine_timeout"


def test_nothing_listens():
    with pytest.raises(errors.Unreachable, match="nothing listens at its address"):
        client("127.0.0.1:1").post("/x")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_tls_without_a_look_at_the_certificate(engine, authorities):
    assert client(engine(authorities["name"]), tls=True).get("/info")["method"] == "GET"


def test_tls_with_the_address_of_the_engine_in_its_certificate(engine, authorities):
    files = authorities["address"]
    assert client(engine(files), validate_certs=True, ca_path=files.ca).get("/info")["method"] == "GET"


def test_tls_with_another_name_in_the_certificate(engine, authorities):
    files = authorities["name"]
    address = engine(files)
    told = {"validate_certs": True, "ca_path": files.ca}
    assert client(address, **told, tls_hostname=NAME).get("/info")["method"] == "GET"
    for params in (told, {**told, "tls_hostname": "other.example.com"}):
        with pytest.raises(errors.Unreachable, match="its certificate is for another name"):
            client(address, **params).post("/x")


def test_tls_with_a_certificate_of_somebody_else(engine, authorities):
    address = engine(authorities["address"])
    with pytest.raises(errors.Unreachable, match="its certificate is not trusted"):
        client(address, validate_certs=True, ca_path=authorities["name"].ca).post("/x")


def test_tls_with_a_certificate_of_the_client(engine, authorities):
    files = authorities["address"]
    address = engine(files, asks_for_certificate=True)
    told = {"validate_certs": True, "ca_path": files.ca}
    own = {"client_cert": files.host, "client_key": files.host}
    assert client(address, **told, **own).get("/info")["method"] == "GET"
    with pytest.raises(errors.Unreachable):
        client(address, **told).post("/x")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_options_count_and_not_the_bundle_of_the_host(engine, authorities, monkeypatch, variable):
    files, other = authorities["address"], authorities["name"]
    address = engine(files)
    monkeypatch.setenv(variable, other.ca)
    assert client(address, tls=True).get("/info")["method"] == "GET"
    assert client(address, validate_certs=True, ca_path=files.ca).get("/info")["method"] == "GET"
    monkeypatch.setenv(variable, files.ca)
    with pytest.raises(errors.Unreachable, match="its certificate is not trusted"):
        client(address, validate_certs=True, ca_path=other.ca).post("/x")
