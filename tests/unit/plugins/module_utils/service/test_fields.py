# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a service: what means the same, what cannot be, and files of variables."""

from __future__ import annotations

import base64

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec, check_since, get
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SERVICE, SPEC

CONTAINER = "TaskTemplate.ContainerSpec"
PROFILE = '{"a": 1, "b": 2}'
# As Engine 26.1 stores it.
HELD = {
    "TaskTemplate": {
        "ContainerSpec": {
            "Env": ["A=1", "UNSET"],
            "Hosts": ["10.0.0.1 b a", "::1 c"],
            "CapabilityAdd": ["CAP_NET_ADMIN"],
            "Privileges": {
                "CredentialSpec": {"Config": "", "File": "a.json", "Registry": ""},
                "SELinuxContext": {"Disable": False, "User": "", "Role": "", "Type": "", "Level": ""},
                "Seccomp": {"Mode": "custom", "Profile": base64.b64encode(PROFILE.encode()).decode()},
                "NoNewPrivileges": False,
            },
            "Mounts": [
                {
                    "Type": "tmpfs",
                    "Target": "/t",
                    "TmpfsOptions": {"Mode": 0o1777, "Options": [["uid", "5"], ["exec"]]},
                },
                {"Type": "bind", "Source": "/s", "Target": "/b", "BindOptions": {"Propagation": "rprivate"}},
            ],
            "Secrets": [{"SecretName": "key", "File": {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}}],
        },
        "Resources": {"Limits": {"NanoCPUs": 333000000, "MemoryBytes": 2**29}},
        "Placement": {
            "Constraints": ["node.role == manager"],
            "Platforms": [{"Architecture": "x86_64", "OS": "linux"}],
        },
    },
    "UpdateConfig": {"Parallelism": 1, "MaxFailureRatio": 0.33333334, "Monitor": 5000000000},
    "EndpointSpec": {"Ports": [{"TargetPort": 80, "PublishedPort": 8000}, {"TargetPort": 81, "PublishedPort": 8001}]},
}

VALIDATOR = ArgumentSpecValidator(argument_spec(SPEC))


def planned(params, observed=None):
    checked = VALIDATOR.validate(params)
    assert not checked.error_messages
    return make_plan(SPEC, checked.validated_parameters, observed)


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"hosts": {"c": "::1", "a": "10.0.0.1", "b": ["10.0.0.1"]}}, id="hosts, several in an entry"),
        pytest.param({"hosts": {"c": "[::1]", "a": "10.0.0.1", "b": "10.0.0.1"}}, id="an address in brackets"),
        pytest.param({"cap_add": ["net_admin", "NET_ADMIN"]}, id="a capability in docker's short form"),
        pytest.param({"privileges": {"credential_spec": {"file": "a.json"}}}, id="one source of three"),
        pytest.param({"privileges": {"selinux_context": {}, "apparmor": "default"}}, id="zeros and defaults"),
        pytest.param({"privileges": {"seccomp": {"profile": {"b": 2, "a": 1}}}}, id="JSON in another order"),
        pytest.param({"privileges": {"seccomp": {"mode": "custom", "profile": PROFILE}}}, id="a mode that is implied"),
        pytest.param(
            {
                "mounts": [
                    {"target": "/b", "source": "/s"},
                    {"target": "/t", "type": "tmpfs", "tmpfs_mode": "1777", "tmpfs_options": ["exec", "uid=5"]},
                ]
            },
            id="mounts and their options in another order",
        ),
        pytest.param({"secrets": [{"secret_name": "key", "filename": "key", "mode": "0444"}]}, id="an octal mode"),
        pytest.param({"secrets": [{"secret_name": "key", "filename": "key", "mode": 0o444}]}, id="its number"),
        pytest.param({"limits": {"cpus": 0.333, "memory": "0.5G", "pids": 0}}, id="a limit in another unit"),
        pytest.param({"limits": {"memory_swap": ""}}, id="what was never there is cleared"),
        pytest.param({"placement": {"constraints": ["node.role==manager"]}}, id="a constraint without spaces"),
        pytest.param({"placement": {"platforms": [{"os": "linux", "architecture": "amd64"}]}}, id="an architecture"),
        pytest.param({"update_config": {"max_failure_ratio": 0.333333333, "order": "stop-first"}}, id="32 bits"),
        pytest.param({"publish": [{"published_port": "8000-8001", "target_port": "80-81"}]}, id="a range of ports"),
        pytest.param({"mode": "replicated", "replicas": 1, "max_concurrent": 2}, id="what has no meaning here"),
        pytest.param({"oom_score_adj": 0, "isolation": "default", "tty": False, "ulimits": []}, id="the defaults"),
    ],
)
def test_these_mean_what_is_there(params):
    assert planned(params, HELD).changes == ()
    assert planned(params, HELD).spec == HELD


@pytest.mark.parametrize(
    ("params", "path", "value"),
    [
        (
            {"ulimits": [{"name": "nofile", "soft": 5}]},
            f"{CONTAINER}.Ulimits",
            [{"Name": "nofile", "Soft": 5, "Hard": 5}],
        ),
        ({"hosts": {"a": "host-gateway"}}, f"{CONTAINER}.Hosts", ["host-gateway a"]),
        (
            {"publish": [{"target_port": "80-81", "protocol": "udp"}]},
            "EndpointSpec.Ports",
            [{"TargetPort": 80, "Protocol": "udp"}, {"TargetPort": 81, "Protocol": "udp"}],
        ),
        ({"limits": {"memory_swap": -1}}, "TaskTemplate.Resources.SwapBytes", -1),
        ({"env": ["A=1", "A=2"]}, f"{CONTAINER}.Env", ["A=2"]),
        (
            {"privileges": {"seccomp": {"mode": "unconfined"}}},
            f"{CONTAINER}.Privileges.Seccomp",
            {"Mode": "unconfined"},
        ),
        (
            {"mounts": [{"target": "/d", "type": "volume", "driver_config": {"name": "local"}}]},
            f"{CONTAINER}.Mounts",
            [{"Type": "volume", "Target": "/d", "VolumeOptions": {"DriverConfig": {"Name": "local"}}}],
        ),
    ],
    ids=str,
)
def test_options_become(params, path, value):
    assert get(planned(params).spec, path) == value


BIND, VOLUME = {"target": "/d", "source": "/s"}, {"target": "/d", "source": "v", "type": "volume"}


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"env": ["A"]}, "env: 'A' has no value; write NAME=value"),
        ({"env": [{"A": "B=C"}]}, "env: {'A': 'B=C'} has no value; write NAME=value"),
        ({"env": 5}, "env: 5 is neither a dict nor a list"),
        ({"env": {"A=B": 1}}, "env: 'A=B' is not the name of a variable; it must not be empty or have a = in it"),
        ({"env_files": ["/no/file"]}, "env_files: /no/file cannot be read on this host: No such file or directory"),
        ({"command": "sh -c 'x"}, 'command: "sh -c \'x" cannot be split as a shell does: No closing quotation'),
        ({"stop_grace_period": "5x"}, "stop_grace_period: '5x' is not a duration; write it as 90s, 1m30s or 2h"),
        ({"stop_grace_period": "9" * 30}, f"stop_grace_period: '{'9' * 30}' is more than the Engine can count"),
        ({"dns": ["one"]}, "dns: 'one' is not an IP address"),
        ({"hosts": {"a": "b"}}, "hosts: 'b' is not an IP address"),
        ({"hosts": {"a b": "::1"}}, "hosts: 'a b' is not the name of a host"),
        (
            {"healthcheck": {"test": ["curl", "x"]}},
            "healthcheck.test: 'curl' is no kind of test; begin the list with CMD, CMD-SHELL or NONE",
        ),
        ({"healthcheck": {"retries": -1}}, "healthcheck.retries: -1 is less than 0; give 0 or a positive number"),
        ({"mounts": [{"target": "/d"}]}, "mounts: /d: a mount of type bind needs a source"),
        ({"mounts": [{**BIND, "target": "d"}]}, "mounts: target d is not an absolute path"),
        (
            {"mounts": [{**BIND, "source": "data"}]},
            "mounts: /d: source data is not an absolute path; give one, or use type: volume",
        ),
        (
            {"mounts": [{**VOLUME, "propagation": "shared"}]},
            "mounts: /d: propagation is for mounts of type bind, and this one is volume",
        ),
        (
            {"mounts": [{**BIND, "subpath": "a"}]},
            "mounts: /d: subpath is for mounts of type volume, and this one is bind",
        ),
        (
            {"mounts": [{"target": "/d", "type": "tmpfs", "source": "/s"}]},
            "mounts: /d: a mount of type tmpfs has no source; leave it out",
        ),
        (
            {"secrets": [{"secret_name": "a", "mode": "rw"}]},
            "secrets: mode: 'rw' is not a file mode; write its octal digits in quotes, such as '0440'",
        ),
        (
            {"privileges": {"credential_spec": {"file": "a", "registry": "b"}}},
            "privileges.credential_spec: file and registry exclude each other; give one of config, file and registry",
        ),
        (
            {"privileges": {"seccomp": {"profile": "profile.json"}}},
            "privileges.seccomp: profile: this is no JSON object; give the content of a seccomp profile",
        ),
        ({"privileges": {"seccomp": {"mode": "custom"}}}, "privileges.seccomp: mode custom needs a profile"),
        (
            {"privileges": {"seccomp": {"mode": "unconfined", "profile": "{}"}}},
            "privileges.seccomp: profile is for mode custom, and the mode is unconfined; leave one of them out",
        ),
        ({"oom_score_adj": 1001}, "oom_score_adj: 1001 is not between -1000 and 1000"),
        (
            {"limits": {"cpus": 0.0001}},
            "limits.cpus: 0.0001 is no number of CPUs; give 0 for no limit, or 0.001 or more",
        ),
        (
            {"limits": {"memory": "1M"}},
            "limits.memory: '1M' is less than the Engine takes; give 0 for no limit, or 4M or more",
        ),
        ({"limits": {"memory": "x"}}, "limits.memory: 'x' is not a size; write it as 512M or 2G"),
        (
            {"placement": {"constraints": ["node.role=manager"]}},
            "placement.constraints: 'node.role=manager' is not a constraint; write it as node.labels.zone==a",
        ),
        (
            {"placement": {"preferences": [{"spread": "zone"}]}},
            "placement.preferences: spread: 'zone' is not a label; write it as node.labels.zone or engine.labels.zone",
        ),
        ({"publish": [{"target_port": 70000}]}, "publish: target_port: port 70000 is not between 1 and 65535"),
        (
            {"publish": [{"target_port": "web"}]},
            "publish: target_port: 'web' is not a port; write it as 8080, or as the range 8000-8010",
        ),
        ({"publish": [{"target_port": "9-8"}]}, "publish: target_port: the range 9-8 ends before it begins"),
        (
            {"publish": [{"target_port": 80, "published_port": "8000-8001"}]},
            "publish: published_port 8000-8001 and target_port 80 differ in length; give as many ports in each",
        ),
        (
            {"update_config": {"max_failure_ratio": 20}},
            "update_config.max_failure_ratio: 20.0 is no part of a whole; give a number from 0 to 1, such as 0.1",
        ),
        (
            {"update_config": {"monitor": "0s"}},
            "update_config.monitor: the Engine would make its default of 5s of zero; give a short time such as 1ms",
        ),
        ({"replicas": -2}, "replicas: -2 is less than 0; give 0 or more, or -1 to keep what the service has"),
        (
            {"mode": "replicated-job", "max_concurrent": 0},
            "max_concurrent: 0 is less than 1; give the number of tasks to run at a time",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_told_with_its_place_and_a_remedy(params, sentence):
    with pytest.raises(InvalidOption) as caught:
        planned(params)
    assert str(caught.value).startswith(sentence)
    assert caught.value.reason == "invalid_option"


def test_files_of_variables(tmp_path):
    first, second, bad, binary = (tmp_path / name for name in ("first", "second", "bad", "binary"))
    first.write_text("# comment\n\nA=1\n  B= x=y # all of it\n")
    second.write_text("A=2\nC=\n")
    bad.write_text("A=1\nexport B=2\n")
    binary.write_bytes(b"\xff\xfe")
    files = [str(first), str(second)]
    assert planned({"env_files": files}).spec["TaskTemplate"]["ContainerSpec"]["Env"] == [
        "A=2",
        "B= x=y # all of it",
        "C=",
    ]
    assert "A=3" in planned({"env_files": files, "env": {"A": 3}}).spec["TaskTemplate"]["ContainerSpec"]["Env"]
    with pytest.raises(InvalidOption, match=r"^env_files: line 2 of \S+ is not NAME=value; correct it$"):
        planned({"env_files": [str(bad)]})
    with pytest.raises(InvalidOption, match=r"^env_files: \S+ cannot be read on this host: it is not UTF-8 text$"):
        planned({"env_files": [str(binary)]})


@pytest.mark.parametrize(
    ("params", "version", "named"),
    [
        ({"oom_score_adj": 5}, "1.45", "oom_score_adj needs Engine API 1.46 or newer, and this Engine speaks 1.45"),
        ({"oom_score_adj": 0}, "1.41", None),
        ({"oom_score_adj": 5}, "1.46", None),
        ({"healthcheck": {"start_interval": "5s"}}, "1.41", "healthcheck.start_interval needs Engine API 1.44"),
        ({"healthcheck": {"start_interval": "0s"}}, "1.41", None),
        ({"privileges": {"apparmor": "disabled"}}, "1.41", "privileges.apparmor needs Engine API 1.44"),
        ({"privileges": {"apparmor": "default", "seccomp": {"mode": "default"}}}, "1.41", None),
        ({"mounts": [{**VOLUME, "subpath": "a"}]}, "1.44", "mounts.subpath needs Engine API 1.45"),
        (
            {"services": [{"limits": {"memory_swap": "1G"}}]},
            "1.51",
            "services.limits.memory_swap needs Engine API 1.52 or newer, and this Engine speaks 1.51",
        ),
        ({"limits": {"memory_swap": "1G", "memory_swappiness": 10}}, "1.52", None),
    ],
    ids=str,
)
def test_options_of_newer_engines(params, version, named):
    if named is None:
        check_since(SERVICE, params, version)
        return
    with pytest.raises(InvalidOption) as caught:
        check_since(SERVICE, params, version)
    assert str(caught.value).startswith(named)
