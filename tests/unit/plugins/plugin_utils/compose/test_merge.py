# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two files as one. Unless a test says otherwise, what is expected is what docker stack config 28.2 made of them."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.merge import merge


def merged(first: dict, second: dict) -> dict:
    return merge({"services": {"web": first}}, {"services": {"web": second}})["services"]["web"]


def deploy(**keys):
    return {"deploy": keys}


def network(**keys):
    return {"networks": {"net": keys}}


def logging(**keys):
    return {"logging": keys}


def port(published, target, **more):
    return {"target": target, **({"published": published} if published else {}), **more}


def ports(*entries):
    return {
        "ports": [
            port(*entry[:2], protocol="tcp", mode="ingress", **dict([entry[2:]] if entry[2:] else []))
            for entry in entries
        ]
    }


A, B = {"source": "a"}, {"source": "b"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param({"command": ["a", "b"]}, {"command": ["c"]}, {"command": ["c"]}, id="a command is replaced"),
        pytest.param(
            {"command": ["a"]},
            {"entrypoint": ["c"]},
            {"command": ["a"], "entrypoint": ["c"]},
            id="what is new is added",
        ),
        pytest.param({"dns": ["1"]}, {"dns": ["2", "1"]}, {"dns": ["1", "2", "1"]}, id="lists are appended"),
        pytest.param(
            {"extra_hosts": ["b:1"]},
            {"extra_hosts": ["a:2"]},
            {"extra_hosts": ["b:1", "a:2"]},
            id="hosts keep their order",
        ),
        pytest.param({"tty": True}, {"tty": False}, {"tty": True}, id="false replaces nothing"),
        pytest.param({"init": False}, {"init": True}, {"init": True}, id="true replaces false"),
        pytest.param({"hostname": "x"}, {"hostname": ""}, {"hostname": "x"}, id="an empty text replaces nothing"),
        pytest.param({"user": "a", "image": "x"}, {"user": "b"}, {"user": "b", "image": "x"}, id="a text is replaced"),
        pytest.param(
            {"stop_grace_period": "5s"}, {"stop_grace_period": "0s"}, {"stop_grace_period": "5s"}, id="no time"
        ),
        pytest.param(
            {"stop_grace_period": "5s"}, {"stop_grace_period": "9s"}, {"stop_grace_period": "9s"}, id="a time"
        ),
        pytest.param(
            {"environment": {"A": "1", "B": "2", "D": None, "E": "", "F": "x", "G": "", "H": None}},
            {"environment": {"A": "3", "C": "4", "B": "", "D": "x", "E": "y", "F": None, "G": None, "H": ""}},
            {"environment": {"A": "3", "B": "2", "D": "x", "E": "y", "F": "x", "C": "4", "G": None, "H": ""}},
            id="an empty variable replaces nothing",
        ),
        pytest.param(
            {"labels": {"A": "1", "B": "2"}, "sysctls": {"A": "1"}},
            {"labels": {"A": "", "C": "3"}, "sysctls": {"A": ""}},
            {"labels": {"A": "", "B": "2", "C": "3"}, "sysctls": {"A": ""}},
            id="an empty label is one",
        ),
        pytest.param(
            {"ulimits": {"a": {"soft": 1, "hard": 2}, "b": {"soft": 2, "hard": 2}}},
            {"ulimits": {"a": {"soft": 5, "hard": 0}, "c": {"soft": 3, "hard": 3}}},
            {"ulimits": {"a": {"soft": 5, "hard": 0}, "b": {"soft": 2, "hard": 2}, "c": {"soft": 3, "hard": 3}}},
            id="a limit is replaced as a whole",
        ),
        pytest.param(
            {"healthcheck": {"test": ["CMD", "a"], "interval": "5s", "retries": 3}},
            {"healthcheck": {"test": ["CMD", "b"], "interval": "0s", "timeout": "5s", "retries": 0}},
            {"healthcheck": {"test": ["CMD", "a", "CMD", "b"], "interval": "5s", "retries": 0, "timeout": "5s"}},
            id="a test is appended as any list, and no retries are a number of them",
        ),
        pytest.param(
            {"credential_spec": {"file": "x"}},
            {"credential_spec": {"registry": "y"}},
            {"credential_spec": {"file": "x", "registry": "y"}},
            id="other maps are merged",
        ),
    ],
)
def test_keys_of_a_service(first, second, expected):
    assert merged(first, second) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (deploy(replicas=3), deploy(replicas=0), deploy(replicas=0)),
        (deploy(mode="global"), deploy(replicas=1), deploy(mode="global", replicas=1)),
        ({"build": {"labels": ["a=b"]}}, {"build": {"labels": ["c=d"]}}, {"build": {"labels": ["a=b", "c=d"]}}),
        ({"build": {"args": {"a": "b"}}}, {"build": {"args": ["c=d"]}}, {"build": {"args": ["c=d"]}}),
        (deploy(labels={"a": "1", "b": "2"}), deploy(labels={"a": "3", "b": ""}), deploy(labels={"a": "3", "b": ""})),
        (
            deploy(update_config={"parallelism": 2, "delay": "5s", "max_failure_ratio": 0.5}),
            deploy(update_config={"parallelism": 0, "delay": "0s", "max_failure_ratio": 0.0, "monitor": "1s"}),
            deploy(update_config={"parallelism": 0, "delay": "5s", "max_failure_ratio": 0.5, "monitor": "1s"}),
        ),
        (
            deploy(restart_policy={"condition": "any", "delay": "5s", "max_attempts": 3}),
            deploy(restart_policy={"condition": "none", "delay": "0s", "max_attempts": 0}),
            deploy(restart_policy={"condition": "none", "delay": "5s", "max_attempts": 0}),
        ),
        (
            deploy(resources={"limits": {"cpus": "1", "memory": "1g", "pids": 5}}),
            deploy(resources={"limits": {"cpus": "0", "memory": "0", "pids": 0}, "reservations": {"cpus": "0.1"}}),
            deploy(resources={"limits": {"cpus": "0", "memory": "1g", "pids": 5}, "reservations": {"cpus": "0.1"}}),
        ),
        (
            deploy(placement={"constraints": ["a"], "max_replicas_per_node": 1}),
            deploy(placement={"constraints": ["a", "b"], "max_replicas_per_node": 2}),
            deploy(placement={"constraints": ["a", "a", "b"], "max_replicas_per_node": 2}),
        ),
    ],
)
def test_deploy(first, second, expected):
    assert merged(first, second) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"networks": {"x": None}}, {"networks": {"z": None}}, {"networks": {"x": None, "z": None}}),
        (network(aliases=["a"]), network(aliases=["b"]), network(aliases=["b"])),
        (network(aliases=["a"]), network(), network()),
        (network(aliases=["a"]), {"networks": {"net": None}}, network(aliases=["a"])),
        ({"networks": {"net": None}}, network(driver_opts={"k": "1"}), network(driver_opts={"k": "1"})),
        (network(), network(driver_opts={"k": "1"}), network()),
        (
            network(aliases=["a"], driver_opts={"k": "1"}),
            network(driver_opts={"k": "2", "m": "3"}),
            network(driver_opts={"k": "1"}),
        ),
        (
            network(ipv4_address="10.1.1.1"),
            network(ipv4_address="10.1.1.2", ipv6_address="::1"),
            network(ipv4_address="10.1.1.2", ipv6_address="::1"),
        ),
        (logging(driver="a", options={"x": "1"}), logging(), logging(driver="a", options={"x": "1"})),
        (logging(driver="a", options={"x": "1"}), logging(driver="b"), logging(driver="b")),
        (
            logging(driver="a", options={"x": "1", "z": "1"}),
            logging(options={"x": "", "y": "3"}),
            logging(driver="a", options={"x": "", "z": "1", "y": "3"}),
        ),
        (logging(options={"x": "1"}), logging(driver="b"), logging(driver="b", options={"x": "1"})),
        (logging(driver="a"), logging(driver="a", options={"y": "3"}), logging(driver="a")),
        (logging(driver="a", options={}), logging(options={"y": "3"}), logging(driver="a", options={"y": "3"})),
    ],
)
def test_networks_and_logging(first, second, expected):
    assert merged(first, second) == expected


@pytest.mark.parametrize("key", ["secrets", "configs"])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([B, A], [{**A, "target": "t"}, {"source": "c"}], [{**A, "target": "t"}, B, {"source": "c"}]),
        ([{**A, "target": "t", "mode": 256}], [A], [A]),
        ([B, A], None, [A, B]),
        ([{**A, "target": "x"}, {**A, "target": "y"}], None, [{**A, "target": "y"}]),
    ],
)
def test_secrets_and_configs_are_known_by_their_source(key, first, second, expected):
    assert merged({key: first}, {key: second} if second else {"tty": True})[key] == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(["/b", "/a"], [], ["/a", "/b"]), (["/b"], ["/c", "/a"], ["/a", "/b", "/c"])]
)
def test_volumes_are_sorted_by_their_target(first, second, expected):
    volumes = [[{"type": "volume", "target": target} for target in targets] for targets in (first, second, expected)]
    second = {"volumes": volumes[1]} if second else {"tty": True}
    assert merged({"volumes": volumes[0]}, second)["volumes"] == volumes[2]


def test_a_volume_is_replaced_as_a_whole():
    bind = {"type": "bind", "source": "/h", "target": "/x"}
    first = {"volumes": [{**bind, "read_only": True, "bind": {"propagation": "rshared"}}]}
    assert merged(first, {"volumes": [{**bind, "source": "/h2"}]}) == {"volumes": [{**bind, "source": "/h2"}]}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ports((80, 80), (9, 9), (8, 8)), ports((80, 81)), ports((8, 8), (9, 9), (80, 81))),
        (ports((80, 80)), {"ports": [port(80, 80, mode="host")]}, {"ports": [port(80, 80, mode="host")]}),
        (ports((80, 80)), ports((80, 80)), ports((80, 80))),
    ],
)
def test_a_port_replaces_one_that_cannot_be_published_with_it(first, second, expected):
    assert merged(first, second) == expected


def test_no_port_is_lost():
    """docker stack would keep 53/udp and one of the two unpublished ports."""
    first = [port(53, 53, protocol="tcp"), port(53, 53, protocol="udp"), port(None, 80), port(None, 81)]
    kept = [port(None, 80), port(None, 81), port(53, 53, protocol="tcp"), port(53, 53, protocol="udp")]
    assert merged({"ports": first}, {"tty": True})["ports"] == kept
    both = merged(
        {"ports": first}, {"ports": [port(None, 80, protocol="udp"), port(None, 81), port(53, 53, protocol="udp")]}
    )
    assert sorted(map(str, both["ports"])) == sorted(map(str, [*kept, port(None, 80, protocol="udp")]))


@pytest.mark.parametrize("section", ["networks", "volumes", "secrets", "configs"])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"a": {"name": "n", "labels": {"l": "1"}}}, {"a": {"driver": "y"}}, {"a": {"driver": "y"}}),
        ({"a": {"driver": "x"}}, {"a": {}}, {"a": {}}),
        ({"a": {"driver": "x"}}, {"b": {}}, {"a": {"driver": "x"}, "b": {}}),
    ],
)
def test_objects_are_replaced_as_a_whole(section, first, second, expected):
    assert merge({section: first}, {section: second})[section] == expected


def test_services_of_one_file_only_stay():
    services = {"a": {"image": "x"}, "b": {"image": "y"}}
    assert merge({"services": {"a": services["a"]}}, {"services": {"b": services["b"]}})["services"] == services


def test_the_files_are_not_changed():
    first, second = {"environment": {"A": "1"}, "dns": ["1"]}, {"environment": {"B": "1"}, "dns": ["2"]}
    merged(first, second)
    assert (first, second) == ({"environment": {"A": "1"}, "dns": ["1"]}, {"environment": {"B": "1"}, "dns": ["2"]})
