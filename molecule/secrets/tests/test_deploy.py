# SPDX-License-Identifier: GPL-3.0-or-later
"""Role deploy: secrets and configs before the services that use them, and old versions removed after."""

from __future__ import annotations

import base64
from pathlib import Path

from plays import play

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "deploy.yml"
GROUPS = {"swarm_managers": ["node1", "node2"]}
FIRST, SECOND = "first-value-Zm9vYg", "second-value-aHVzaA"


def declared(secret, config, **more):
    """Variables of the role; the values of secrets are in the environment."""
    rolling = {"rolling_versions": True, "versions_to_keep": 1}
    return {
        "swarm_secrets": [
            {"name": "key", "data": "{{ lookup('ansible.builtin.env', '" + secret + "') }}", **rolling},
            {"name": "plain", "data": "{{ lookup('ansible.builtin.env', 'FIRST') }}"},
        ],
        "swarm_configs": [{"name": "page", "data": config, **rolling}],
        "swarm_services": [
            {
                "name": "web",
                "image": "flotilla/web:1",
                "args": ["sleep", "1000"],
                "stop_grace_period": "1s",
                "update_config": {"monitor": "1s"},
                "secrets": [{"secret_name": "key"}, {"secret_name": "plain"}],
                "configs": [{"config_name": "page", "filename": "/page"}],
                **more,
            }
        ],
    }


def deploy(variables, *options):
    """Run the role, which shows no value, and return what it says."""
    environment = {"FIRST": FIRST, "SECOND": SECOND}
    outcome = play(PLAYBOOK, GROUPS, "-vvvv", "--diff", *options, environment=environment, **variables)
    for value in environment.values():
        assert value not in outcome.printed
        assert base64.b64encode(value.encode()).decode() not in outcome.printed
    return outcome


def test_declared_once_and_changed(objects, service, read):
    assert deploy(declared("FIRST", "one")).changed == 3
    assert deploy(declared("FIRST", "one")).changed == 0
    assert deploy(declared("FIRST", "one"), "--check").changed == 0
    assert service.look("web").secrets == [("key_v1", "key"), ("plain", "plain")]

    planned = deploy(declared("SECOND", "two"), "--check")
    assert planned.changed == 2
    assert "These services get secrets or configs that do not exist yet: web" in planned.text
    assert sorted(objects()) == ["key_v1", "plain"]

    # The service fails with what is declared for it, and keeps all that it has.
    failing = {"args": ["sh", "-c", "grep -q first /run/secrets/key && sleep 1000"]}
    failing["update_config"] = {"monitor": "8s"}
    failed = deploy(declared("SECOND", "two", **failing))
    assert failed.status != 0
    assert "service web failed" in failed.text
    assert sorted(objects()) == ["key_v1", "key_v2", "plain"]
    assert sorted(objects("config")) == ["page_v1", "page_v2"]

    assert deploy(declared("SECOND", "two")).changed >= 1
    assert read("web", "/run/secrets/key") == SECOND
    assert read("web", "/page") == "two"
    assert sorted(objects()) == ["key_v2", "plain"]
    assert sorted(objects("config")) == ["page_v2"]
    assert deploy(declared("SECOND", "two")).changed == 0
