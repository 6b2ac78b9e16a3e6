# SPDX-License-Identifier: GPL-3.0-or-later
"""A service catalogue that remembers what it is told, in the language of Consul's agents. Its port is the argument."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

SERVICES: dict = {}


class Catalogue(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path == "/v1/agent/services" else 404, SERVICES)

    def do_PUT(self):
        told = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/v1/agent/service/register":
            service = json.loads(told)
            SERVICES[service["ID"]] = {**service, "Service": service.get("Name")}
            return self.answer(200)
        ours, number = self.path.rsplit("/", 1)
        known = ours == "/v1/agent/service/deregister" and SERVICES.pop(number, None)
        return self.answer(200 if known else 404)

    def answer(self, status, body=None):
        text = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Catalogue).serve_forever()
