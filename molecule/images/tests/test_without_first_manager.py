# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done while the first manager is off, and when it is back."""

from __future__ import annotations

import pytest
from images.tests.conftest import NODES

testinfra_hosts = ["ansible://node1"]

REST = tuple(name for name in NODES if name != "node1")


@pytest.fixture
def off(power):
    """The first manager is off during the test; call it to have the manager back."""
    power("stop", "node1")
    yield lambda: power("start", "node1")
    power("start", "node1")


def test_images_get_to_the_others(build, distribute, publish, stack, ids, running, digest, address, on, until, off):
    made = build("node2", "team/late:1", "late")
    late = [{"name": "team/late:1"}]
    done = distribute(images=late)
    assert ids("team/late:1", REST) == dict.fromkeys(REST, made)
    assert done.recap["node1"][1] == 1
    assert {failed for _changed, _unreachable, failed in done.recap.values()} == {0}
    silent = distribute("--limit", "node4", images=[{"name": "team/nothing:1"}])
    assert "none of node2, node3, node4 has image team/nothing:1 (node1 did not answer)" in silent.text

    # A service of all nodes is not done while the swarm waits for one.
    until(lambda: "node1 Down" in on("node2", "docker node ls --format '{{.Hostname}} {{.Status}}' || true"))
    images = [{"name": "flotilla/web:1", "source": "local", "repository": f"{address}/base/web:2"}]
    published = publish(images=images, stack=stack("base/web:2"))
    assert {failed for _changed, _unreachable, failed in published.recap.values()} == {0}
    told = digest("base/web", 2)
    wanted = f"{address}/base/web:2@{told}"
    until(
        lambda: {name: image for name, image in running("node2").items() if name in REST} == dict.fromkeys(REST, wanted)
    )

    off()
    until(lambda: running().get("node1") == wanted)
    assert distribute(images=late).changed == 1
    assert ids("team/late:1") == dict.fromkeys(NODES, made)
    # The name is new to this manager, the image is not new to the registry.
    assert publish(images=images, stack=stack("base/web:2")).changed == 1
    assert digest("base/web", 2) == told
