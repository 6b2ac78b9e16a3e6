# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests from outside of the swarm, as people and their browsers send them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest


@dataclass(frozen=True)
class Answer:
    """Status, text, and the address after redirections."""

    status: int
    text: str
    url: str


@pytest.fixture
def address(host):
    """The address of a machine."""
    return lambda name: host.get_host(f"ansible://{name}").ansible.get_variables()["ansible_host"]


@pytest.fixture
def ask(address):
    """Send a request to a machine; a ``form`` is posted as a browser does."""

    def ask(node, port, path="/", method=None, form=None):
        data = urlencode(form).encode() if form else None
        request = Request(f"http://{address(node)}:{port}{path}", data, method=method)
        try:
            with urlopen(request, timeout=30) as response:
                return Answer(response.status, response.read().decode(), response.url)
        except HTTPError as error:
            return Answer(error.code, error.read().decode(), error.url)

    return ask


@pytest.fixture
def execute(run):
    """Run a command in a task of a service; return its end and what it printed."""

    def execute(service, *argv, **options):
        result = run("service_exec", service=service, argv=argv, **options)
        return result["rc"], result["stdout"]

    return execute
