# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of README.md, with the addresses of machines that exist and an image that they have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

README = Path(__file__).resolve().parents[3] / "README.md"
ACCESS = ("ansible_ssh_private_key_file", "ansible_ssh_common_args")


@pytest.fixture
def inventory(installed, on):
    """The file hosts.yml of the page, in the directory where playbooks are run."""
    example = README.read_text(encoding="utf-8").partition("## An example")[2]
    (text,) = re.findall(r"`hosts\.yml`:\n\n```yaml\n(.*?)```", example, re.DOTALL)
    hosts = yaml.safe_load(text)
    for group in ("swarm_managers", "swarm_workers"):
        for name, variables in hosts[group]["hosts"].items():
            variables["ansible_host"] = on(name).ansible.get_variables()["ansible_host"]
    hosts["all"]["vars"] |= {name: on("node1").ansible.get_variables()[name] for name in ACCESS}
    hosts["all"]["vars"]["swarm_services"][0]["image"] = "flotilla/web:1"
    (installed / "hosts.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")


def recap(output):
    """How many tasks changed something, or failed, of all hosts."""
    return {word: sum(map(int, re.findall(rf" {word}=(\d+)", output))) for word in ("changed", "failed")}


def test_the_example_is_planned_built_and_kept(inventory, playbook, on):
    command = ("-i", "hosts.yml", "flotilla.swarm.site")
    status, output = playbook(*command, "--check", "--diff")
    assert status == 0, output
    assert on("node1").check_output("docker info --format '{{.Swarm.LocalNodeState}}'") == "inactive"
    status, output = playbook(*command)
    assert status == 0, output
    assert recap(output)["changed"] > 0
    assert on("node1").check_output("docker service ls --format '{{.Name}} {{.Replicas}}'") == "web 2/2"
    assert len(on("node1").check_output("docker node ls --quiet").split()) == 3
    status, output = playbook(*command)
    assert status == 0, output
    assert recap(output) == {"changed": 0, "failed": 0}
