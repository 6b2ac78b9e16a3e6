# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.member.apply import check_join_options, other_swarm
from ansible_collections.flotilla.swarm.plugins.module_utils.member.judge import judge_join, judge_leave
from ansible_collections.flotilla.swarm.plugins.module_utils.member.probe import port_of, with_ports

HERE = {"cluster_id": "736wbo", "address": "10.0.0.2", "remote_managers": ["10.0.0.1:2377", "[2001:db8::1]:2377"]}


@pytest.mark.parametrize(
    ("state", "error", "verdict", "reason"),
    [
        ("active", None, "done", "joined"),
        ("pending", None, "pending", "the Engine is pending"),
        ("active", "rpc error", "pending", "the Engine is active (rpc error)"),
        ("error", "no certificate", "pending", "the Engine is error (no certificate)"),
        ("inactive", None, "failed", "the Engine gave up joining"),
        ("inactive", "invalid join token", "failed", "invalid join token"),
        ("locked", None, "failed", "the Engine is locked"),
    ],
)
def test_a_join(state, error, verdict, reason):
    found = judge_join({"state": state, "error": error})
    assert (found.state, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("state", "verdict", "reason"), [("inactive", "done", "left"), ("active", "pending", "the Engine is still active")]
)
def test_a_leave(state, verdict, reason):
    found = judge_leave({"state": state})
    assert (found.state, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("cluster_id", "remote_addrs", "here", "other"),
    [
        pytest.param("736wbo", None, {}, False, id="the swarm that is meant"),
        pytest.param("zzz", ["10.0.0.1"], {}, True, id="another swarm, whatever the addresses say"),
        pytest.param("736wbo", None, {"cluster_id": None}, False, id="a swarm that is not known yet"),
        pytest.param(None, ["10.0.0.1:2377"], {}, False, id="an address of its managers"),
        pytest.param(None, ["10.0.0.9", "10.0.0.1"], {}, False, id="one address of several"),
        pytest.param(None, ["[2001:db8::1]"], {}, False, id="an address of version 6"),
        pytest.param(None, ["10.0.0.2"], {}, False, id="this Engine's own address"),
        pytest.param(None, ["10.0.0.9"], {}, True, id="addresses of other managers"),
        pytest.param(None, None, {}, False, id="no swarm is meant"),
    ],
)
def test_membership_of_another_swarm(cluster_id, remote_addrs, here, other):
    assert other_swarm({"cluster_id": cluster_id, "remote_addrs": remote_addrs}, {**HERE, **here}) is other


@pytest.mark.parametrize(
    ("address", "port", "full"),
    [
        ("10.0.0.1", 2377, "10.0.0.1:2377"),
        ("10.0.0.1:4000", 4000, "10.0.0.1:4000"),
        ("node1", 2377, "node1:2377"),
        ("2001:db8::1", 2377, "[2001:db8::1]:2377"),
        ("[2001:db8::1]", 2377, "[2001:db8::1]:2377"),
        ("[2001:db8::1]:4000", 4000, "[2001:db8::1]:4000"),
        ("[::1]:4000", 4000, "[::1]:4000"),
    ],
)
def test_addresses_have_ports(address, port, full):
    assert port_of(address) == port
    assert with_ports([address]) == [full]


@pytest.mark.parametrize(
    ("token", "addresses", "missing"),
    [(None, ["10.0.0.1"], "join_token"), ("t", [], "remote_addrs"), (None, None, "join_token and remote_addrs")],
)
def test_a_join_without_what_it_takes_says_what_is_missing(token, addresses, missing):
    with pytest.raises(
        InvalidOption, match=f"^to join, give {missing}; flotilla.swarm.cluster_info on a manager has them"
    ):
        check_join_options({"join_token": token, "remote_addrs": addresses})
