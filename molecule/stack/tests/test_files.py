# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user writes and sees: files, variables, problems and progress, all in playbooks."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from plays import play_and_kill

PLAYBOOK = Path(__file__).resolve().parents[1] / "stack.yml"
GROUPS = {"swarm_managers": ["node1"]}
IDLE = {"image": "flotilla/web:1", "deploy": {"replicas": 0}}
WRONG = """\
services:
  web:
    image: flotilla/web:1
    ports:
      - "8080:80"
      - "eighty:80"
    memroy: 5
  api:
    image: flotilla/web:${TAG}
    networks: [nowhere]
    secrets: [key]
secrets:
  key:
    file: ./missing
"""
VARIABLES = """\
services:
  web:
    image: flotilla/web:${TAG:-1}
    environment:
      OF_TASK: ${OF_TASK}
      OF_FILE: ${OF_FILE}
      OF_BOTH: ${OF_BOTH}
      OF_CONTROLLER: ${OF_CONTROLLER}
      UNSET: x${UNSET}x
      PRICE: 5$$
      TEMPLATE: {{ inventory_hostname }}
    configs: [page]
    deploy:
      replicas: 0
configs:
  page:
    file: ./page
"""
VERSIONED = {"version": "3.8", "configs": {"page": {"file": "./page"}}}
TWO = {
    "services": {
        "db": {
            "image": "flotilla/web:1",
            "command": ["sh", "-c", "sleep 4; touch /tmp/ready; exec web"],
            "healthcheck": {"test": ["CMD", "test", "-e", "/tmp/ready"], "interval": "500ms", "retries": 100},
            "deploy": {"update_config": {"monitor": "1s"}},
        },
        "web": {
            "image": "flotilla/web:1",
            "depends_on": {"db": {"condition": "service_healthy"}},
            "deploy": {"replicas": 2, "update_config": {"monitor": "1s"}},
        },
    }
}


@pytest.fixture
def file(tmp_path):
    """Write a file, and return its path."""

    def file(name, text):
        path = tmp_path / name
        path.write_text(text if isinstance(text, str) else yaml.safe_dump(text), encoding="utf-8")
        return str(path)

    return file


def test_all_problems_are_told_at_once_with_their_places(deploy, file, swarm):
    path, second = file("wrong.yml", WRONG), file("second.yml", "services:\n  web: 5\n")
    outcome = deploy(name="shop", compose=[path, second])
    assert outcome.status != 0
    problems = [
        f"{path}:6: services.web.ports[1]: ",
        f"{path}:7: services.web.memroy: ",
        f"{path}:9: services.api.image: ",
        f"{path}:10: services.api.networks.nowhere: there is no network nowhere",
        f"{path}:14: secrets.key.file: ",
        f"{second}:2: services.web: ",
    ]
    for problem in problems:
        assert problem in outcome.printed, outcome.printed
    assert "reason: invalid_compose" in outcome.printed
    assert swarm.names("services") == []


def test_variables_and_templates(deploy, file, swarm):
    file("page", "a page")
    path = file("stack.yml", VARIABLES)
    first = file("first.env", "OF_FILE='of a file'\nOF_BOTH=file\nTAG=2\n")
    second = file("second.env", "OF_BOTH=${OF_FILE}, the second\n")
    options = {"compose": path, "template": True, "env_files": [first, second], "env": {"OF_TASK": True}}
    environment = {"OF_CONTROLLER": "of the controller", "OF_TASK": "not this"}
    outcome = deploy(name="shop", **options, environment=environment)
    assert outcome.status != 0
    assert f"{path}:8: services.web.environment.OF_CONTROLLER: the variable OF_CONTROLLER is not set" in outcome.text
    assert f"{path}:9: services.web.environment.UNSET: " in outcome.text
    outcome = deploy("--diff", name="shop", **options, controller_env=True, allow_unset=True, environment=environment)
    assert outcome.changed == 1
    assert "UNSET" in re.search(r"\[WARNING\].*", outcome.text)[0]
    container = swarm.container("shop_web")
    assert container["Image"] == "flotilla/web:2"
    assert sorted(container["Env"]) == [
        "OF_BOTH=of a file, the second",
        "OF_CONTROLLER=of the controller",
        "OF_FILE=of a file",
        "OF_TASK=true",
        "PRICE=5$",
        "TEMPLATE=node1",
        "UNSET=xx",
    ]
    assert "+++ after: service shop_web" in outcome.printed


def test_files_of_the_host(deploy, swarm):
    stack = {**VERSIONED, "services": {"web": {**IDLE, "configs": ["page"], "env_file": "env", "image": "${IMAGE}"}}}
    host = Path("/root/remote")
    files = {"page": "a page", "env": "A=b\n", "variables": "IMAGE=flotilla/web:2\n", "stack.yml": json.dumps(stack)}
    for name, text in files.items():
        swarm.on("node1", "sh", "-c", f"mkdir -p {host}; printf '%s' \"$1\" > {host / name}", "sh", text)
    options = {"compose": str(host / "stack.yml"), "env_files": [str(host / "variables")], "remote_src": True}
    assert deploy(name="shop", **options).changed == 1
    container = swarm.container("shop_web")
    assert (container["Image"], container["Env"]) == ("flotilla/web:2", ["A=b"])
    assert [raw["Spec"]["Data"] for raw in swarm.listed("configs")] == ["YSBwYWdl"]
    outcome = deploy(name="shop", compose=str(host / "none.yml"), remote_src=True)
    assert outcome.status != 0
    assert f"{host / 'none.yml'}: " in outcome.printed


def test_what_is_seen_while_it_waits_and_a_run_that_is_killed(deploy, file, swarm):
    path, wanted = file("stack.yml", TWO), {"name": "shop", "compose": file("stack.yml", TWO), "wait_timeout": 60}
    printed = play_and_kill(PLAYBOOK, GROUPS, r"^\[node1\] shop_db  0/1 running", wanted=wanted)
    assert "shop_web" not in printed
    assert swarm.names("services") == ["shop_db"]
    first = swarm.service("shop_db")
    # The module may have gone on for a while on the host; whatever it has done, the next run completes it.
    assert deploy(name="shop", compose=path).status == 0
    assert swarm.service("shop_db")["Version"] == first["Version"]
    assert len(swarm.running("shop_web")) == 2
    other = copy.deepcopy(TWO)
    other["services"]["web"]["environment"] = {"A": "b"}
    outcome = deploy(name="shop", compose=file("stack.yml", other))
    assert outcome.changed == 1
    assert re.search(r"^\[node1\] shop_web  [012]/2 ", outcome.printed, re.MULTILINE)
    assert deploy(name="shop", compose=path, state="absent").changed == 1


def test_a_run_that_ends_halfway_is_completed_by_the_next(swarm):
    result = swarm.run("shop", TWO, progress={})
    assert "shop_db" in result["progress"]["lines"][0]
    assert swarm.names("services") == ["shop_db"]
    first = swarm.service("shop_db")
    done = swarm.change("shop", TWO)
    assert {one["name"]: one["action"] for one in done["stack"]["services"]} == {
        "shop_db": "keep",
        "shop_web": "create",
    }
    assert swarm.service("shop_db")["Version"] == first["Version"]
    # In as many calls as there is something to show it comes to the same.
    state, lines = {}, []
    changed = copy.deepcopy(TWO)
    changed["services"]["web"]["environment"] = {"A": "b"}
    while state is not None:
        result = swarm.run("shop", changed, progress=state)
        told = result.pop("progress", None) or {"lines": [], "state": None}
        lines, state = lines + told["lines"], told["state"]
    assert lines
    assert result["changed"]
    assert {one["name"]: one["action"] for one in result["stack"]["services"]}["shop_web"] == "update"
    swarm.keep("shop", changed)
