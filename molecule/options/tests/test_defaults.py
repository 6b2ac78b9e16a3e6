# SPDX-License-Identifier: GPL-3.0-or-later
"""What the table takes an absent value for is what the Engine takes it for."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import show_all
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SPEC

# As little as the Engine takes of what has defaults of its own within.
SPARSE = (
    {"EndpointSpec": {"Ports": [{"TargetPort": 80}]}},
    {"EndpointSpec": {"Ports": [{"TargetPort": 80, "PublishMode": "host"}]}},
    {"UpdateConfig": {"Parallelism": 2, "Monitor": 1}},
    {"UpdateConfig": {"Parallelism": 1, "Order": "start-first"}},
    {"RollbackConfig": {"Parallelism": 0}},
    {"Mode": {}},
    {"Mode": {"Replicated": {}}},
    {"Mode": {"ReplicatedJob": {}}},
    {"Mode": {"ReplicatedJob": {"TotalCompletions": 0}}},
    {"Mode": {"ReplicatedJob": {"MaxConcurrent": 3}}},
    {"TaskTemplate": {"RestartPolicy": {"Delay": 1}}},
    {"TaskTemplate": {"RestartPolicy": {"Condition": "on-failure"}}},
    {"TaskTemplate": {"Placement": {}}},
    {"TaskTemplate": {"Resources": {"Limits": {}}}},
    {"TaskTemplate": {"LogDriver": {"Name": "local"}}},
    {"TaskTemplate": {"ContainerSpec": {"Mounts": [{"Target": "/d", "Source": "/srv"}]}}},
    {"TaskTemplate": {"ContainerSpec": {"Mounts": [{"Target": "/d", "Type": "tmpfs", "TmpfsOptions": {}}]}}},
    {
        "TaskTemplate": {
            "ContainerSpec": {
                "Mounts": [{"Target": "/d", "Source": "/srv", "BindOptions": {"Propagation": "rprivate"}}]
            }
        }
    },
    {"TaskTemplate": {"ContainerSpec": {"Healthcheck": {"Test": ["CMD", "true"]}}}},
    {"TaskTemplate": {"ContainerSpec": {"Privileges": {"SELinuxContext": {}}}}},
    {"TaskTemplate": {"ContainerSpec": {"DNSConfig": {}, "Init": None, "TTY": False}}},
)
NOWHERE = ["node.labels.no==where"]


def test_the_engine_fills_in_what_the_table_calls_the_default(engine):
    made = engine.client.post("/services/create", spec("plain"))
    path = f"/services/{made['ID']}"
    stored, filled = engine.client.get(path)["Spec"], engine.client.get(path, insertDefaults="true")["Spec"]
    assert filled != stored
    assert show_all(SPEC, filled) == show_all(SPEC, stored) == show_all(SPEC, spec("plain"))


@pytest.mark.parametrize("sparse", SPARSE, ids=str)
def test_what_is_posted_sparsely_means_what_the_engine_makes_of_it(sparse, engine):
    posted = merged(spec("sparse"), sparse)
    made = engine.client.post("/services/create", posted)
    for query in ({}, {"insertDefaults": "true"}):
        held = engine.client.get(f"/services/{made['ID']}", **query)["Spec"]
        assert show_all(SPEC, held) == show_all(SPEC, posted)


def spec(name):
    """A service that needs nothing, and starts nowhere."""
    return {
        "Name": name,
        "TaskTemplate": {"ContainerSpec": {"Image": "flotilla/web:1"}, "Placement": {"Constraints": NOWHERE}},
    }


def merged(tree, other):
    """A dict with what another one has, at any depth."""
    for key, value in other.items():
        tree[key] = merged(tree.get(key) or {}, value) if isinstance(value, dict) else value
    return tree
