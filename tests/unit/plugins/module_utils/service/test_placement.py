# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.service.placement import matches

NODE = {
    "ID": "jx9lxcprzc449sf1zos2utmkw",
    "Spec": {"Role": "worker", "Availability": "active", "Labels": {"zone": "West", "Rack": "", "a.b": "1"}},
    "Description": {
        "Hostname": "node2",
        "Platform": {"Architecture": "x86_64", "OS": "linux"},
        "Engine": {"Labels": {"disk": "ssd"}},
    },
    "Status": {"State": "ready", "Addr": "10.213.192.3"},
}


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        pytest.param(None, True, id="no constraint matches"),
        pytest.param(["node.role==worker"], True, id="a role"),
        pytest.param(["node.role == worker"], True, id="spaces do not count"),
        pytest.param(["node.role!=worker"], False, id="not a role"),
        pytest.param(["node.id==jx9lxcprzc449sf1zos2utmkw"], True, id="an ID"),
        pytest.param(["node.hostname==NODE2"], True, id="values are compared without case"),
        pytest.param(["Node.Hostname==node2"], True, id="so are keys"),
        pytest.param(["node.labels.zone==west"], True, id="a label"),
        pytest.param(["node.labels.Zone==west"], False, id="names of labels are compared with case"),
        pytest.param(["node.labels.a.b==1"], True, id="a label with a dot"),
        pytest.param(["node.labels.missing==x"], False, id="a label that is not there"),
        pytest.param(["node.labels.missing!=x"], True, id="a label that is not there differs"),
        pytest.param(["engine.labels.disk==ssd"], True, id="a label of the Engine"),
        pytest.param(["node.platform.os==linux", "node.platform.arch==x86_64"], True, id="all of several"),
        pytest.param(["node.platform.os==linux", "node.role==manager"], False, id="one of several does not"),
        pytest.param(["node.ip==10.213.192.3"], True, id="an address"),
        pytest.param(["node.ip==10.213.192.0/24"], True, id="a network"),
        pytest.param(["node.ip!=10.213.192.0/24"], False, id="not in a network"),
        pytest.param(["node.ip==nonsense"], False, id="what is no address matches nothing"),
        pytest.param(["node.ip!=nonsense"], False, id="not even turned round"),
        pytest.param(["node.moon==full"], False, id="an unknown key matches nothing"),
        pytest.param(["node.moon!=full"], False, id="an unknown key matches nothing turned round either"),
        pytest.param(["node.labels.==x"], False, id="a label without a name"),
    ],
)
def test_constraints(constraints, expected):
    assert matches(constraints, NODE) is expected


def test_a_node_that_never_reported_has_no_properties():
    node = {"ID": "x", "Spec": {"Role": "worker"}, "Status": {"State": "unknown"}}
    assert not matches(["node.hostname==node2"], node)
    assert matches(["node.hostname!=node2"], node)
    assert not matches(["node.ip==10.0.0.0/8"], node)
