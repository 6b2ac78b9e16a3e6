# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import where_to_run


@pytest.mark.parametrize(
    ("swarm", "sentence"),
    [
        (
            {"LocalNodeState": "inactive", "RemoteManagers": None},
            "this Engine is in no swarm; run this task on a manager, or build a swarm with flotilla.swarm.cluster",
        ),
        (
            {
                "LocalNodeState": "active",
                "RemoteManagers": [
                    {"NodeID": "viutuky5r1kb6nc8mikwn2boh", "Addr": "10.213.141.3:2377"},
                    {"NodeID": "pnsob0xbw4akw3ll0wtwjyre4", "Addr": "10.213.141.2:2377"},
                ],
            },
            "this Engine is a worker of its swarm; run this task on one of its managers: "
            "10.213.141.2:2377, 10.213.141.3:2377",
        ),
        (
            {"LocalNodeState": "pending", "RemoteManagers": None},
            "this Engine is no manager of a swarm (its membership is pending); use one that is",
        ),
    ],
)
def test_an_engine_that_is_no_manager_says_where_to_run(swarm, sentence):
    assert where_to_run(swarm) == sentence
