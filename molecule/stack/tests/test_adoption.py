# SPDX-License-Identifier: GPL-3.0-or-later
"""What docker's own command has deployed is adopted, and what the module has deployed that command can go on with."""

from __future__ import annotations

import copy

IDLE = {"image": "flotilla/web:1", "deploy": {"replicas": 0}}
FILES = {"key": "a key", "page": "a page", "settings": "NAME=value\nOTHER=another\n"}
WEB = {
    "image": "flotilla/web:1",
    "command": "sh -c 'exec web --flag=\"a b\"'",
    "working_dir": "/tmp",
    "user": "0:0",
    "environment": {"PORT": "8080", "EMPTY": "", "NUMBER": 5},
    "env_file": "settings",
    "labels": {"container": "label"},
    "ports": [
        {"target": 8080, "published": 8081, "mode": "host"},
        {"target": 53, "published": 8053, "mode": "host", "protocol": "udp"},
    ],
    "healthcheck": {"test": "wget -qO- http://127.0.0.1:8080/", "interval": "1s", "timeout": "5s", "retries": 30},
    "secrets": ["key", {"source": "other", "target": "/run/other", "uid": "5", "gid": "6", "mode": 0o400}],
    "configs": [{"source": "page", "target": "/www/page"}, "inline"],
    "networks": {"default": None, "back": {"aliases": ["front", "www"]}},
    "volumes": ["data:/data", "/etc:/host/etc:ro", {"type": "tmpfs", "target": "/scratch", "tmpfs": {"size": 1048576}}],
    "stop_grace_period": "1s",
    "stop_signal": "SIGTERM",
    "init": True,
    "cap_add": ["NET_ADMIN"],
    "cap_drop": ["MKNOD"],
    "sysctls": {"net.core.somaxconn": 1024},
    "ulimits": {"nofile": {"soft": 2048, "hard": 4096}},
    "extra_hosts": ["somewhere:10.9.8.7"],
    "dns": "127.0.0.11",
    "dns_search": ["example.org"],
    "hostname": "{{.Service.Name}}-{{.Task.Slot}}",
    "logging": {"driver": "json-file", "options": {"max-size": "1m"}},
    "deploy": {
        "replicas": 2,
        "labels": {"service": "label"},
        "endpoint_mode": "dnsrr",
        "update_config": {
            "parallelism": 2,
            "delay": "0s",
            "monitor": "1s",
            "order": "stop-first",
            "max_failure_ratio": 0.5,
        },
        "rollback_config": {"parallelism": 0, "monitor": "1s"},
        "restart_policy": {"condition": "on-failure", "delay": "1s", "max_attempts": 9, "window": "2m"},
        "resources": {
            "limits": {"cpus": "0.5", "memory": "64M", "pids": 100},
            "reservations": {"cpus": "0.01", "memory": "8M"},
        },
        "placement": {
            "constraints": ["node.platform.os==linux"],
            "preferences": [{"spread": "node.labels.zone"}],
            "max_replicas_per_node": 1,
        },
    },
}
EVERYTHING = {
    "services": {
        "web": WEB,
        "each": {"image": "flotilla/web:1", "deploy": {"mode": "global", "update_config": {"monitor": "1s"}}},
        "plain": {
            "image": "flotilla/web:2",
            "depends_on": ["web"],
            "deploy": {"update_config": {"monitor": "1s"}, "placement": {"constraints": ["node.hostname != nowhere"]}},
        },
    },
    "networks": {
        "back": {
            "attachable": True,
            "driver_opts": {"com.docker.network.driver.mtu": "1400"},
            "labels": {"network": "label"},
            "ipam": {"config": [{"subnet": "10.77.0.0/24"}]},
        }
    },
    "volumes": {"data": {"labels": {"volume": "label"}}},
    # Two references to one secret are in another order each time that the command writes them.
    "secrets": {"key": {"file": "./key", "labels": {"secret": "label"}}, "other": {"file": "./settings"}},
    "configs": {"page": {"file": "./page"}, "inline": {"file": "./key", "name": "named"}},
}


def test_a_stack_of_the_command_is_adopted(swarm):
    swarm.write(**FILES)
    swarm.command("shop", EVERYTHING)
    before, specs = swarm.everything(), swarm.specs()
    assert len(before["tasks"]["shop_web"]) == 2
    planned = swarm.run("shop", EVERYTHING, check=True)
    # Only by being written tells a secret whether its data is another one; then it has a label that tells.
    assert [diff["after"] for diff in planned["diff"]] == [{"fingerprint": "(added)"}] * 2
    swarm.change("shop", EVERYTHING)
    after = swarm.everything()
    kept = [{name: ident for name, (ident, _index) in seen.pop("secrets").items()} for seen in (before, after)]
    assert kept[0] == kept[1]
    assert after == before
    # The command finds what it has made, and its next version is the module's.
    swarm.command("shop", EVERYTHING)
    assert swarm.everything()["tasks"] == before["tasks"]
    assert {**swarm.specs(), "secrets": 0} == {**specs, "secrets": 0}


def test_the_command_goes_on_with_a_stack_of_the_module(swarm):
    swarm.write(**FILES)
    swarm.change("shop", EVERYTHING)
    before, specs = swarm.everything(), swarm.specs()
    swarm.command("shop", EVERYTHING)
    after = swarm.everything()
    assert (after["tasks"], after["networks"]) == (before["tasks"], before["networks"])
    changed = specs["secrets"]["shop_key"]["Labels"].keys() - swarm.specs()["secrets"]["shop_key"]["Labels"].keys()
    assert changed in (set(), {"flotilla.swarm.fingerprint"})
    # The command writes constraints as the file does, with spaces around the sign; no task is replaced for that.
    for name in ("shop_web", "shop_each"):
        assert swarm.specs()["services"][name] == specs["services"][name]
    swarm.run("shop", EVERYTHING)
    assert swarm.everything()["tasks"] == before["tasks"]


def test_what_is_changed_after_the_command_restarts_no_more_than_it_must(swarm):
    stack = {
        "services": {
            name: {"image": "flotilla/web:1", "deploy": {"update_config": {"monitor": "1s"}}} for name in ("web", "api")
        }
    }
    swarm.command("shop", stack)
    before = swarm.everything()
    stack["services"]["web"]["deploy"]["labels"] = {"service": "label"}
    done = swarm.change("shop", stack)
    assert actions(done) == {"shop_api": "keep", "shop_web": "update"}
    assert swarm.everything()["tasks"] == before["tasks"]
    assert swarm.service("shop_web")["Spec"]["Labels"]["service"] == "label"


def actions(result):
    """What was done to each service."""
    return {one["name"]: one["action"] for one in result["stack"]["services"]}


def test_a_later_change_of_either_is_the_others_too(swarm):
    swarm.write(**FILES)
    stack = copy.deepcopy(EVERYTHING)
    del stack["services"]["each"], stack["services"]["plain"]
    swarm.command("shop", stack)
    stack["services"]["web"]["environment"]["NUMBER"] = 6
    swarm.write(page="another page")
    done = swarm.change("shop", stack)
    assert done["stack"]["configs"] == ["named", "shop_page_v2"]
    assert swarm.content("shop_web", "/www/page") == "another page"
    assert "NUMBER=6" in swarm.container("shop_web")["Env"]


def test_a_secret_of_the_command_whose_data_has_changed(swarm):
    stack = {
        "services": {"web": {**IDLE, "secrets": ["key"]}, "api": {**IDLE, "secrets": ["calm"]}},
        "secrets": {"key": {"file": "./key"}, "calm": {"file": "./page"}},
    }
    swarm.write(**FILES)
    swarm.command("shop", stack)
    swarm.write(key="another key")
    # The Engine does not tell data: only when it is written, another one is noticed.
    done = swarm.run("shop", stack)
    assert done["stack"]["secrets"] == ["shop_calm", "shop_key_v2"]
    assert actions(done) == {"shop_api": "keep", "shop_web": "update"}
    references = swarm.container("shop_web")["Secrets"]
    assert [(one["SecretName"], one["File"]["Name"]) for one in references] == [("shop_key_v2", "key")]
    assert [diff["after_header"] for diff in done["diff"]][-1] == "service shop_web"
    swarm.keep("shop", stack)
