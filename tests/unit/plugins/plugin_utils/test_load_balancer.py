# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.load_balancer import (
    file_with,
    plan,
    published_endpoints,
    served,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.roster import HOST_LABEL

SETTINGS = {
    "program": "haproxy",
    "services": [],
    "without": [],
    "addresses": {},
    "listen_address": "*",
    "status_port": 8404,
}


def node(number, availability="active", state="ready", host=None):
    return {
        "id": f"id{number}",
        "hostname": f"node{number}",
        "address": f"192.0.2.{number}",
        "availability": availability,
        "state": state,
        "labels": {HOST_LABEL: host} if host else {},
    }


NODES = (node(1), node(2, host="second.example.com"), node(3))


def endpoint(port, nodes=(1, 2, 3), mode="ingress", target=8080, protocol="tcp", availability="active"):
    names = ("id", "hostname", "address", "availability")
    return {
        "mode": mode,
        "endpoint_mode": "vip",
        "published_port": port,
        "target_port": target,
        "protocol": protocol,
        "addresses": [f"192.0.2.{number}" for number in nodes],
        "nodes": [{name: node(number, availability)[name] for name in names} for number in nodes],
    }


def service(name, *endpoints, mode="replicated", publish=()):
    return {"name": name, "mode": mode, "spec": {"publish": list(publish)}, "endpoints": list(endpoints)}


WEB = service("web", endpoint(80))
DNS = service("dns", endpoint(53, protocol="udp", mode="host", target=53))
OPEN = service(
    "open",
    endpoint(32768, [1], mode="host"),
    endpoint(32769, [1, 2], mode="host"),
    publish=[{"mode": "host", "protocol": "tcp", "published_port": 0, "target_port": 8080}],
)


def planned(*services, nodes=NODES, **settings):
    return plan(list(services), nodes, {**SETTINGS, **settings})


def where(result):
    """Address and port of all servers, by listener."""
    return {
        one["name"]: [f"{server['address']}:{server['port']}" for server in one["servers"]]
        for one in result["listeners"]
    }


def test_an_endpoint_is_a_plain_fact():
    assert published_endpoints([service("web", endpoint(80, [2]))]) == [
        {
            "service": "web",
            "mode": "ingress",
            "endpoint_mode": "vip",
            "published_port": 80,
            "target_port": 8080,
            "protocol": "tcp",
            "nodes": [{"id": "id2", "hostname": "node2", "address": "192.0.2.2", "availability": "active", "port": 80}],
        }
    ]


def test_endpoints_are_ordered_by_service_and_port():
    swarm = [service("web", endpoint(9000), endpoint(443)), service("api", endpoint(8000))]
    found = published_endpoints(swarm)
    assert [(one["service"], one["published_port"]) for one in found] == [("api", 8000), ("web", 443), ("web", 9000)]


@pytest.mark.parametrize("mode", ["ingress", "host"])
def test_drained_nodes_count_if_asked_for(mode):
    swarm = [service("web", endpoint(80, availability="drain", mode=mode))]
    assert published_endpoints(swarm)[0]["nodes"] == []
    assert len(published_endpoints(swarm, drained=True)[0]["nodes"]) == 3


def test_ports_that_engines_choose_are_one_endpoint():
    (one,) = published_endpoints([OPEN])
    assert one["published_port"] is None
    assert [(item["hostname"], item["port"]) for item in one["nodes"]] == [
        ("node1", 32768),
        ("node1", 32769),
        ("node2", 32769),
    ]


def test_a_port_that_nobody_answers_at_is_an_endpoint_too():
    (one,) = published_endpoints([service("web", endpoint(80, [], mode="host"))])
    assert (one["published_port"], one["nodes"]) == (80, [])


@pytest.mark.parametrize(
    ("services", "settings", "expected"),
    [
        pytest.param(
            [WEB], {}, {"web-80": ["192.0.2.1:80", "192.0.2.2:80", "192.0.2.3:80"]}, id="every published port as itself"
        ),
        pytest.param([OPEN], {}, {}, id="a port that the Engines choose has no listener by itself"),
        pytest.param(
            [OPEN],
            {"services": [{"service": "open", "listen": 8000}]},
            {"open-8000": ["192.0.2.1:32768", "192.0.2.1:32769", "192.0.2.2:32769"]},
            id="but may be given one",
        ),
        pytest.param(
            [service("web", endpoint(80, [1]), endpoint(443, [1]))],
            {"services": [{"service": "web", "published_port": 443, "listen": 8443, "name": "front door"}]},
            {"front-door": ["192.0.2.1:443"]},
            id="one port of several, under a name and port of its own",
        ),
        pytest.param(
            [service("web", endpoint(80, [1]), endpoint(443, [1], target=8443))],
            {"services": [{"service": "web", "target_port": 8443}]},
            {"web-443": ["192.0.2.1:443"]},
            id="chosen by the port of the containers",
        ),
        pytest.param(
            [service("web", endpoint(80, [1]), endpoint(443, [1]))],
            {"services": [{"service": "web", "published_port": "443", "listen": "8443"}], "status_port": "8404"},
            {"web-8443": ["192.0.2.1:443"]},
            id="ports that a template made",
        ),
        pytest.param(
            [WEB],
            {"without": ["node1", "second.example.com"]},
            {"web-80": ["192.0.2.3:80"]},
            id="nodes are taken out by hostname and by host of the inventory",
        ),
        pytest.param(
            [WEB], {"without": ["id1", "192.0.2.3"]}, {"web-80": ["192.0.2.2:80"]}, id="and by ID and address"
        ),
        pytest.param(
            [service("web", endpoint(80, [2]))],
            {"addresses": {"second.example.com": "fd00::2"}},
            {"web-80": ["[fd00::2]:80"]},
            id="a node that is reached at another address",
        ),
        pytest.param(
            [service("web", endpoint(80, [2], mode="host"))],
            {"services": [{"service": "web", "nodes": "all"}]},
            {"web-80": ["192.0.2.1:80", "192.0.2.2:80", "192.0.2.3:80"]},
            id="all nodes, whichever runs a task",
        ),
        pytest.param(
            [DNS],
            {"program": "nginx"},
            {"dns-53-udp": ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"]},
            id="udp with nginx",
        ),
        pytest.param(
            [],
            {"services": [{"service": "api", "resolver": "127.0.0.11", "listen": 80, "target_port": 8080}]},
            {"api-80": []},
            id="a service without a published port, by name",
        ),
    ],
)
def test_listeners(services, settings, expected):
    result = planned(*services, **settings)
    assert result["problems"] == []
    assert where(result) == expected


def test_all_nodes_are_those_that_may_run_tasks():
    nodes = [node(1, "drain"), node(2, state="down"), node(3), node(4, "pause")]
    swarm = service("web", endpoint(80, [3], mode="host"))
    result = planned(swarm, nodes=nodes, services=[{"service": "web", "nodes": "all"}])
    assert where(result) == {"web-80": ["192.0.2.3:80", "192.0.2.4:80"]}


def test_a_listener_has_what_its_wish_says():
    wish = {"service": "web", "protocol": "http", "balance": "leastconn", "check_path": "/up", "address": "10.0.0.1"}
    (one,) = planned(WEB, services=[{**wish, "extra_lines": ["a"], "listen_options": "ssl"}])["listeners"]
    del one["servers"]
    assert one == {
        "name": "web-80",
        "service": "web",
        "protocol": "http",
        "address": "10.0.0.1",
        "port": 80,
        "balance": "leastconn",
        "check_path": "/up",
        "listen_options": "ssl",
        "extra_lines": ["a"],
        "resolver": None,
    }


def test_a_resolver_asks_for_the_tasks():
    wish = {"service": "shop_api", "resolver": "127.0.0.11", "listen": 80, "target_port": 8080}
    (one,) = planned(services=[wish])["listeners"]
    assert one["resolver"] == {"address": "127.0.0.11", "name": "tasks.shop_api", "port": 8080, "slots": 10}


def test_servers_of_one_name_are_told_apart():
    (one,) = planned(OPEN, services=[{"service": "open", "listen": 8000}])["listeners"]
    assert [server["name"] for server in one["servers"]] == ["node1", "node1-32769-id1", "node2"]


def test_what_is_gone_is_known_by_address_and_port():
    host = service("api", endpoint(8000, [1], mode="host"), endpoint(8001, [1, 2], mode="host"))
    result = planned(WEB, host, without=["node1"])
    # The only node of a port stays there, as nothing is won by an error in its place.
    assert where(result)["api-8000"] == ["192.0.2.1:8000"]
    assert result["kept"] == ["node1 stays at api-8000, because no other node answers there"]
    assert result["gone"] == ["192.0.2.1:80", "192.0.2.1:8001"]


@pytest.mark.parametrize(
    ("services", "settings", "problem"),
    [
        pytest.param(
            [DNS],
            {},
            "dns publishes 53/udp, which HAProxy does not balance; use nginx for it, or leave it out of "
            "load_balancer_services",
            id="udp with HAProxy",
        ),
        pytest.param(
            [service("voip", endpoint(5060, protocol="sctp"))],
            {"program": "nginx"},
            "voip publishes 5060/sctp, which nginx does not balance; leave it out of load_balancer_services",
            id="sctp",
        ),
        pytest.param(
            [WEB],
            {"services": [{"service": "shop"}]},
            "load_balancer_services: shop publishes no such port; published are web 80",
            id="a service that is not there",
        ),
        pytest.param(
            [WEB],
            {"services": [{"service": "web", "published_port": 81}]},
            "load_balancer_services: web publishes no such port; published are web 80",
            id="a port that is not published",
        ),
        pytest.param(
            [service("web", endpoint(80), endpoint(443))],
            {"services": [{"service": "web", "listen": 8000}]},
            "load_balancer_services: web publishes 80, 443; say with published_port or target_port which of them is "
            "meant",
            id="one listener for two ports",
        ),
        pytest.param(
            [OPEN],
            {"services": [{"service": "open"}]},
            "load_balancer_services: open leaves its port to the Engines; say with listen where the load balancer "
            "shall listen",
            id="a port that the Engines choose",
        ),
        pytest.param(
            [],
            {"services": [{"service": "api", "resolver": "127.0.0.11", "listen": 80}]},
            "load_balancer_services: api has a resolver, which needs target_port too",
            id="a resolver without a port",
        ),
        pytest.param(
            [WEB],
            {"program": "nginx", "services": [{"service": "web", "check_path": "/up"}]},
            "web-80 has check_path, but nginx asks no server for its health; leave it out, or set "
            "load_balancer_program to haproxy",
            id="checks by nginx",
        ),
        pytest.param(
            [WEB, service("api", endpoint(80))],
            {},
            "web and api would both listen on 80/tcp; choose another port with listen in load_balancer_services, or "
            "leave one out",
            id="two at one port",
        ),
        pytest.param(
            [service("web", endpoint(8404))],
            {},
            "web and load_balancer_status_port would both listen on 8404/tcp; choose another port with listen in "
            "load_balancer_services, or leave one out",
            id="the port of the statistics",
        ),
        pytest.param(
            [WEB],
            {"without": ["node9"]},
            "node9 is to be taken out, but no node of the swarm has this name, ID or address; there are node1, node2, "
            "node3",
            id="a node that is not there",
        ),
        pytest.param(
            [WEB],
            {"services": [{"service": "web", "name": "a"}, {"service": "web", "name": "a", "listen": 81}]},
            "several listeners are called a; give them a name each",
            id="two of one name",
        ),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(services, settings, problem):
    settings.setdefault("program", "haproxy")
    assert problem in planned(*services, **settings)["problems"]


def test_one_number_of_two_protocols_is_no_clash():
    swarm = service("dns", endpoint(53, target=53), endpoint(53, target=53, protocol="udp"))
    result = planned(swarm, program="nginx")
    assert (result["problems"], list(where(result))) == ([], ["dns-53", "dns-53-udp"])
    chosen = planned(swarm, program="nginx", services=[{"service": "dns", "protocol": "tcp"}])
    assert (chosen["problems"], list(where(chosen))) == ([], ["dns-53"])


def test_only_global_services_at_the_nodes_own_ports_come_back():
    swarm = [
        service("agent", endpoint(9100, [1, 2], mode="host"), mode="global"),
        service("mesh", endpoint(80), mode="global"),
        service("api", endpoint(8000, mode="host")),
    ]
    assert served(swarm, ["node1", "second.example.com", "node3"], NODES) == ["agent on node1", "agent on node2"]
    assert served(swarm, ["node3"], NODES) == []


HTTP = {"name": "lb http", "text": "one\n", "after": r"^http\s*\{"}
STREAM = {"name": "lb stream", "text": "two\n"}
FILE = "user www-data;\nhttp {\n  mine;\n}\n"
WITH_BOTH = (
    "user www-data;\nhttp {\n# BEGIN flotilla.swarm.lb http\none\n# END flotilla.swarm.lb http\n  mine;\n}\n"
    "# BEGIN flotilla.swarm.lb stream\ntwo\n# END flotilla.swarm.lb stream\n"
)


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        pytest.param(FILE, [HTTP, STREAM], WITH_BOTH, id="parts come where they belong"),
        pytest.param(WITH_BOTH, [HTTP, STREAM], WITH_BOTH, id="the same parts change nothing"),
        pytest.param(WITH_BOTH, [{**HTTP, "text": ""}, {**STREAM, "text": " \n"}], FILE, id="empty parts are removed"),
        pytest.param(
            WITH_BOTH, [HTTP, {**STREAM, "text": "new"}], WITH_BOTH.replace("two", "new"), id="a part is replaced"
        ),
        pytest.param(
            "a",
            [STREAM],
            "a\n# BEGIN flotilla.swarm.lb stream\ntwo\n# END flotilla.swarm.lb stream\n",
            id="no last line",
        ),
        pytest.param(
            "", [STREAM], "# BEGIN flotilla.swarm.lb stream\ntwo\n# END flotilla.swarm.lb stream\n", id="an empty file"
        ),
    ],
)
def test_parts_of_a_file(text, parts, expected):
    assert file_with(text, parts) == expected
