# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as tasks."""

from __future__ import annotations

import json

testinfra_hosts = ["ansible://node2"]


def test_a_task_tells_what_it_creates_again(host):
    def task(module="network", check=False, **options):
        return host.ansible(f"flotilla.swarm.{module}", json.dumps(options), check=check)

    assert task(name="west", labels={"a": "b"})["changed"]
    told = task(name="west", attachable=True, check=True)
    assert (told["changed"], told["recreated_for"], told["network"]["attachable"]) == (True, ["attachable"], False)
    assert task(name="west", attachable=True)["network"]["labels"] == {"a": "b"}
    found = task("network_info", labels={"a": "b"}, query="networks[].[name, attachable, used_by]")
    assert found["query_result"] == [["west", True, []]]


def test_a_worker_says_where_to_run(host):
    node4 = host.get_host("ansible://node4")
    result = node4.ansible("flotilla.swarm.network", '{"name": "west"}')
    assert f"{host.ansible.get_variables()['ansible_host']}:2377" in result["msg"]
    local = '{"name": "west", "driver": "bridge", "scope": "local", "state": "%s"}'
    assert "msg" not in node4.ansible("flotilla.swarm.network", local % "present", check=False)
    found = node4.ansible("flotilla.swarm.network_info", '{"name": ["west", "ingress"]}')["networks"]
    assert [(raw["name"], raw["used_by"]) for raw in found] == [("ingress", None), ("west", None)]
    assert "msg" not in node4.ansible("flotilla.swarm.network", local % "absent", check=False)
    assert "west" not in node4.check_output("docker network ls --format '{{.Name}}'").split()
