# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes between the nodes for an encrypted network, and for that of the routing mesh, which is not encrypted."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]


@pytest.mark.parametrize("asks", ["node1", "node3"])
def test_an_encrypted_network_goes_as_esp_and_never_as_plain_vxlan(asks, between, fetch, tasks, vxlan_ids, eventually):
    answers = list(tasks("at-node2")) * 3
    seen = between("node2", lambda: eventually(lambda: fetch(asks, "at-node2", times=3), answers))
    assert seen["esp"] >= 3
    assert not vxlan_ids("safe") & set(map(int, seen["vxlan"]))


def test_a_network_that_is_not_encrypted_goes_as_vxlan(between, task, tasks, vxlan_ids, eventually):
    (there,) = tasks("at-node2")
    seen = between("node2", lambda: eventually(lambda: task("node1", 8082), there))
    assert vxlan_ids("ingress") & set(map(int, seen["vxlan"]))
