# SPDX-License-Identifier: GPL-3.0-or-later
"""The service answers."""

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]


def test_the_service_answers_on_every_node(host):
    assert host.check_output("curl -fsS --max-time 10 http://127.0.0.1:8080/")
