# SPDX-License-Identifier: GPL-3.0-or-later
"""The load balancer answers for the swarm."""

testinfra_hosts = ["ansible://swarm_load_balancers"]


def test_the_service_answers(host):
    assert host.service("haproxy").is_running
    assert host.check_output("docker info --format {{.Swarm.LocalNodeState}}") == "inactive"
    assert host.check_output("curl -fsS --max-time 10 http://127.0.0.1:8080/")
