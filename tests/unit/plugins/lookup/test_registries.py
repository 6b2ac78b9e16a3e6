# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry that the environment names."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.lookup.registries import LookupModule

ACCOUNT = {"USERNAME": "deploy", "PASSWORD": "0123"}


@pytest.mark.parametrize(
    ("registry", "more", "found"),
    [
        pytest.param("", ACCOUNT, [], id="none"),
        pytest.param("reg:5000", {}, [{"registry": "reg:5000"}], id="without an account"),
        pytest.param(
            "reg:5000", ACCOUNT, [{"registry": "reg:5000", "username": "deploy", "password": "0123"}], id="all is text"
        ),
        pytest.param(
            "reg:5000",
            {**ACCOUNT, "CA_CERT": "PEM"},
            [{"registry": "reg:5000", "username": "deploy", "password": "0123", "ca_cert": "PEM"}],
            id="its own authority",
        ),
        pytest.param("reg:5000", {"CA_CERT": ""}, [{"registry": "reg:5000"}], id="an empty field is none"),
    ],
)
def test_the_registry_of_the_environment(registry, more, found, monkeypatch):
    monkeypatch.setenv("FLOTILLA_REGISTRY", registry)
    for name, value in more.items():
        monkeypatch.setenv(f"FLOTILLA_REGISTRY_{name}", value)
    assert LookupModule().run([]) == [found]
