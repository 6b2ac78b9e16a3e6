# SPDX-License-Identifier: GPL-3.0-or-later
"""All machines have the same image."""

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]


def test_the_image_is_there(host):
    assert host.check_output("docker image inspect --format {{.Id}} example/shop:1") == host.check_output(
        "docker image inspect --format {{.Id}} flotilla/web:1"
    )
