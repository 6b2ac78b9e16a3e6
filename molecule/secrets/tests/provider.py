# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin that gives values to tasks: ``value of SECRET for SERVICE``."""

from __future__ import annotations

import base64
import json
import os
import socketserver
from http.server import BaseHTTPRequestHandler

SOCKET = "/run/docker/plugins/provider.sock"


class Provider(BaseHTTPRequestHandler):
    """Docker's plugin protocol, as far as secrets need it."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        if self.path == "/Plugin.Activate":
            answer = {"Implements": ["secretprovider"]}
        else:
            value = f"value of {asked['SecretName']} for {asked['ServiceName']}"
            answer = {"Value": base64.b64encode(value.encode()).decode()}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.docker.plugins.v1.1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "docker"


os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
socketserver.ThreadingUnixStreamServer(SOCKET, Provider).serve_forever()
