# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a stack as its files change. Each change is planned in check mode first, and then done as planned."""

from __future__ import annotations

import copy

import pytest

QUICK = {"update_config": {"monitor": "1s"}}
WEB = {"image": "flotilla/web:1", "deploy": QUICK}
IDLE = {"image": "flotilla/web:1", "deploy": {"replicas": 0}}
# Runs as long as a service shall, and ends at once when it is told to.
PATIENT = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]


def actions(result):
    """What was done to each service."""
    return {one["name"]: one["action"] for one in result["stack"]["services"]}


VERSIONS = {
    "services": {
        "web": {**WEB, "secrets": ["key"], "configs": [{"source": "page", "target": "/www/page"}]},
        "api": {**WEB, "configs": ["page"]},
        "other": {**WEB, "secrets": ["calm"]},
    },
    "secrets": {"key": {"file": "./key"}, "calm": {"file": "./calm", "name": "calm"}},
    "configs": {"page": {"file": "./page"}},
}


def test_secrets_and_configs_in_versions(swarm):
    swarm.write(key="first key", calm="as ever", page="first page")
    assert set(actions(swarm.change("shop", VERSIONS)).values()) == {"create"}
    calm = swarm.service("shop_other")["Version"]

    swarm.write(key="second key")
    done = swarm.change("shop", VERSIONS)
    assert actions(done) == {"shop_api": "keep", "shop_other": "keep", "shop_web": "update"}
    assert (done["stack"]["secrets"], done["stack"]["removed"]) == (["calm", "shop_key_v2"], [])
    assert swarm.content("shop_web", "/run/secrets/key") == "second key"
    reference = swarm.container("shop_web")["Secrets"][0]
    assert (reference["SecretName"], reference["File"]["Name"]) == ("shop_key_v2", "key")
    # The Engine would go back to the first in a rollback.
    assert swarm.names("secrets") == ["calm", "shop_key", "shop_key_v2"]

    swarm.write(key="third key", page="second page")
    done = swarm.change("shop", VERSIONS)
    assert (done["stack"]["secrets"], done["stack"]["configs"]) == (["calm", "shop_key_v3"], ["shop_page_v2"])
    assert done["stack"]["removed"] == ["secret shop_key"]
    assert swarm.names("secrets") == ["calm", "shop_key_v2", "shop_key_v3"]
    assert swarm.names("configs") == ["shop_page", "shop_page_v2"]
    paths = (("shop_api", "/page"), ("shop_web", "/www/page"), ("shop_web", "/run/secrets/key"))
    assert [swarm.content(*path) for path in paths] == ["second page", "second page", "third key"]
    assert swarm.service("shop_other")["Version"] == calm


def test_labels_are_written_on_what_there_is(swarm):
    stack = {"services": {"web": {**IDLE, "configs": ["page"]}}, "configs": {"page": {"file": "./page"}}}
    swarm.write(page="a page")
    swarm.change("shop", stack)
    before = swarm.everything()
    stack["configs"]["page"]["labels"] = {"team": "red"}
    done = swarm.change("shop", stack)
    assert (actions(done), done["stack"]["configs"]) == ({"shop_web": "keep"}, ["shop_page"])
    assert swarm.everything()["configs"]["shop_page"][0] == before["configs"]["shop_page"][0]
    assert swarm.specs()["configs"]["shop_page"]["Labels"]["team"] == "red"


def test_what_the_files_do_not_have_any_more(swarm):
    both = {"networks": ["front", "back"], "secrets": ["key"], "configs": ["page"]}
    stack = {
        "services": {"web": {**IDLE, **both}, "old": {**IDLE, **both}},
        "networks": {"front": None, "back": None},
        "secrets": {"key": {"file": "./key"}},
        "configs": {"page": {"file": "./page"}},
    }
    swarm.write(key="a key", page="a page")
    swarm.change("shop", stack)
    swarm.change("neighbour", {"services": {"web": IDLE}})
    less = {"services": {"web": {**IDLE, "networks": ["front"]}}, "networks": {"front": None}}
    kept = swarm.change("shop", less)
    assert actions(kept) == {"shop_web": "update"}
    assert kept["stack"]["removed"] == []
    assert swarm.names("services", "shop") == ["shop_old", "shop_web"]
    # What a rollback of the service would need stays for one more change.
    pruned = swarm.run("shop", less, prune=True)
    assert actions(pruned) == {"shop_old": "remove", "shop_web": "keep"}
    assert swarm.names("networks") == ["neighbour_default", "shop_back", "shop_front"]
    less["services"]["web"]["labels"] = {"a": "b"}
    pruned = swarm.change("shop", less, prune=True)
    assert sorted(pruned["stack"]["removed"]) == ["config shop_page", "network shop_back", "secret shop_key"]
    assert [swarm.names(kind) for kind in ("secrets", "configs")] == [[], []]
    assert swarm.names("networks") == ["neighbour_default", "shop_front"]
    assert swarm.names("services") == ["neighbour_web", "shop_web"]


def test_prune_leaves_what_services_of_others_use(swarm):
    swarm.write(key="a key")
    stack = {"services": {"web": {**IDLE, "secrets": ["key"]}}, "secrets": {"key": {"file": "./key"}}}
    swarm.change("shop", stack)
    swarm.docker("service", "create", "--quiet", "--replicas", "0", "--no-resolve-image", "--network", "shop_default",
                 "--secret", "shop_key", "--name", "theirs", "flotilla/web:1")  # fmt: skip
    stack = {"services": {"api": {**IDLE, "networks": ["more"]}}, "networks": {"more": None}}
    done = swarm.change("shop", stack, prune=True)
    assert actions(done) == {"shop_api": "create", "shop_web": "remove"}
    assert (swarm.names("secrets"), swarm.names("networks")) == (["shop_key"], ["shop_default", "shop_more"])


def test_services_wait_for_those_that_they_depend_on(swarm):
    ready = {"test": ["CMD", "test", "-e", "/tmp/ready"], "interval": "500ms", "retries": 100}
    stack = {
        "services": {
            "web": {**WEB, "depends_on": {"db": "service_healthy", "migrate": "service_completed_successfully"}},
            "db": {**WEB, "command": ["sh", "-c", "sleep 2; touch /tmp/ready; exec web"], "healthcheck": ready},
            "migrate": {
                "image": "flotilla/web:1",
                "command": ["sleep", "1"],
                "depends_on": ["calm"],
                "deploy": {"mode": "replicated-job"},
            },
            "calm": WEB,
        }
    }
    modern = copy.deepcopy(stack)
    conditions = modern["services"]["web"]["depends_on"]
    modern["services"]["web"]["depends_on"] = {name: {"condition": text} for name, text in conditions.items()}
    swarm.change("shop", modern)
    written = {name: moment(raw["CreatedAt"]) for name, raw in swarm.services("shop").items()}
    reached = {}
    for name in written:
        states = [task["Status"] for task in swarm.tasks(name)]
        reached[name] = max(moment(status["Timestamp"]) for status in states)
        assert {status["State"] for status in states} <= {"running", "complete"}
    assert written["shop_web"] > max(reached["shop_db"], reached["shop_migrate"])
    assert written["shop_migrate"] > reached["shop_calm"]
    # What does not wait for anything is there from the start.
    assert written["shop_db"] < reached["shop_calm"]


def moment(text):
    """A moment as the Engine writes it, which leaves out zeros at the end, as what compares."""
    seconds, _dot, fraction = text.rstrip("Z").partition(".")
    return seconds, fraction.ljust(9, "0")


def test_jobs_run_again_only_if_they_change(swarm):
    def iteration():
        return swarm.service("shop_job")["JobStatus"]["JobIteration"].get("Index", 0)

    job = {"image": "flotilla/web:1", "command": ["true"], "deploy": {"mode": "replicated-job", "replicas": 2}}
    stack = {"services": {"job": job, "web": WEB}}
    swarm.change("shop", stack)
    first, tasks = iteration(), [task["ID"] for task in swarm.tasks("shop_job")]
    assert len(tasks) == 2
    swarm.change("shop", {"services": {"job": job, "web": {**WEB, "environment": {"A": "b"}}}})
    assert (iteration(), [task["ID"] for task in swarm.tasks("shop_job")]) == (first, tasks)
    done = swarm.change("shop", {"services": {"job": {**job, "command": ["true", "again"]}, "web": WEB}})
    assert actions(done) == {"shop_job": "update", "shop_web": "update"}
    assert iteration() > first


def test_many_services_at_once(swarm):
    names = [f"s{number:02}" for number in range(30)]
    stack = {"services": {name: {**WEB, "command": PATIENT} for name in names}}
    done = swarm.change("shop", stack)
    assert len(actions(done)) == 30
    assert {len(swarm.running(f"shop_{name}")) for name in names} == {1}
    # All of them were written before the first was waited for.
    written = max(moment(raw["CreatedAt"]) for raw in swarm.services("shop").values())
    assert written < max(moment(task["Status"]["Timestamp"]) for task in swarm.client.get("/tasks"))
    stack["services"]["s07"]["environment"] = {"A": "b"}
    before = swarm.everything()["tasks"]
    assert swarm.run("shop", stack)["changed"]
    after = swarm.everything()["tasks"]
    assert [name for name in after if after[name] != before[name]] == ["shop_s07"]


def test_a_port_goes_from_one_service_to_another(swarm):
    ports = {"ports": ["8080:8080", "8443:8443"]}
    swarm.change("shop", {"services": {"a": IDLE, "b": {**IDLE, **ports}}})
    done = swarm.change("shop", {"services": {"a": {**IDLE, **ports}, "b": IDLE}})
    assert set(actions(done).values()) == {"update"}
    # Who has it is removed by the same run.
    done = swarm.change("shop", {"services": {"c": {**IDLE, **ports}}}, prune=True)
    assert actions(done) == {"shop_a": "remove", "shop_b": "remove", "shop_c": "create"}


def test_what_the_engine_cannot_change_is_created_again(swarm):
    stack = {"services": {"web": WEB, "api": WEB}, "networks": {"default": {"labels": {"a": "b"}}}}
    swarm.change("shop", stack)
    before = swarm.everything()
    other = copy.deepcopy(stack)
    other["networks"]["default"]["driver_opts"] = {"com.docker.network.driver.mtu": "1300"}
    result = swarm.fail("network_differs", "shop", other)
    assert "network shop_default differs in driver_options" in result["msg"]
    glob = copy.deepcopy(stack)
    glob["services"]["api"] = {**WEB, "deploy": {**QUICK, "mode": "global"}}
    result = swarm.fail("fixed_option", "shop", glob)
    assert "service shop_api: mode cannot be changed from replicated to global" in result["msg"]
    assert swarm.everything() == before
    glob["networks"] = other["networks"]
    done = swarm.change("shop", glob, recreate=True)
    assert actions(done)["shop_api"] == "recreate"
    after = swarm.everything()
    assert after["networks"] != before["networks"]
    assert {name: len(tasks) for name, tasks in after["tasks"].items()} == {"shop_api": 3, "shop_web": 1}


@pytest.mark.parametrize("check", [True, False])
def test_everything_external_that_is_missing_is_told_at_once(check, swarm):
    external = {"external": True}
    uses = {"networks": ["n", "m"], "secrets": ["s"], "configs": ["c", "d"]}
    swarm.docker("network", "create", "--driver", "overlay", "m")
    stack = {
        "services": {"web": {**IDLE, **uses}},
        "networks": {"n": external, "m": external},
        "secrets": {"s": {**external, "name": "theirs"}},
        "configs": {"c": external, "d": {"file": "./page"}},
    }
    swarm.write(page="a page")
    result = swarm.fail("external_missing", "shop", stack, check=check)
    assert result["failure"]["missing"] == ["network n", "secret theirs", "config c"]
    assert "network n, secret theirs, config c; create it first" in result["msg"]
    assert (swarm.names("configs"), swarm.names("networks")) == ([], ["m"])
