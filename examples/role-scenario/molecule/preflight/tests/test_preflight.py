# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines are as they were."""

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]


def test_nothing_was_changed(host):
    assert host.check_output("docker info --format {{.Swarm.LocalNodeState}}") == "inactive"
    assert not host.file("/etc/docker/daemon.json").exists
