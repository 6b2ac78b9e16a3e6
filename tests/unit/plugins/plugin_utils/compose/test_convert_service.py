# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services in long form, all the way to Engine JSON: what docker stack deploy 28.2 posts of them is expected."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import get
from ansible_collections.flotilla.swarm.tests.unit.plugins.plugin_utils.compose.convert_cases import (
    CONTAINER,
    OWNED,
    TASK,
    converted,
    spec,
)


def deploy(**options):
    return {"deploy": options}


def test_a_service_that_says_nothing_but_its_image():
    assert spec({}) == {
        "Name": "shop_web",
        "Labels": {**OWNED, "com.docker.stack.image": "nginx:1"},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "nginx:1", "Labels": OWNED},
            "Networks": [{"Target": "shop_default", "Aliases": ["web"]}],
        },
    }


@pytest.mark.parametrize(
    ("given", "path", "expected"),
    [
        pytest.param({"entrypoint": ["a", "b c"]}, "Command", ["a", "b c"], id="entrypoint"),
        pytest.param({"entrypoint": []}, "Command", None, id="no entrypoint"),
        pytest.param({"command": ["-x", "1"]}, "Args", ["-x", "1"], id="command"),
        pytest.param({"environment": {"B": "1", "A": "x=y", "C": ""}}, "Env", ["A=x=y", "B=1", "C="], id="environment"),
        pytest.param({"hostname": "{{.Node.Hostname}}"}, "Hostname", "{{.Node.Hostname}}", id="hostname"),
        pytest.param({"user": "1000:1000"}, "User", "1000:1000", id="user"),
        pytest.param({"working_dir": "/srv"}, "Dir", "/srv", id="working directory"),
        pytest.param({"tty": True}, "TTY", True, id="terminal"),
        pytest.param({"tty": False}, "TTY", None, id="no terminal"),
        pytest.param({"stdin_open": True}, "OpenStdin", True, id="standard input"),
        pytest.param({"read_only": True}, "ReadOnly", True, id="read only"),
        pytest.param({"stop_signal": "SIGINT"}, "StopSignal", "SIGINT", id="stop signal"),
        pytest.param({"stop_grace_period": "1m30s"}, "StopGracePeriod", 90_000_000_000, id="grace period"),
        pytest.param({"stop_grace_period": "1.5h"}, "StopGracePeriod", 5400 * 10**9, id="a fraction of a unit"),
        pytest.param({"stop_grace_period": "0s"}, "StopGracePeriod", 0, id="no grace is not the default"),
        pytest.param({"init": True}, "Init", True, id="init"),
        pytest.param({"init": False}, "Init", False, id="no init is not the Engine's setting"),
        pytest.param({"isolation": "hyperv"}, "Isolation", "hyperv", id="isolation"),
        pytest.param(
            {"sysctls": {"net.core.somaxconn": "1024"}}, "Sysctls", {"net.core.somaxconn": "1024"}, id="sysctls"
        ),
        pytest.param({"oom_score_adj": -500}, "OomScoreAdj", -500, id="the score that docker stack forgets"),
        pytest.param({"oom_score_adj": 0}, "OomScoreAdj", None, id="no score"),
        pytest.param({"labels": {"a": "b"}}, "Labels", {"a": "b", **OWNED}, id="labels of containers"),
        pytest.param(
            {"labels": {"com.docker.stack.namespace": "other"}}, "Labels", OWNED, id="the stack's label is its own"
        ),
        pytest.param({"extra_hosts": ["a:10.0.0.1", "b:::1"]}, "Hosts", ["10.0.0.1 a", "::1 b"], id="hosts"),
        pytest.param(
            {"extra_hosts": ["a:10.0.0.2", "a:10.0.0.1"]}, "Hosts", ["10.0.0.2 a", "10.0.0.1 a"], id="two addresses"
        ),
        pytest.param({"dns": ["8.8.8.8", "::1"]}, "DNSConfig", {"Nameservers": ["8.8.8.8", "::1"]}, id="name servers"),
        pytest.param({"dns_search": ["b.org", "a.org"]}, "DNSConfig", {"Search": ["b.org", "a.org"]}, id="domains"),
        pytest.param({"dns": [], "dns_search": []}, "DNSConfig", None, id="no name servers"),
        pytest.param(
            {"cap_add": ["net_admin", "CAP_CHOWN"]}, "CapabilityAdd", ["CAP_CHOWN", "CAP_NET_ADMIN"], id="caps"
        ),
        pytest.param({"cap_add": [" kill", "ALL"]}, "CapabilityAdd", ["ALL"], id="all capabilities are all"),
        pytest.param({"cap_drop": ["kill", "all"]}, "CapabilityDrop", ["ALL"], id="also where they are dropped"),
        pytest.param(
            {"cap_add": ["kill"], "cap_drop": ["CAP_KILL", "CHOWN"]},
            "CapabilityDrop",
            ["CAP_CHOWN"],
            id="what is added is not dropped",
        ),
        pytest.param(
            {"cap_add": ["RESET"], "cap_drop": ["reset"]}, "CapabilityAdd", None, id="reset is not for stacks"
        ),
        pytest.param(
            {"ulimits": {"nproc": {"soft": 5, "hard": 5}, "core": {"soft": 0, "hard": -1}}},
            "Ulimits",
            [{"Name": "core", "Soft": 0, "Hard": -1}, {"Name": "nproc", "Soft": 5, "Hard": 5}],
            id="ulimits by name",
        ),
        pytest.param(
            {"credential_spec": {"file": "a.json"}}, "Privileges", {"CredentialSpec": {"File": "a.json"}}, id="file"
        ),
        pytest.param(
            {"credential_spec": {"registry": "a"}}, "Privileges", {"CredentialSpec": {"Registry": "a"}}, id="key"
        ),
        pytest.param(
            {"credential_spec": {"config": "site"}},
            "Privileges",
            {"CredentialSpec": {"Config": "shop_site"}},
            id="a config by its name in the swarm",
        ),
        pytest.param(
            {"credential_spec": {"config": "old"}},
            "Privileges",
            {"CredentialSpec": {"Config": "old"}},
            id="an external config",
        ),
        pytest.param(
            {
                "healthcheck": {
                    "test": ["CMD", "true"],
                    "interval": "1m",
                    "timeout": "5s",
                    "retries": 3,
                    "start_period": "10s",
                    "start_interval": "500ms",
                }
            },
            "Healthcheck",
            {
                "Test": ["CMD", "true"],
                "Interval": 60 * 10**9,
                "Timeout": 5 * 10**9,
                "Retries": 3,
                "StartPeriod": 10 * 10**9,
                "StartInterval": 500 * 10**6,
            },
            id="healthcheck",
        ),
        pytest.param(
            {"healthcheck": {"disable": True, "interval": "5s"}}, "Healthcheck", {"Test": ["NONE"]}, id="no healthcheck"
        ),
        pytest.param(
            {"healthcheck": {"test": ["CMD", "true"], "interval": "0s", "retries": 0}},
            "Healthcheck",
            {"Test": ["CMD", "true"]},
            id="zeros say nothing",
        ),
    ],
)
def test_what_is_of_the_containers(given, path, expected):
    assert get(spec(given), f"{CONTAINER}.{path}") == expected


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param("nginx", "nginx:latest", id="latest where there is no tag"),
        pytest.param("nginx:1.27", "nginx:1.27", id="a tag"),
        pytest.param("docker.io/library/nginx", "nginx:latest", id="the short name of an official image"),
        pytest.param("library/nginx:1", "nginx:1", id="also without the registry"),
        pytest.param("index.docker.io/foo/bar:1", "foo/bar:1", id="the hub by its old name"),
        pytest.param("docker.io/library/a/b:1", "library/a/b:1", id="not official"),
        pytest.param("foo/bar", "foo/bar:latest", id="of somebody"),
        pytest.param("localhost/x:1", "localhost/x:1", id="localhost is a registry"),
        pytest.param("localhost:5000/x/y", "localhost:5000/x/y:latest", id="so is what has a port"),
        pytest.param("[::1]:5000/a:1", "[::1]:5000/a:1", id="and an address"),
        pytest.param(f"quay.io/a/b@sha256:{'a' * 64}", f"quay.io/a/b@sha256:{'a' * 64}", id="a digest"),
        pytest.param(f"docker.io/x:1@sha256:{'a' * 64}", f"x:1@sha256:{'a' * 64}", id="a tag and a digest"),
    ],
)
def test_the_image_is_sent_by_its_short_name_and_noted_as_written(written, sent):
    planned = spec({"image": written})
    assert get(planned, f"{CONTAINER}.Image") == sent
    assert planned["Labels"]["com.docker.stack.image"] == written


def test_a_variable_without_a_value_has_none():
    assert converted({"environment": {"A": None, "B": "", "C": "1"}})["env"] == {"A": None, "B": "", "C": "1"}


def test_hosts_keep_the_order_of_the_file():
    assert list(converted({"extra_hosts": ["b:10.0.0.1", "a:10.0.0.2"]})["hosts"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"driver": "json-file"}, {"Name": "json-file"}, id="driver"),
        pytest.param({"driver": "a", "options": {"b": "1"}}, {"Name": "a", "Options": {"b": "1"}}, id="options"),
        pytest.param({"options": {"b": "1"}}, {"Options": {"b": "1"}}, id="options of the Engine's own driver"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_logging(given, expected):
    assert get(spec({"logging": given}), f"{TASK}.LogDriver") == expected


@pytest.mark.parametrize(
    ("given", "option", "expected"),
    [
        pytest.param({"restart": "always"}, "restart_config", {"condition": "any"}, id="always"),
        pytest.param({"restart": "unless-stopped:2"}, "restart_config", {"condition": "any"}, id="a count without use"),
        pytest.param(deploy(endpoint_mode="vip"), "endpoint_mode", "vip", id="endpoint mode"),
        pytest.param({"stop_grace_period": "10s"}, "stop_grace_period", "10s", id="grace period"),
        pytest.param({"isolation": "default"}, "isolation", "default", id="isolation"),
        pytest.param(deploy(replicas=1), "replicas", 1, id="replicas"),
        pytest.param(
            deploy(placement={"constraints": ["node.role == manager"]}),
            "placement",
            {"constraints": ["node.role == manager"]},
            id="constraints as they are written",
        ),
    ],
)
def test_defaults_that_the_file_names_are_handed_on(given, option, expected):
    assert converted(given)[option] == expected
