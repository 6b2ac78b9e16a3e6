# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop is open."""

import json

testinfra_hosts = ["ansible://swarm_managers"]


def test_the_page_is_of_the_version_that_was_deployed(host):
    page = host.check_output("curl -fsS --max-time 10 http://127.0.0.1:8080/")
    assert "version: 1" in page.splitlines()


def test_all_replicas_run(host):
    lines = host.check_output("docker stack services --format '{{json .}}' shop").splitlines()
    assert {service["Name"]: service["Replicas"] for service in map(json.loads, lines)} == {"shop_web": "1/1"}
