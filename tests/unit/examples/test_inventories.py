# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories of examples/inventories: what their expressions make of hosts as the plugins describe them.

The plugins ask clouds, so Ansible's own plugin `constructed` evaluates the same expressions. Variables of hosts have
the shape that amazon.aws 10.1.2, azure.azcollection 3.12.0 and alibaba.alicloud 1.1.1 with footmark 1.26.0 give them,
and options.json has the names of the options that these document.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

HERE = Path(__file__).resolve().parent
INVENTORIES = HERE.parents[2] / "examples" / "inventories"
FILES = {"aws": "swarm.aws_ec2.yml", "azure": "swarm.azure_rm.yml", "alibaba": "swarm.alicloud.yml"}
# What azure_rm calls the sections of `constructed`.
AZURE = {"conditional_groups": "groups", "hostvar_expressions": "compose"}


def inventory(cloud: str) -> dict:
    """Return the example for a cloud."""
    return yaml.safe_load((INVENTORIES / cloud / FILES[cloud]).read_text(encoding="utf-8"))


def recorded(name: str) -> dict:
    """Return a fixture."""
    return json.loads((HERE / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))


def construct(directory: Path, hosts: dict, sections: dict) -> InventoryManager:
    """Return what Ansible makes of these hosts with these sections; an expression that fails is an error."""
    given, constructed = directory / "given.yml", directory / "constructed.yml"
    given.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    # By its short name, as long names take Ansible's loader of collections, which only its programs install.
    constructed.write_text(json.dumps({"plugin": "constructed", "strict": True, **sections}), encoding="utf-8")
    return InventoryManager(loader=DataLoader(), sources=[str(given), str(constructed)])


@pytest.fixture
def built(request, tmp_path):
    """The inventory of a cloud, with its recorded hosts."""
    names = {AZURE.get(name, name): value for name, value in inventory(request.param).items()}
    sections = {name: names[name] for name in ("groups", "keyed_groups", "compose")}
    return construct(tmp_path, recorded(request.param), sections)


ALL = pytest.mark.parametrize("built", list(FILES), indirect=True)


def members(built: InventoryManager, group: str) -> list[str]:
    """Return the names of the hosts of a group."""
    return sorted(host.name for host in built.groups[group].get_hosts())


@ALL
def test_the_tag_says_which_group(built):
    assert members(built, "swarm_managers") == ["node1"]
    assert members(built, "swarm_workers") == ["node2"]


@ALL
def test_nodes_speak_to_each_other_at_their_private_addresses(built):
    addresses = {name: built.hosts[name].vars["swarm_advertise_addr"] for name in ("node1", "node2", "node3")}
    assert addresses == {"node1": "10.0.0.11", "node2": "10.0.0.12", "node3": "10.0.0.13"}


# The plugin for Azure does that by itself.
@pytest.mark.parametrize("built", ["aws", "alibaba"], indirect=True)
def test_ansible_takes_the_public_address_where_there_is_one(built):
    assert built.hosts["node1"].vars["ansible_host"] == "203.0.113.11"
    assert built.hosts["node2"].vars["ansible_host"] == "10.0.0.12"


@pytest.mark.parametrize(
    ("built", "first", "second", "group"),
    [
        ("aws", "eu-central-1a", "eu-central-1b", "zone_eu_central_1a"),
        ("azure", "westeurope-1", "westeurope", "zone_westeurope_1"),
        ("alibaba", "eu-central-1a", "eu-central-1b", "zone_eu_central_1a"),
    ],
    indirect=["built"],
)
def test_zones_are_labels_and_groups(built, first, second, group):
    assert built.hosts["node1"].vars["swarm_node_labels"] == {"zone": first}
    assert built.hosts["node2"].vars["swarm_node_labels"] == {"zone": second}
    assert "node1" in members(built, group)
    assert "node2" not in members(built, group)


def test_azure_leaves_out_machines_of_other_swarms(tmp_path):
    filters = inventory("azure")["include_host_filters"]
    built = construct(tmp_path, recorded("azure"), {"groups": {"kept": " or ".join(f"({word})" for word in filters)}})
    assert members(built, "kept") == ["node1", "node2", "node3"]


@pytest.mark.parametrize("cloud", ["aws", "alibaba"])
def test_other_clouds_are_asked_for_one_swarm_only(cloud):
    filters = inventory(cloud)["filters"]
    assert "production" in (filters.get("tag:swarm"), filters.get("tags", {}).get("swarm"))


@pytest.mark.parametrize("cloud", list(FILES))
def test_plugins_have_these_options(cloud):
    assert set(inventory(cloud)) <= set(recorded("options")[cloud])


@pytest.mark.parametrize("cloud", list(FILES))
def test_plugins_take_files_of_these_names(cloud):
    plugin = inventory(cloud)["plugin"]
    ending = {"alibaba.alicloud.alicloud_ecs": "alicloud"}.get(plugin, plugin.rpartition(".")[2])
    assert FILES[cloud].endswith(f"{ending}.yml")


def test_the_vagrantfile_and_its_inventory_are_of_the_same_machines():
    written = (INVENTORIES / "vagrant" / "Vagrantfile").read_text(encoding="utf-8")
    machines = dict(re.findall(r'"(\w+)" => "([\d.]+)"', written))
    built = InventoryManager(loader=DataLoader(), sources=[str(INVENTORIES / "vagrant" / "hosts.yml")])
    assert {host.name: host.vars["ansible_host"] for host in built.hosts.values()} == machines
    assert members(built, "swarm_managers") == ["node1"]
    assert members(built, "swarm_workers") == ["node2", "node3"]
