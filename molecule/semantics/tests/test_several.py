# SPDX-License-Identifier: GPL-3.0-or-later
"""Several services, several runs, and runs that break off. The manager asked is Engine 26.1, and the leader."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from plays import play

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "together.yml"
IDLE = {"image": "flotilla/web:1", "replicas": 0}
MANY = 50


def test_a_write_that_fails_names_the_service_and_what_was_done(make, fail, service, versions):
    make(services=[{"name": name, **IDLE} for name in ("a", "b", "c")])
    make(name="other", **IDLE, publish=[{"published_port": 80, "target_port": 80}])
    before = versions("a", "b", "c")
    asked = [{"name": name, "labels": {"x": "y"}} for name in ("a", "b", "c")]
    asked[1]["publish"] = [{"published_port": 80, "target_port": 80}]
    result = fail("engine_error", services=asked)
    assert result["msg"].startswith("service b: the Engine refuses: port '80' is already in use by service 'other'")
    assert result["msg"].endswith("; written before it: a; not written: c")
    assert (result["failure"]["service"], result["failure"]["written"]) == ("b", ["a"])
    assert result["changed"]
    assert service("a")["Spec"]["Labels"] == {"x": "y"}
    after = versions("a", "b", "c")
    assert {name for name in after if after[name] != before[name]} == {"a"}


def test_a_run_that_breaks_off_is_finished_by_the_next(make, fail, counter, service, docker):
    asked = [
        {"name": name, "image": "flotilla/web:1", "replicas": 1, "update_config": {"monitor": "100ms"}}
        for name in ("a", "b", "c")
    ]
    way, _requests = counter(limit=2)
    result = fail("engine_unreachable", services=asked, **way)
    assert result["msg"].startswith("service c: the Engine cannot be reached: ")
    assert result["msg"].endswith("; written before it: a, b")
    assert docker("service", "ls", "--format", "{{.Name}}").split() == ["a", "b"]
    again = make(services=asked)
    assert [item["action"] for item in again["services"]] == ["keep", "keep", "create"]
    for name in ("a", "b", "c"):
        assert "Running" in docker("service", "ps", name, "--format", "{{.CurrentState}}")
    assert not make(services=asked)["changed"]


def test_requests_do_not_grow_with_the_number_of_services(make, counter, versions):
    names = [f"s{number:02}" for number in range(MANY)]
    asked = [{"name": name, **IDLE, "labels": {"a": "b"}, "networks": ["host"]} for name in names]
    make(services=asked)
    before = versions(*names)
    way, requests = counter()
    assert not make(services=asked[:2], **way)["changed"]
    few = [line.partition("?")[0] for line in requests()]
    assert not make(services=asked, **way)["changed"]
    many = [line.partition("?")[0] for line in requests()[len(few) :]]
    assert many == few
    assert versions(*names) == before
    # The version, services, networks of the swarm, the one that its list leaves out, and three that the wait takes.
    assert len(many) == 7, many
    assert {line.partition(" ")[0] for line in many} == {"GET"}
    way, requests = counter()
    assert not make(services=asked, check=True, **way)["changed"]
    assert len(requests()) == 4, requests()


def test_two_runs_at_the_same_time_lose_nothing(make, counter, host, docker):
    names = [f"s{number:02}" for number in range(MANY)]
    make(services=[{"name": name, **IDLE} for name in names])
    conflicts = 0
    for turn in map(str, range(5)):
        way, requests = counter()
        host.check_output("rm -f /run/semantics-go")
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(together, host, way, names, option, turn) for option in ("labels", "container_labels")]
            host.check_output("sleep 5; touch /run/semantics-go")
        assert [run.result().changed for run in runs] == [1, 1]
        for raw in docker("service", "inspect", *names):
            assert raw["Spec"]["Labels"] == {"turn": turn}
            assert raw["Spec"]["TaskTemplate"]["ContainerSpec"]["Labels"] == {"turn": turn}
        conflicts += len([line for line in requests() if line.startswith("POST ")]) - 2 * MANY
        if conflicts:
            break
    # Writes that the Engine refused because the other run had been faster.
    assert conflicts > 0


def together(host, way, names, option, turn):
    """One of the runs; it begins when the other one does."""
    services = [{"name": name, option: {"turn": turn}} for name in names]
    return play(PLAYBOOK, {"swarm_managers": [host.backend.host]}, wanted={"services": services, **way})
