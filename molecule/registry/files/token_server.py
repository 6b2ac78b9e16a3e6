# SPDX-License-Identifier: GPL-3.0-or-later
"""A token server for one user of a registry (distribution-spec, token authentication), identity tokens included.

    token_server.py PORT CERTIFICATE KEY SIGNER SIGNER-KEY SERVICE

User and password are in a file of one line, ``user:password``, in $TOKEN_USER.
"""

import base64
import hashlib
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT, CERTIFICATE, KEY, SIGNER, SIGNER_KEY, SERVICE = sys.argv[1:]
SECONDS = 300


def known() -> str:
    """The user and the password, with a colon between them."""
    return Path(os.environ["TOKEN_USER"]).read_text().strip()


def identity() -> str:
    """The identity token: another one after the password has changed."""
    return hashlib.sha256(known().encode()).hexdigest()


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def access_token(scopes: list) -> str:
    """A token for whatever is asked for, signed as the registry wants it."""
    now = int(time.time())
    granted = []
    for scope in scopes:
        kind, rest = scope.split(":", 1)
        name, actions = rest.rsplit(":", 1)
        granted.append({"type": kind, "name": name, "actions": actions.split(",")})
    chain = ["".join(Path(SIGNER).read_text().split("-----")[2].split())]
    claims = {"iss": "lab", "sub": known().partition(":")[0], "aud": SERVICE, "exp": now + SECONDS, "nbf": now - 10}
    claims |= {"iat": now, "jti": os.urandom(8).hex(), "access": granted}
    header = {"typ": "JWT", "alg": "RS256", "x5c": chain}
    text = ".".join(coded(json.dumps(part).encode()) for part in (header, claims))
    sign = ["openssl", "dgst", "-sha256", "-sign", SIGNER_KEY]
    return f"{text}.{coded(subprocess.run(sign, input=text.encode(), capture_output=True, check=True).stdout)}"


class Handler(BaseHTTPRequestHandler):
    """Passwords by GET, identity tokens by POST."""

    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        right = self.headers.get("Authorization") == "Basic " + base64.b64encode(known().encode()).decode()
        more = {"refresh_token": identity()} if asked.get("offline_token") == ["true"] else {}
        self.answer(right, asked, more)

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = urllib.parse.parse_qs(form)
        self.answer(asked.get("refresh_token") == [identity()], asked, {"refresh_token": identity()})

    def answer(self, right, asked, more):
        scopes = [scope for text in asked.get("scope", []) for scope in text.split()]
        body = {"details": "incorrect username or password"}
        if right:
            token = access_token(scopes)
            body = {"token": token, "access_token": token, "expires_in": SECONDS, **more}
        data = json.dumps(body).encode()
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server = ThreadingHTTPServer(("", int(PORT)), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
