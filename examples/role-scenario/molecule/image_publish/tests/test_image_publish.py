# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry has the image."""

import json

testinfra_hosts = ["ansible://swarm_managers"]


def test_the_registry_has_it(host):
    answer = host.check_output("curl -fsS --max-time 10 http://127.0.0.1:5000/v2/shop/tags/list")
    assert json.loads(answer) == {"name": "shop", "tags": ["1"]}
