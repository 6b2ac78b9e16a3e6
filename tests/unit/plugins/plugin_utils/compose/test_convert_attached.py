# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What services are joined to, all the way to Engine JSON: what docker stack deploy 28.2 posts of it is expected."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import get
from ansible_collections.flotilla.swarm.tests.unit.plugins.plugin_utils.compose.convert_cases import (
    CONTAINER,
    OWNED,
    TASK,
    spec,
)


def mount(**options):
    return {"volumes": [{"target": "/m", **options}]}


def file(name, mode=0o444, uid="0", gid="0"):
    return {"Name": name, "UID": uid, "GID": gid, "Mode": mode}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"type": "volume"}, {"Type": "volume", "Target": "/m"}, id="a volume without a name"),
        pytest.param(
            {"type": "volume", "volume": {"nocopy": True}}, {"Type": "volume", "Target": "/m"}, id="it has no options"
        ),
        pytest.param(
            {"type": "volume", "source": "data", "read_only": True},
            {
                "Type": "volume",
                "Source": "shop_data",
                "Target": "/m",
                "ReadOnly": True,
                "VolumeOptions": {"Labels": OWNED},
            },
            id="a volume of the stack",
        ),
        pytest.param(
            {"type": "volume", "source": "labelled", "volume": {"nocopy": True, "subpath": "a"}},
            {
                "Type": "volume",
                "Source": "shop_labelled",
                "Target": "/m",
                "VolumeOptions": {"NoCopy": True, "Subpath": "a", "Labels": {"a": "b", **OWNED}},
            },
            id="its labels and the mount's options",
        ),
        pytest.param(
            {"type": "volume", "source": "nfs", "volume": {"nocopy": False}},
            {
                "Type": "volume",
                "Source": "shop_nfs",
                "Target": "/m",
                "VolumeOptions": {"Labels": OWNED, "DriverConfig": {"Name": "local", "Options": {"type": "nfs"}}},
            },
            id="its driver",
        ),
        pytest.param(
            {"type": "volume", "source": "named"},
            {"Type": "volume", "Source": "full", "Target": "/m", "VolumeOptions": {"Labels": OWNED}},
            id="its own name",
        ),
        pytest.param(
            {"type": "volume", "source": "old", "volume": {"nocopy": True}},
            {"Type": "volume", "Source": "older", "Target": "/m", "VolumeOptions": {"NoCopy": True}},
            id="an external volume gets no labels",
        ),
        pytest.param(
            {"type": "bind", "source": "/srv", "bind": {"propagation": "rshared"}},
            {"Type": "bind", "Source": "/srv", "Target": "/m", "BindOptions": {"Propagation": "rshared"}},
            id="a bind",
        ),
        pytest.param(
            {"type": "bind", "source": "/srv", "consistency": "cached", "bind": {}},
            {"Type": "bind", "Source": "/srv", "Target": "/m"},
            id="consistency, which no Engine keeps",
        ),
        pytest.param(
            {"type": "tmpfs", "tmpfs": {"size": 1000}},
            {"Type": "tmpfs", "Target": "/m", "TmpfsOptions": {"SizeBytes": 1000}},
            id="a tmpfs",
        ),
        pytest.param(
            {"type": "tmpfs", "tmpfs": {"mode": "1770"}},
            {"Type": "tmpfs", "Target": "/m", "TmpfsOptions": {"Mode": 0o1770}},
            id="the mode of a tmpfs",
        ),
        pytest.param({"type": "tmpfs", "tmpfs": {"size": 0}}, {"Type": "tmpfs", "Target": "/m"}, id="without a limit"),
        pytest.param(
            {"type": "npipe", "source": r"\\.\pipe\a"},
            {"Type": "npipe", "Source": r"\\.\pipe\a", "Target": "/m"},
            id="a pipe of Windows",
        ),
        pytest.param(
            {"type": "image", "source": "busybox"},
            {"Type": "image", "Source": "busybox", "Target": "/m"},
            id="an image",
        ),
        pytest.param(
            {"type": "cluster", "source": "data"},
            {"Type": "cluster", "Source": "shop_data", "Target": "/m"},
            id="a volume of the swarm",
        ),
        pytest.param(
            {"type": "cluster", "source": "old"},
            {"Type": "cluster", "Source": "older", "Target": "/m"},
            id="one that is there",
        ),
        pytest.param(
            {"type": "cluster", "source": "group:x"},
            {"Type": "cluster", "Source": "group:x", "Target": "/m"},
            id="one of a group",
        ),
    ],
)
def test_mounts(given, expected):
    assert get(spec(mount(**given)), f"{CONTAINER}.Mounts") == [expected]


def test_mounts_keep_the_order_of_the_file():
    planned = spec({"volumes": [{"type": "volume", "target": "/b"}, {"type": "volume", "target": "/a"}]})
    assert [item["Target"] for item in get(planned, f"{CONTAINER}.Mounts")] == ["/b", "/a"]


@pytest.mark.parametrize("section", ["secrets", "configs"])
def test_files_of_a_service(section):
    word, key = {"secrets": ("Secret", "key"), "configs": ("Config", "site")}[section]
    given = [
        {"source": key, "target": "z", "uid": "5", "gid": "6", "mode": 0o400},
        {"source": "old", "mode": 0},
        {"source": key},
        {"source": "named", "target": "/etc/x"},
    ]
    assert get(spec({section: given}), f"{CONTAINER}.{word}s") == [
        {f"{word}Name": f"a-{key}", "File": file("/etc/x")},
        {f"{word}Name": "old", "File": file("old", 0)},
        {f"{word}Name": f"shop_{key}", "File": file("z", 0o400, "5", "6")},
        {f"{word}Name": f"shop_{key}", "File": file(key)},
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"front": None}, [{"Target": "shop_front", "Aliases": ["web"]}], id="one of the stack"),
        pytest.param(
            {"front": {"aliases": ["b", "a"], "driver_opts": {"c": "d"}}},
            [{"Target": "shop_front", "Aliases": ["b", "a", "web"], "DriverOpts": {"c": "d"}}],
            id="aliases and options",
        ),
        pytest.param(
            {"front": {"ipv4_address": "10.0.0.5"}},
            [{"Target": "shop_front", "Aliases": ["web"]}],
            id="an address, which no swarm gives",
        ),
        pytest.param(
            {"other": None, "front": {}, "back": None},
            [{"Target": name, "Aliases": ["web"]} for name in ("a-long-one", "elsewhere", "shop_front")],
            id="in the order of their names",
        ),
        pytest.param({"nodes": None}, [{"Target": "host"}], id="the network of the nodes has no names"),
        pytest.param(
            {"default": None}, [{"Target": "shop_default", "Aliases": ["web"]}], id="the one that is not declared"
        ),
        pytest.param({}, [{"Target": "shop_default", "Aliases": ["web"]}], id="none"),
    ],
)
def test_networks(given, expected):
    assert get(spec({"networks": given}), f"{TASK}.Networks") == expected


def test_the_default_network_is_as_it_is_declared():
    planned = spec({}, networks={"default": {"external": True, "name": "ours"}})
    assert get(planned, f"{TASK}.Networks") == [{"Target": "ours", "Aliases": ["web"]}]


def test_ports():
    planned = spec(
        {
            "ports": [
                {"target": 80, "published": 8080, "protocol": "tcp", "mode": "ingress"},
                {"target": 53, "published": 53, "protocol": "udp", "mode": "host"},
                {"target": 53, "published": 53, "protocol": "tcp"},
                {"target": 9},
                {"target": 8, "published": 0},
            ]
        }
    )
    assert planned["EndpointSpec"]["Ports"] == [
        {"TargetPort": 9},
        {"TargetPort": 8},
        {"TargetPort": 53, "PublishedPort": 53, "Protocol": "udp", "PublishMode": "host"},
        {"TargetPort": 53, "PublishedPort": 53, "Protocol": "tcp"},
        {"TargetPort": 80, "PublishedPort": 8080, "Protocol": "tcp", "PublishMode": "ingress"},
    ]
