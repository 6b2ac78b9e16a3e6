# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation makes of the published ports for clouds, run as it is written there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.flotilla.swarm.plugins.filter.load_balancer import FilterModule


def service(name, mode, port, protocol, numbers, declared=()):
    nodes = [
        {"id": f"id{number}", "hostname": f"node{number}", "address": f"192.0.2.{number}", "availability": "active"}
        for number in numbers
    ]
    endpoint = {
        "mode": mode,
        "endpoint_mode": "vip",
        "published_port": port,
        "target_port": 8080,
        "protocol": protocol,
        "nodes": nodes,
    }
    return {"name": name, "spec": {"publish": list(declared)}, "endpoints": [endpoint]}


DOCS = Path(__file__).resolve().parents[4] / "docs/load-balancer.md"
SWARM = [
    service("shop_web", "host", 443, "tcp", [1, 2]),
    service("shop_dns", "ingress", 53, "udp", [1]),
    service("open", "host", 32768, "tcp", [1], [{"mode": "host", "published_port": 0, "target_port": 8080}]),
]
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        dest: "{{ result }}"
        mode: "0600"
        content: "{{ {'aws': aws_target_groups, 'azure': azure_rules, 'alibaba': alibaba_server_groups} | to_json }}"
"""


@pytest.fixture(scope="module")
def clouds(tmp_path_factory):
    """What the tasks of the documentation make of a swarm, by cloud."""
    directory = tmp_path_factory.mktemp("clouds")
    text = DOCS.read_text(encoding="utf-8").split("\n## Cloud load balancers\n")[1]
    _look, tell = yaml.safe_load(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1))
    (play,) = yaml.safe_load(PLAY)
    play["tasks"].insert(0, tell)
    (directory / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    result = directory / "result.json"
    given = json.dumps({"swarm": {"services": SWARM}, "result": str(result)})
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "-c", "local", "-e", given]
    command += ["-e", f"ansible_python_interpreter={sys.executable}", str(directory / "play.yml")]
    done = subprocess.run(command, cwd=DOCS.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("cloud", "expected"),
    [
        (
            "aws",
            {
                "name": "tcp-443",
                "target_type": "ip",
                "protocol": "TCP",
                "port": 443,
                "targets": [{"Id": "192.0.2.1", "Port": 443}, {"Id": "192.0.2.2", "Port": 443}],
                "listener": {"Protocol": "TCP", "Port": 443},
            },
        ),
        (
            "azure",
            {
                "name": "tcp-443",
                "protocol": "Tcp",
                "frontend_port": 443,
                "backend_port": 443,
                "probe": {"name": "tcp-443", "protocol": "Tcp", "port": 443},
                "backend_addresses": [
                    {"name": "node1", "ip_address": "192.0.2.1"},
                    {"name": "node2", "ip_address": "192.0.2.2"},
                ],
            },
        ),
        (
            "alibaba",
            {
                "ServerGroupName": "tcp-443",
                "ServerGroupType": "Ip",
                "Protocol": "TCP",
                "Servers": [
                    {
                        "ServerType": "Ip",
                        "ServerId": f"192.0.2.{number}",
                        "ServerIp": f"192.0.2.{number}",
                        "Port": 443,
                        "Weight": 100,
                    }
                    for number in (1, 2)
                ],
                "Listener": {"ListenerProtocol": "TCP", "ListenerPort": 443},
            },
        ),
    ],
)
def test_the_documentation_has_the_words_of_clouds(clouds, cloud, expected):
    assert clouds[cloud] == [expected]


def test_a_query_that_is_wrong_is_told():
    with pytest.raises(AnsibleFilterError, match="published_endpoints: query: 'endpoints\\[' ends too early"):
        FilterModule().filters()["published_endpoints"](SWARM, query="endpoints[")
