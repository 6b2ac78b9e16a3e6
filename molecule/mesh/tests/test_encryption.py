# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes between the nodes for an encrypted network, and for one that is not."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]


@pytest.fixture
def vxlan_ids(engine):
    """The number of a network between the nodes."""

    def vxlan_ids(name):
        options = engine("node1", f"/networks/{name}")["Options"]
        return {int(number) for number in options["com.docker.network.driver.overlay.vxlanid_list"].split(",")}

    return vxlan_ids


@pytest.mark.parametrize("asks", ["node1", "node3"])
def test_an_encrypted_network_goes_as_esp_and_never_as_plain_vxlan(asks, between, fetch, tasks, vxlan_ids):
    answers = []
    seen = between("node2", lambda: answers.extend(fetch(asks, "vault", times=3)))
    assert answers == list(tasks("vault")) * 3
    assert seen["esp"] >= 3
    assert not vxlan_ids("safe") & set(map(int, seen["vxlan"]))


def test_a_network_that_is_not_encrypted_goes_as_vxlan(between, fetch, tasks, vxlan_ids):
    there = next(name for name, node in tasks("web").items() if node == "node1")
    answers = []
    seen = between("node2", lambda: answers.extend(fetch("node2", "web", times=3)))
    assert there in answers
    assert vxlan_ids("plain") & set(map(int, seen["vxlan"]))
