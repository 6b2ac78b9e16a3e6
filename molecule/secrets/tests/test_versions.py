# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions, the services that are given another one, and what is pruned. The manager asked is Engine 26.1."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

testinfra_hosts = ["ansible://node1"]

ROLLING = {"name": "key", "rolling_versions": True}
REPOINT = {**ROLLING, "repoint": True}
# Runs only with a value that it likes; with another one its tasks end.
STUBBORN = "trap : TERM; while :; do sleep 1; done"
PICKY = "grep -q good /run/secrets/key && sleep 1000"


def test_unrelated_objects_of_a_similar_name_are_left_alone(make, objects, host):
    unrelated = ("key_vault_v9", "key_very_important", "key_v2", "keys", "key", "key_v", "key_v1_v1")
    for name in unrelated:
        host.check_output(f"printf x | docker secret create {name} -")
    before = objects()
    names = [make("secret", **ROLLING, data=f"value {n}", versions_to_keep=2)["secret_name"] for n in range(4)]
    # key_v2 belongs to somebody else.
    assert names == ["key_v1", "key_v3", "key_v4", "key_v5"]
    after = objects()
    assert {name: after.pop(name) for name in unrelated} == before
    assert sorted(after) == ["key_v4", "key_v5"]
    # A version of this name has labels that say so; its own versions are no versions of the other.
    assert make("secret", name="key_v", rolling_versions=True, data="x")["secret_name"] == "key_v_v1"
    assert make("secret", **ROLLING, state="absent")["pruned"] == ["key_v5", "key_v4"]
    assert sorted(objects()) == sorted([*unrelated, "key_v_v1"])
    assert not make("secret", **ROLLING, state="absent")["changed"]


def test_services_get_the_new_version_in_the_same_run(change, make, objects, service, read):
    make("config", name="key", data="plain")
    make("config", **ROLLING, data="one")
    make("config", name="other", data="x")
    service("web", configs=["key_v1:/etc/key"])
    service("old", configs=["key:/etc/key"])
    bystander = service("bystander", configs=["other"])

    def ask():
        services = [service.look(name) for name in ("web", "old", "bystander")]
        return objects("config"), [(one.index, one.configs) for one in services]

    _held, services = change("config", ask, **REPOINT, data="two")
    assert [places for _index, places in services] == [[("key_v2", "/etc/key")]] * 2 + [[("other", "other")]]
    assert services[2][0] == bystander.index
    assert [read(name, "/etc/key") for name in ("web", "old")] == ["two", "two"]
    assert sorted(objects("config")) == ["key", "key_v1", "key_v2", "other"]
    # Nothing uses the first version any more, so that it goes as soon as it need not be kept.
    assert make("config", check=True, **REPOINT, data="three", versions_to_keep=2)["pruned"] == ["key_v1"]
    result = make("config", **REPOINT, data="three", versions_to_keep=2)
    assert (result["repointed"], result["pruned"], result["config_name"]) == (["old", "web"], ["key_v1"], "key_v3")
    assert sorted(objects("config")) == ["key", "key_v2", "key_v3", "other"]


def test_without_repoint_services_keep_what_they_have(make, run, objects, service):
    make("secret", **ROLLING, data="1")
    before = service("web", secrets=["key_v1:key"])
    for number in range(2, 5):
        make("secret", **ROLLING, data=str(number), versions_to_keep=1)
    # The version that is used stays, whatever is to be kept.
    assert sorted(objects()) == ["key_v1", "key_v4"]
    after = service.look("web")
    assert (after.index, after.secrets) == (before.index, [("key_v1", "key")])
    result = run("secret", **ROLLING, state="absent")
    assert result["failure"] == {"reason": "secret_in_use", "services": ["web"]}
    assert result["msg"].startswith("secret key_v1 is used by service web; ")
    assert sorted(objects()) == ["key_v1", "key_v4"]


@pytest.mark.parametrize("action", ["pause", "rollback"])
def test_all_services_get_back_what_they_had_if_one_fails(action, make, run, objects, service, read, docker):
    make("secret", **ROLLING, data="good one")
    for name, script in (("easy", "sleep 1000"), ("picky", PICKY)):
        service(name, ["key_v1:key"], (), script, "--update-failure-action", action, "--restart-delay", "1s")
    result = run("secret", **REPOINT, data="bad")
    assert result["failure"]["reason"] == "rollout_failed"
    assert sorted(result["failure"]["services"]) == ["picky"]
    assert result["msg"].startswith("service picky failed: ")
    assert "non-zero exit (1)" in result["msg"]
    assert result["msg"].endswith("The services have the secret again that they had, and secret key_v2 is removed")
    assert result["changed"]
    assert sorted(objects()) == ["key_v1"]
    for name in ("easy", "picky"):
        assert service.look(name).secrets == [("key_v1", "key")]
        assert service.look(name).running.startswith("Running")
        assert read(name, "/run/secrets/key") == "good one"
    result = make("secret", **REPOINT, data="good two")
    assert result["repointed"] == ["easy", "picky"]
    assert [read(name, "/run/secrets/key") for name in ("easy", "picky")] == ["good two"] * 2


def test_a_run_that_was_interrupted_is_completed_by_the_next(make, objects, service, docker):
    make("secret", **ROLLING, data="one")
    service("web", ["key_v1:key"])
    # It takes some time to stop, so that the next run finds it being updated.
    service("api", ["key_v1:key"], (), STUBBORN, "--stop-grace-period", "15s")
    # As if a run had been killed when it had made the version and given it to one of two services.
    make("secret", **ROLLING, data="two")
    docker("service", "update", "--detach", "--quiet", "--secret-rm", "key_v1",
           "--secret-add", "source=key_v2,target=key", "api")  # fmt: skip
    assert docker("service", "inspect", "api", "--format", "{{.UpdateStatus.State}}") == "updating"
    assert make("secret", **REPOINT, data="two")["repointed"] == ["web"]
    assert service.look("web").secrets == [("key_v2", "key")]
    assert docker("service", "inspect", "api", "--format", "{{.UpdateStatus.State}}") == "completed"
    assert service.look("api").secrets == [("key_v2", "key")]
    assert sorted(objects()) == ["key_v1", "key_v2"]
    assert not make("secret", **REPOINT, data="two")["changed"]


def test_runs_at_the_same_time_make_one_version(run, make, objects, service):
    make("secret", **ROLLING, data="one")
    service("web", ["key_v1:key"])
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _run: run("secret", **REPOINT, data="two"), range(3)))
    assert not [result["msg"] for result in results if "msg" in result]
    assert {result["secret_name"] for result in results} == {"key_v2"}
    assert sorted(objects()) == ["key_v1", "key_v2"]
    assert service.look("web").secrets == [("key_v2", "key")]


def test_nothing_is_pruned_that_is_not_known_to_be_replaced(make, objects, service):
    make("secret", **ROLLING, data="one")
    service("web", ["key_v1:key"])
    result = make("secret", **REPOINT, data="two", versions_to_keep=1, wait=False)
    assert (result["repointed"], result["pruned"]) == (["web"], [])
    assert sorted(objects()) == ["key_v1", "key_v2"]
    # The next run finds nobody who uses the first one.
    assert make("secret", **REPOINT, data="two", versions_to_keep=1)["pruned"] == ["key_v1"]


def test_what_there_is_and_who_uses_it(make, service, host):
    host.check_output("printf x | docker secret create --label team=red theirs -")
    make("secret", **ROLLING, data="one", labels={"team": "blue"})
    make("secret", **ROLLING, data="two")
    for name in ("web", "api"):
        service(name, ["key_v1:key", "theirs"])

    def shown(**options):
        return [(item["name"], item["version"], item["used_by"]) for item in make("secret_info", **options)["secrets"]]

    both = ["api", "web"]
    versions = [("key_v1", 1, both), ("key_v2", 2, [])]
    assert shown() == [*versions, ("theirs", None, both)]
    assert shown(name=["key"]) == versions
    assert shown(name=["key_v1", "nothing", "their"]) == versions[:1]
    assert shown(labels=["team"]) == [*versions, ("theirs", None, both)]
    assert shown(labels=["team=blue"]) == versions
    told = make("secret_info", name=["key_v2"])["secrets"][0]
    assert told["labels"] == {"team": "blue"}
    assert told["version_of"] == "key"
    assert "scrypt" not in json.dumps(told)
