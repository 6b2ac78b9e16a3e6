# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials are where docker looks for them, and nobody else can read them."""

import json

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]


def test_credentials_are_stored(host):
    file = host.file("/root/.docker/config.json")
    assert file.mode == 0o600
    assert "registry.example.com:5000" in json.loads(file.content_string)["auths"]
