# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from jinja2 import StrictUndefined

from ansible_collections.flotilla.swarm.plugins.plugin_utils import firewall
from ansible_collections.flotilla.swarm.plugins.plugin_utils.firewall import FirewallError

INTERFACES = {
    "eth0": {"addresses": ["10.0.0.7/24", "fe80::1/64"], "mtu": 1500},
    "eth1": {"addresses": ["10.1.0.7/24", "2001:db8::7/64"], "mtu": 1500},
    "lo": {"addresses": ["127.0.0.1/8", "::1/128"], "mtu": 65536},
}
FACTS = {"address": "10.0.0.7", "hostname": "seven", "interfaces": INTERFACES, "swarm": {"node_id": "n7"}}


def node(node_id="n7", address="10.9.0.7", hostname="seven", host=None):
    return {
        "id": node_id,
        "hostname": hostname,
        "address": address,
        "labels": {"flotilla.swarm.host": host} if host else {},
    }


def of(variables, nodes=(), asked=()):
    return firewall.addresses({"a": variables}, ["a"], list(nodes), list(asked))["a"]


@pytest.mark.parametrize(
    ("variables", "nodes", "expected"),
    [
        pytest.param({"ansible_host": "10.2.0.1"}, [], ["10.2.0.1"], id="ansible_host is an address"),
        pytest.param({"ansible_host": "a.example.com"}, [], [], id="ansible_host is a name: nobody knows"),
        pytest.param({}, [], [], id="nothing is said"),
        pytest.param({"ansible_host": "10.2.0.1", "__firewall_seen": FACTS}, [], ["10.0.0.7"], id="the host said it"),
        pytest.param({"__preflight_seen": FACTS}, [], ["10.0.0.7"], id="the host said it to preflight"),
        pytest.param(
            {"__firewall_seen": {"skipped": True}, "__preflight_seen": FACTS}, [], ["10.0.0.7"], id="it is asked once"
        ),
        pytest.param(
            {"ansible_host": "10.2.0.1", "__firewall_seen": {"unreachable": True, "msg": "no"}},
            [],
            ["10.2.0.1"],
            id="the host does not answer",
        ),
        pytest.param({"__firewall_seen": FACTS}, [node()], ["10.9.0.7"], id="the swarm knows it by its node ID"),
        pytest.param({}, [node(host="a")], ["10.9.0.7"], id="the swarm knows it by its label"),
        pytest.param({}, [node(hostname="a")], ["10.9.0.7"], id="the swarm knows it by its name"),
        pytest.param({"ansible_host": "10.2.0.1"}, [node(host="b")], ["10.2.0.1"], id="the swarm knows another one"),
        pytest.param(
            {"__firewall_seen": FACTS},
            [node("n6", "10.9.0.6"), node("n7", "10.9.0.7")],
            ["10.9.0.7"],
            id="another node has its name",
        ),
        pytest.param({"__firewall_seen": FACTS}, [node(address="0.0.0.0")], ["10.0.0.7"], id="a node without address"),
        pytest.param(
            {"swarm_advertise_addr": "10.3.0.1", "__firewall_seen": FACTS}, [node()], ["10.3.0.1"], id="declared"
        ),
        pytest.param({"swarm_advertise_addr": "10.3.0.1:2377"}, [], ["10.3.0.1"], id="declared with a port"),
        pytest.param({"swarm_advertise_addr": "[2001:db8::1]:2377"}, [], ["2001:db8::1"], id="declared, IPv6, port"),
        pytest.param({"swarm_advertise_addr": "2001:DB8:0::1"}, [], ["2001:db8::1"], id="declared, IPv6"),
        pytest.param(
            {"swarm_advertise_addr": "10.3.0.1", "swarm_data_path_addr": "10.4.0.1"},
            [],
            ["10.3.0.1", "10.4.0.1"],
            id="declared for overlay networks too",
        ),
        pytest.param(
            {"swarm_advertise_addr": "eth1:2377", "__firewall_seen": FACTS},
            [],
            ["10.1.0.7", "2001:db8::7"],
            id="an interface",
        ),
        pytest.param(
            {"swarm_advertise_addr": "eth0", "swarm_data_path_addr": "eth1", "__firewall_seen": FACTS},
            [],
            ["10.0.0.7", "10.1.0.7", "2001:db8::7"],
            id="two interfaces, without what is only of the link",
        ),
        pytest.param(
            {"swarm_data_path_addr": "10.4.0.1", "__firewall_seen": FACTS},
            [],
            ["10.0.0.7", "10.4.0.1"],
            id="declared for overlay networks only",
        ),
        pytest.param(
            {"swarm_data_path_addr": "eth1", "ansible_host": "10.2.0.1"},
            [node(host="a")],
            [],
            id="an interface for overlay networks of which nobody knows the address",
        ),
        pytest.param(
            {"swarm_advertise_addr": "eth1", "ansible_host": "10.2.0.1"}, [], [], id="an interface nobody knows"
        ),
        pytest.param(
            {"swarm_advertise_addr": "eth1", "ansible_host": "10.2.0.1"},
            [node(host="a")],
            ["10.9.0.7"],
            id="an interface nobody knows, but the swarm knows the host",
        ),
        pytest.param(
            {"swarm_advertise_addr": "{{ ansible_facts.eth1.ipv4.address }}", "ansible_host": "10.2.0.1"},
            [],
            [],
            id="facts that were not gathered",
        ),
        pytest.param(
            {"firewall_addresses": ["10.5.0.1", "2001:db8:5::/64"], "swarm_advertise_addr": "10.3.0.1"},
            [node(host="a")],
            ["10.5.0.1", "2001:db8:5::/64"],
            id="set, with a network",
        ),
        pytest.param({"firewall_addresses": "10.5.0.1/32"}, [], ["10.5.0.1"], id="set as text"),
    ],
)
def test_the_addresses_of_a_host_are(variables, nodes, expected):
    assert of(variables, nodes) == expected


def test_a_host_that_the_run_is_not_about_can_be_asked():
    asked = [{"item": "b", "address": "10.0.0.9"}, {"item": "a", **FACTS}]
    assert of({"swarm_data_path_addr": "eth1"}, (), asked) == ["10.0.0.7", "10.1.0.7", "2001:db8::7"]


def test_a_host_is_known_by_its_own_name_where_the_inventory_calls_it_by_address():
    assert firewall.addresses({"10.2.0.1": {}}, ["10.2.0.1"], []) == {"10.2.0.1": ["10.2.0.1"]}


def test_a_variable_that_needs_facts_which_were_not_gathered_leads_to_no_address():
    variables = {"swarm_advertise_addr": StrictUndefined(), "ansible_host": "10.2.0.1"}
    assert of(variables) == []
    assert of(variables, [node(host="a")]) == ["10.9.0.7"]


def test_what_is_set_for_a_host_must_be_an_address():
    with pytest.raises(FirewallError, match="firewall_addresses of a has node7, which is neither an address nor"):
        of({"firewall_addresses": ["node7"]})


def test_all_that_may_do_what_nodes_may_are_in_order_and_once():
    known = {"a": ["10.0.0.10"], "b": ["10.0.0.9", "2001:db8::1"], "c": []}
    nodes = [node(address="10.0.0.9"), node(address="10.0.0.2"), node(address="127.0.0.1"), node(address=None)]
    found = firewall.nodes_of(known, nodes, ["192.0.2.0/24", "10.0.0.10", "192.0.2.9/24"])
    assert found == ["10.0.0.2", "10.0.0.9", "10.0.0.10", "192.0.2.0/24", "2001:db8::1"]


def test_what_is_set_beside_the_nodes_must_be_an_address():
    with pytest.raises(FirewallError, match=r"firewall_extra_nodes has 10\.0\.0\.300, which is neither"):
        firewall.nodes_of({}, [], ["10.0.0.300"])


def compose(**options):
    return {"services": {}, "networks": {"back": {"driver": "overlay", "driver_opts": options}, "front": None}}


PLAIN = "networks:\n  back:\n    driver_opts: {com.docker.network.driver.mtu: 1400}\n"
# The words alone do not make a network encrypted.
WORDS = "# not encrypted\nservices:\n  web:\n    image: web\n    labels: [encrypted=true]\n"
ENCRYPTED = "networks:\n  back:\n    driver: overlay\n    driver_opts:\n      encrypted: ''\n"


@pytest.mark.parametrize(
    ("networks", "stacks", "expected"),
    [
        pytest.param([], [], False, id="nothing"),
        pytest.param([{"name": "back"}], [], False, id="a network"),
        pytest.param([{"name": "back", "encrypted": True}], [], True, id="an encrypted network"),
        pytest.param([{"name": "back", "encrypted": False}], [], False, id="a network that is not"),
        pytest.param([{"name": "back", "driver_options": {"encrypted": ""}}], [], True, id="the option of the driver"),
        pytest.param([{"name": "back", "encrypted": True, "state": "absent"}], [], False, id="a network that goes"),
        pytest.param([], [{"name": "s", "compose": compose()}], False, id="a stack"),
        pytest.param([], [{"name": "s", "compose": compose(encrypted="")}], True, id="a network of a stack"),
        pytest.param([], [{"name": "s", "compose": compose(encrypted=True)}], True, id="and with a truth value"),
        pytest.param([], [{"name": "s", "compose": compose(encrypted="false")}], False, id="turned off"),
        pytest.param([], [{"name": "s", "compose": compose(encrypted=False)}], False, id="turned off, truth value"),
        pytest.param(
            [], [{"name": "s", "compose": compose(encrypted=""), "state": "absent"}], False, id="a stack that goes"
        ),
        pytest.param(
            [], [{"name": "s", "compose": [compose(), compose(encrypted="")]}], True, id="the second of two definitions"
        ),
        pytest.param([], [{"name": "s", "compose": "plain.yml"}], False, id="a file"),
        pytest.param([], [{"name": "s", "compose": "words.yml"}], False, id="a file that speaks of it"),
        pytest.param([], [{"name": "s", "compose_files": ["plain.yml", "encrypted.yml"]}], True, id="the second file"),
        pytest.param([], [{"name": "s", "compose": "template.yml"}], True, id="a template that speaks of it"),
        pytest.param([], [{"name": "s", "compose": "other.yml"}], False, id="a template that does not"),
        pytest.param([], [{"name": "s", "compose": "/srv/nowhere.yml"}], True, id="a file that is not here"),
        pytest.param([], [{"name": "s", "compose": "plain.yml", "remote_src": True}], True, id="a file of the host"),
        pytest.param([], [{"name": "s", "compose": "vault.yml"}], True, id="a file that only a password opens"),
    ],
)
def test_an_encrypted_network_is_declared(networks, stacks, expected, tmp_path):
    files = {
        "plain": PLAIN,
        "words": WORDS,
        "encrypted": ENCRYPTED,
        "template": "{% if big %}\n" + ENCRYPTED + "{% endif %}\n",
        "other": "{% if big %}\n" + PLAIN + "{% endif %}\n",
        "vault": "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    assert firewall.encrypted(networks, stacks, ["", str(tmp_path)]) is expected
