# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole projects: what a stack has beside the options of its services, and what is wrong."""

from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan
from ansible_collections.flotilla.swarm.plugins.module_utils.network.fields import NETWORK
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.convert import convert
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.load import Project
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

OWNED = {"com.docker.stack.namespace": "shop"}
FILES = {"/key": b"hush\x00\xff", "/site": b"<p>", "/empty": b""}


def read_file(path):
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def declare(services=None, networks=None, volumes=None, secrets=None, configs=None, places=None):
    services = {"web": {}} if services is None else services
    services = {key: {"image": "nginx", **given} for key, given in services.items()}
    project = Project(services, networks or {}, volumes or {}, secrets or {}, configs or {}, places=places or {})
    return convert(project, "shop", read_file)


def using(**networks):
    """A service on all of these networks."""
    return {"services": {"web": {"networks": dict.fromkeys(networks)}}, "networks": networks}


def data(content: bytes) -> dict:
    return {"data": base64.b64encode(content).decode(), "data_is_b64": True}


def test_the_smallest_stack():
    assert declare() == {
        "networks": [{"name": "shop_default", "driver": "overlay", "labels": OWNED}],
        "external": {"networks": [], "secrets": [], "configs": []},
        "secrets": [],
        "configs": [],
        "services": [
            {
                "name": "shop_web",
                "image": "nginx",
                "labels": {**OWNED, "com.docker.stack.image": "nginx"},
                "container_labels": OWNED,
                "networks": [{"name": "shop_default", "aliases": ["web"]}],
            }
        ],
        "depends_on": {},
    }


def test_a_declaration_is_plain_data_in_the_order_of_names():
    declaration = declare(
        services={"b": {"secrets": [{"source": "y"}]}, "a": {"networks": {"z": None, "y": None}}},
        networks={"z": {}, "y": {}},
        secrets={"z": {"file": "/key"}, "y": {"file": "/key"}},
        configs={"z": {"file": "/site"}, "y": {"name": "zz", "file": "/site"}},
    )
    assert json.loads(json.dumps(declaration)) == declaration
    names = {section: [item["name"] for item in declaration[section]] for section in ("networks", "secrets", "configs")}
    assert names == {
        "networks": ["shop_default", "shop_y", "shop_z"],
        "secrets": ["shop_y", "shop_z"],
        "configs": ["shop_z", "zz"],
    }
    assert [service["name"] for service in declaration["services"]] == ["shop_a", "shop_b"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"name": "full"}, {"Name": "full"}, id="a name of its own"),
        pytest.param({"driver": "weave"}, {"Driver": "weave"}, id="another driver"),
        pytest.param({"driver_opts": {"encrypted": ""}}, {"Options": {"encrypted": ""}}, id="encrypted"),
        pytest.param({"driver_opts": {"a": "b"}}, {"Options": {"a": "b"}}, id="options of the driver"),
        pytest.param({"labels": {"a": "b"}}, {"Labels": {"a": "b", **OWNED}}, id="labels"),
        pytest.param({"internal": True}, {"Internal": True}, id="internal"),
        pytest.param({"attachable": True}, {"Attachable": True}, id="attachable"),
        pytest.param({"ipam": {"driver": "x"}}, {"IPAM": {"Driver": "x"}}, id="a driver of addresses"),
        pytest.param(
            {"ipam": {"config": [{"subnet": "10.1.0.0/24"}, {}, {"subnet": "fd00::/64"}]}},
            {"IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}, {"Subnet": "fd00::/64"}]}},
            id="subnets, but not without an address",
        ),
        pytest.param(
            {"ipam": {"config": [{"subnet": "10.1.0.0/16", "gateway": "10.1.0.1", "ip_range": "10.1.1.0/24"}]}},
            {"IPAM": {"Config": [{"Subnet": "10.1.0.0/16", "Gateway": "10.1.0.1", "IPRange": "10.1.1.0/24"}]}},
            id="a gateway and a range",
        ),
        pytest.param(
            {"ipam": {"options": {"a": "b"}}}, {"IPAM": {"Options": {"a": "b"}}}, id="options of a driver of addresses"
        ),
        pytest.param({"enable_ipv6": True}, {"EnableIPv6": True}, id="addresses of IPv6"),
        pytest.param({"enable_ipv6": False}, {}, id="none of them"),
    ],
)
def test_networks(given, expected):
    (network,) = declare(**using(front=given))["networks"]
    body = {"Name": "shop_front", "Driver": "overlay", "Labels": OWNED}
    assert make_plan(NETWORK, network, None).spec == {**body, **expected}


def test_only_networks_that_services_use_are_made():
    declaration = declare(
        services={"a": {"networks": {"front": None}}, "b": {"networks": {"old": None, "nodes": None}}, "c": {}},
        networks={
            "front": {},
            "unused": {},
            "old": {"external": True, "name": "elsewhere"},
            "nodes": {"external": True, "name": "host"},
            "unused_old": {"external": True},
        },
    )
    assert [network["name"] for network in declaration["networks"]] == ["shop_default", "shop_front"]
    assert declaration["external"]["networks"] == ["elsewhere"]


@pytest.mark.parametrize("section", ["secrets", "configs"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"file": "/key"}, {"name": "shop_it", "labels": OWNED, **data(FILES["/key"])}, id="a file"),
        pytest.param({"file": "/empty"}, {"name": "shop_it", "labels": OWNED, **data(b"")}, id="an empty file"),
        pytest.param({"content": "ä"}, {"name": "shop_it", "labels": OWNED, **data("ä".encode())}, id="content"),
        pytest.param({"content": ""}, {"name": "shop_it", "labels": OWNED, **data(b"")}, id="empty content"),
        pytest.param(
            {"name": "full", "file": "/site", "labels": {"a": "b"}, "template_driver": "golang"},
            {"name": "full", "labels": {"a": "b", **OWNED}, "template_driver": "golang", **data(b"<p>")},
            id="a name, labels and a template",
        ),
    ],
)
def test_secrets_and_configs(section, given, expected):
    assert declare(**{section: {"it": given}})[section] == [expected]


def test_a_secret_of_a_driver_has_no_data():
    given = {"driver": "vault", "driver_opts": {"path": "a"}}
    expected = {"name": "shop_it", "labels": OWNED, "driver": "vault", "driver_options": {"path": "a"}}
    assert declare(secrets={"it": given})["secrets"] == [expected]


def test_what_the_stack_does_not_make_is_listed_if_a_service_uses_it():
    old = {"used": {"external": True, "name": "a"}, "by_key": {"external": True}, "unused": {"external": True}}
    files = [{"source": "used"}, {"source": "by_key"}]
    declaration = declare(
        services={"web": {"secrets": files, "configs": files[:1], "credential_spec": {"config": "by_key"}}},
        secrets=old,
        configs=old,
    )
    assert declaration["external"] == {"networks": [], "secrets": ["a", "by_key"], "configs": ["a", "by_key"]}
    assert declaration["secrets"] == declaration["configs"] == []


def test_who_waits_for_whom():
    services = {"web": {"depends_on": {"db": "service_healthy", "init": "service_completed_successfully"}}}
    expected = {"shop_db": "service_healthy", "shop_init": "service_completed_successfully"}
    assert declare(services={**services, "db": {}, "init": {}})["depends_on"] == {"shop_web": expected}


def mount(**options):
    return {"services": {"web": {"volumes": [{"target": "/m", **options}]}}, "volumes": {"data": {}}}


def web(**keys):
    return {"services": {"web": keys}}


def files(*items):
    return {**web(secrets=list(items)), "secrets": {"a": {"file": "/key"}, "b": {"file": "/key"}}}


@pytest.mark.parametrize(
    ("given", "place", "sentence"),
    [
        pytest.param(web(image=""), "services.web.image", "this service has no image", id="no image"),
        pytest.param(web(image="A"), "services.web.image", "'A' is not the name of an image", id="a wrong image"),
        pytest.param(
            web(depends_on={"x": "service_started"}),
            "services.web.depends_on.x",
            "there is no service x; correct the name",
            id="a service",
        ),
        pytest.param(
            web(credential_spec={"config": "x", "file": "y"}),
            "services.web.credential_spec",
            "config and file exclude each other; give one of them",
            id="two credential specs",
        ),
        pytest.param(
            web(healthcheck={"disable": True, "test": ["CMD", "a"]}),
            "services.web.healthcheck",
            "test and disable exclude each other",
            id="a test that is off",
        ),
        pytest.param(
            web(deploy={"mode": "global", "replicas": 1}),
            "services.web.deploy.replicas",
            "a service of mode global has a task on each node; leave replicas out",
            id="replicas of a global service",
        ),
        pytest.param(
            web(deploy={"update_config": {"delay": "5"}}),
            "services.web.deploy.update_config.delay",
            "'5' is not a duration",
            id="a duration",
        ),
        pytest.param(
            web(deploy={"resources": {"limits": {"memory": "x"}}}),
            "services.web.deploy.resources.limits.memory",
            "'x' is not a size",
            id="a size",
        ),
        pytest.param(web(restart="x"), "services.web.restart", "'x' is not a restart policy", id="a restart policy"),
        pytest.param(
            web(extra_hosts=["a"]), "services.web.extra_hosts[0]", "'a' is not an entry of extra_hosts", id="a host"
        ),
        pytest.param(
            web(dns=["x"]), "services.web", "dns: 'x' is not an IP address", id="what the module would refuse"
        ),
        pytest.param(
            files({"source": "a", "target": "f"}, {"source": "b", "target": "f"}),
            "services.web.secrets[1]",
            "a is the file f already; give one of them another target",
            id="two secrets in a file",
        ),
        pytest.param(
            web(volumes=[{"type": "volume", "target": "/m"}, {"type": "tmpfs", "target": "/m"}]),
            "services.web.volumes[1]",
            "something is mounted to /m already; give each mount a target of its own",
            id="two mounts in a place",
        ),
        pytest.param(
            mount(type="image"), "services.web.volumes[0]", "a mount of type image needs a source", id="no source"
        ),
        pytest.param(
            mount(type="volume", source="data", target=""),
            "services.web.volumes[0]",
            "a mount needs a target",
            id="no target",
        ),
        pytest.param(
            mount(type="tmpfs", source="a"), "services.web.volumes[0]", "type tmpfs has no source", id="a tmpfs of what"
        ),
        pytest.param(
            mount(type="volume", source="data", bind={}),
            "services.web.volumes[0].bind",
            "these are options of another type of mount, and this one is volume",
            id="options of another type",
        ),
        pytest.param(
            using(front={"ipam": {"config": [{"subnet": "x"}]}}),
            "networks.front",
            "ipam_config: subnet: 'x' is not a subnet",
            id="a subnet",
        ),
        pytest.param(
            using(front={"ipam": {"config": [{"subnet": "10.1.0.0/24"}, {"gateway": "10.2.0.1"}]}}),
            "networks.front.ipam.config[1]",
            "gateway and ip_range are within a subnet, which is missing; add subnet",
            id="a gateway of no subnet",
        ),
        pytest.param(
            mount(type="tmpfs", tmpfs={"mode": "rwx"}), "services.web", "'rwx' is not a file mode", id="a mode"
        ),
        pytest.param(
            using(a={"name": "n"}, b={"name": "n"}),
            "networks.b",
            "networks a has the name n already; give each its own",
            id="one name for two",
        ),
        pytest.param(
            {"secrets": {"s": {"file": "/missing"}}},
            "secrets.s.file",
            "/missing cannot be read: No such file or directory",
            id="a file that is not there",
        ),
        pytest.param(
            {"secrets": {"s": {"driver": "x", "file": "/key"}}},
            "secrets.s",
            "driver and file exclude each other; leave one of them out",
            id="two sources",
        ),
        pytest.param(
            {"configs": {"c": {}}}, "configs.c", "this config has no data; give file, content", id="no source"
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(given, place, sentence):
    with pytest.raises(ComposeError) as caught:
        declare(**given)
    (problem,) = str(caught.value).splitlines()
    assert problem.startswith(f"{place}: ")
    assert sentence in problem


def test_all_problems_are_told_at_once_from_top_to_bottom():
    with pytest.raises(ComposeError) as caught:
        declare(
            services={"web": {"image": "", "restart": "x"}},
            secrets={"s": {"file": "/missing"}},
            places={
                ("services", "web"): ("a.yml", 2),
                ("services", "web", "restart"): ("a.yml", 9),
                ("secrets",): ("a.yml", 20),
            },
        )
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        "a.yml:2: services.web.image: this service has no image",
        "a.yml:9: services.web.restart: 'x' is not a restart policy",
        "a.yml:20: secrets.s.file: /missing cannot be read: No such file or directory",
    ]


def test_all_that_the_module_would_refuse_of_a_service_is_told():
    with pytest.raises(ComposeError) as caught:
        declare(**web(dns=["x"], deploy={"placement": {"constraints": ["y"]}}))
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        "services.web: dns: 'x' is not an IP address",
        "services.web: placement.constraints: 'y' is not a constraint",
    ]


def test_services_that_wait_for_each_other():
    started = "service_started"
    with pytest.raises(ComposeError, match="services wait for each other: ") as caught:
        declare(services={"a": {"depends_on": {"b": started}}, "b": {"depends_on": {"a": started}}, "c": {}})
    assert any(circle in str(caught.value) for circle in ("a -> b -> a;", "b -> a -> b;"))


def test_no_problem_tells_a_secret():
    with pytest.raises(ComposeError) as caught:
        declare(secrets={"s": {"content": "hush", "file": "/key"}}, services={"web": {"restart": "x"}})
    assert "hush" not in str(caught.value)
