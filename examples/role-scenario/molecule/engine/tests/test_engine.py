# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engines run with what the role was given."""

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]


def test_the_engine_runs_with_it(host):
    assert host.service("docker").is_running
    host.check_output("docker create --name probe flotilla/web:1")
    try:
        options = host.check_output("docker inspect --format '{{json .HostConfig.LogConfig.Config}}' probe")
        assert options == '{"max-file":"3","max-size":"10m"}'
    finally:
        host.check_output("docker rm probe")
