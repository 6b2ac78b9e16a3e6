# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import options
from ansible_collections.flotilla.swarm.plugins.module_utils.network.apply import plan_network
from ansible_collections.flotilla.swarm.plugins.module_utils.network.fields import NETWORK
from ansible_collections.flotilla.swarm.plugins.module_utils.network.resolve import (
    check_place,
    complete,
    creation_form,
    find_network,
    show_network,
    spans_swarm,
)

# GET /networks of a 26.1 manager: ingress and five more of the swarm, a configuration, and those of the Engine.
RECORDED = json.loads((Path(__file__).parent / "fixtures" / "networks.json").read_text())


def asked(name, **given):
    return complete({**{field.option: None for field in options(NETWORK)}, "recreate": False, **given, "name": name})


def plan(name, **given):
    params = asked(name, **given)
    return plan_network(params, find_network(params, RECORDED))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("auto", {}),
        ("auto", {"ipam_config": []}),
        ("auto", {"ipam_config": [{"subnet": "10.0.1.0/24"}]}),
        ("auto", {"labels": {}, "driver_options": {}, "encrypted": False, "attachable": False, "internal": False}),
        ("auto", {"enable_ipv4": True, "enable_ipv6": False, "ipam_driver": "default", "scope": "swarm"}),
        ("full", {"encrypted": True, "attachable": True, "labels": {"a": "b"}}),
        ("full", {"driver_options": {"encrypted": ""}}),
        ("full", {"driver_options": {}}),
        ("full", {"ipam_config": [{"subnet": "10.77.0.9/24", "gateway": "10.77.0.1"}]}),
        ("six", {"enable_ipv6": True, "ipam_config": [{"subnet": "10.80.0.0/24"}, {"subnet": "FD00:0:80:0::/64"}]}),
        (
            "six",
            {"ipam_config": [{"subnet": "fd00:0:80::/64"}, {"subnet": "10.80.0.0/24", "iprange": "10.80.0.128/25"}]},
        ),
        ("mv", {"driver": "macvlan", "config_from": "conf"}),
        ("conf", {"config_only": True, "ipam_config": [{"subnet": "10.83.0.0/24"}]}),
        ("ingress", {"ingress": True}),
    ],
)
def test_what_the_engine_filled_in_is_no_difference(name, given):
    planned, again = plan(name, **given)
    assert (planned.action, planned.changes, again) == ("keep", (), ())


@pytest.mark.parametrize(
    ("name", "given", "forced_by"),
    [
        ("auto", {"attachable": True}, ["attachable"]),
        ("auto", {"driver": "bridge", "scope": "swarm"}, ["driver"]),
        ("auto", {"ipam_config": [{"subnet": "10.0.1.0/25"}]}, ["ipam_config"]),
        ("full", {"encrypted": False, "labels": {"a": "c"}}, ["encrypted", "labels"]),
        ("full", {"labels": {}}, ["labels"]),
        ("full", {"driver_options": {"x": 1}}, ["driver_options"]),
        ("full", {"ipam_config": [{"subnet": "10.77.0.0/24", "gateway": "10.77.0.2"}]}, ["ipam_config"]),
        ("six", {"ipam_config": [{"subnet": "10.80.0.0/24"}]}, ["ipam_config"]),
        ("six", {"enable_ipv6": False}, ["enable_ipv6"]),
    ],
)
def test_a_difference_is_told_and_the_network_created_again(name, given, forced_by):
    planned, again = plan(name, **given)
    assert (planned.action, list(again)) == ("update", forced_by)
    assert [change.option for change in planned.changes] == forced_by
    assert planned.spec["Name"] == name


def test_a_network_that_an_interrupted_run_removed_keeps_what_was_not_named():
    was = creation_form(find_network(asked("full"), RECORDED))
    planned, again = plan_network(asked("full", attachable=False), None, was)
    assert (planned.action, again) == ("create", ())
    assert planned.spec["IPAM"]["Config"] == [{"Subnet": "10.77.0.0/24", "Gateway": "10.77.0.1"}]
    assert (planned.spec["Labels"], planned.spec["Options"]) == ({"a": "b"}, {"encrypted": ""})
    assert planned.spec["Attachable"] is False


def test_a_network_created_again_keeps_what_was_not_named():
    planned, _again = plan("full", recreate=True, attachable=False, labels={"c": 1})
    assert planned.spec == {
        "Name": "full",
        "Driver": "overlay",
        "Scope": "swarm",
        "Labels": {"c": "1"},
        "Attachable": False,
        "IPAM": {"Driver": "default", "Options": None, "Config": [{"Subnet": "10.77.0.0/24", "Gateway": "10.77.0.1"}]},
        "Options": {"encrypted": ""},
    }


def test_a_new_network():
    given = {"encrypted": True, "driver_options": {"com.docker.network.driver.mtu": 1400}, "internal": False}
    planned, again = plan("new", **given, ipam_config=[{"subnet": "10.9.0.5/16", "gateway": "10.9.0.1"}])
    assert (planned.action, again) == ("create", ())
    assert planned.spec == {
        "Name": "new",
        "Driver": "overlay",
        "Options": {"encrypted": "", "com.docker.network.driver.mtu": "1400"},
        "Internal": False,
        "IPAM": {"Config": [{"Subnet": "10.9.0.0/16", "Gateway": "10.9.0.1"}]},
    }


@pytest.mark.parametrize("name", ["aut", "auto2", "ingres"])
def test_part_of_a_name_is_no_network(name):
    assert find_network(asked(name), RECORDED) is None


def test_a_network_of_the_swarm_comes_before_one_of_the_engine():
    twin = {**RECORDED[0], "Scope": "local", "Id": "twin"}
    name = RECORDED[0]["Name"]
    assert find_network(asked(name), [twin, RECORDED[0]]) is RECORDED[0]
    assert find_network(asked(name, scope="local"), [twin, RECORDED[0]]) is twin


def test_two_networks_of_one_name_are_an_error_that_lists_them():
    twin = {**RECORDED[0], "Id": "twin"}
    with pytest.raises(SwarmError, match=f"2 networks have the name 'ingress': {RECORDED[0]['Id']}, twin"):
        find_network(asked("ingress"), [RECORDED[0], twin])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"ipam_config": [{"subnet": "10.77.0.128/25"}]},
            "subnet 10.77.0.128/25 overlaps 10.77.0.0/24 of network full",
        ),
        (
            {"ipam_config": [{"subnet": "fd00:0:80::/48"}]},
            "subnet fd00:0:80::/48 overlaps fd00:0:80::/64 of network six",
        ),
        ({"ipam_config": [{"subnet": "10.9.0.0/24", "aux_addresses": {"a": "10.9.0.4"}}]}, "aux_addresses: the Engine"),
        ({"ingress": True}, "the swarm has the ingress network 'ingress' already"),
        ({"enable_ipv4": False}, "a network of scope swarm always gives out IPv4 addresses"),
    ],
)
def test_what_the_swarm_could_never_carry_out_is_refused(given, message):
    with pytest.raises(SwarmError, match=message):
        check_place(asked("new", **given), RECORDED)


@pytest.mark.parametrize(
    "given", [{}, {"ingress": False}, {"ipam_config": [{"subnet": "10.9.0.0/24"}, {"subnet": "172.17.0.0/16"}]}]
)
def test_any_other_place_is_free(given):
    check_place(asked("new", **given), RECORDED)
    check_place(asked("full", ipam_config=[{"subnet": "10.77.0.0/16"}]), RECORDED)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, True),
        ({"driver": "macvlan"}, False),
        ({"driver": "macvlan", "scope": "swarm"}, True),
        ({"driver": "bridge", "scope": "local"}, False),
        ({"config_only": True}, False),
    ],
)
def test_which_networks_are_those_of_the_swarm(given, answer):
    assert spans_swarm(asked("x", **given)) is answer


def test_a_network_in_the_notation_of_playbooks():
    full = find_network(asked("full"), RECORDED)
    assert show_network(full) == {
        "id": full["Id"],
        "created": full["Created"],
        "name": "full",
        "driver": "overlay",
        "scope": "swarm",
        "driver_options": {},
        "encrypted": True,
        "attachable": True,
        "internal": False,
        "ingress": False,
        "labels": {"a": "b"},
        "ipam_driver": "default",
        "ipam_driver_options": {},
        "ipam_config": [{"subnet": "10.77.0.0/24", "gateway": "10.77.0.1"}],
        "enable_ipv4": True,
        "enable_ipv6": False,
        "config_only": False,
        "config_from": None,
    }
