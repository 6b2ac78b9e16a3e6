# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from contextlib import nullcontext

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import EngineError, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.core.wait import DONE, FAILED, PENDING
from ansible_collections.flotilla.swarm.plugins.module_utils.service.rollout import Unfinished
from ansible_collections.flotilla.swarm.plugins.module_utils.stack import pre_pull
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.pre_pull import (
    LABEL,
    has_platform,
    job,
    judge,
    judge_node,
    pull_first,
    wanted_pulls,
)

MISSING = "No such image: reg/web:2"


def spec(image="reg/web:2", constraints=None, platforms=None, **mode):
    placement = {"Constraints": constraints, "Platforms": platforms, "MaxReplicas": 1}
    container = {"Image": image, "Mounts": [{"Target": "/data"}]}
    return {"Mode": mode or {"Global": {}}, "TaskTemplate": {"ContainerSpec": container, "Placement": placement}}


def node(name, state="ready", availability="active", role="worker", architecture="x86_64"):
    return {
        "ID": name,
        "Spec": {"Role": role, "Availability": availability},
        "Status": {"State": state},
        "Description": {"Hostname": name, "Platform": {"OS": "linux", "Architecture": architecture}},
    }


NODES = {
    raw["ID"]: raw
    for raw in (
        node("n1", role="manager"),
        node("n2"),
        node("n3", architecture="aarch64"),
        node("n4", state="unknown"),
        node("drained", availability="drain"),
        node("paused", availability="pause"),
        node("dead", state="down"),
    )
}
ALL = {"n1", "n2", "n3", "n4"}


@pytest.mark.parametrize(
    ("plan", "before", "nodes"),
    [
        pytest.param(Plan("create", spec=spec()), None, ALL, id="a new service may run anywhere"),
        pytest.param(Plan("update", spec=spec()), spec("reg/web:1"), ALL, id="another image"),
        pytest.param(Plan("recreate", spec=spec()), spec("reg/web:1"), ALL, id="another image of a new service"),
        pytest.param(Plan("update", spec=spec()), spec(), None, id="the image it has already"),
        pytest.param(Plan("keep", spec=spec()), spec("reg/web:1"), None, id="nothing is changed"),
        pytest.param(Plan("remove"), spec("reg/web:1"), None, id="the service goes"),
        pytest.param(Plan("create", spec=spec(Replicated={"Replicas": 0})), None, None, id="no task"),
        pytest.param(Plan("create", spec=spec(Replicated={"Replicas": 1})), None, ALL, id="one task, which may move"),
        pytest.param(Plan("create", spec=spec(constraints=["node.role==worker"])), None, ALL - {"n1"}, id="workers"),
        pytest.param(Plan("create", spec=spec(constraints=["node.id==none"])), None, None, id="nowhere"),
        pytest.param(
            Plan("create", spec=spec(platforms=[{"OS": "linux", "Architecture": "arm64"}])), None, {"n3"}, id="arm"
        ),
    ],
)
def test_which_nodes_pull_for_a_service(plan, before, nodes):
    pulls = wanted_pulls({"web": plan}, {"web": {"Spec": before}} if before else {}, NODES)
    assert [set(pull["nodes"]) for pull in pulls] == ([nodes] if nodes else [])


def test_services_that_want_the_same_share_a_pull():
    bound = spec(constraints=["node.role==manager"])
    plans = {name: Plan("create", spec=one) for name, one in {"a": spec(), "b": bound, "c": spec()}.items()}
    pulls = wanted_pulls(plans, {}, NODES)
    assert [pull["services"] for pull in pulls] == [["a", "c"], ["b"]]
    first, second = (job("shop", pull) for pull in pulls)
    assert first["Name"] != second["Name"]
    assert second["TaskTemplate"]["Placement"] == {"Constraints": ["node.role==manager"]}
    assert pre_pull.shown(pulls)[1] == {"image": "reg/web:2", "services": ["b"], "nodes": ["n1"]}


def test_a_job_is_no_part_of_the_stack_and_takes_nothing_of_the_service_but_image_and_place():
    pull = wanted_pulls({"web": Plan("create", spec=spec())}, {}, NODES)[0]
    made = job("shop", pull)
    assert made["Labels"] == {LABEL: "shop"}
    assert made["Mode"] == {"GlobalJob": {}}
    assert made["TaskTemplate"]["RestartPolicy"] == {"Condition": "none"}
    assert set(made["TaskTemplate"]["ContainerSpec"]) == {"Image", "Command", "Healthcheck"}
    assert len(made["Name"]) <= 63
    assert job("blog", pull)["Name"] != made["Name"]


@pytest.mark.parametrize(
    ("platforms", "fits"),
    [
        (None, True),
        ([], True),
        ([{"OS": "linux", "Architecture": "amd64"}], True),
        ([{"OS": "linux", "Architecture": "x86_64"}], True),
        ([{"OS": "linux"}], True),
        ([{"OS": "linux", "Architecture": ""}], True),
        ([{"OS": "windows", "Architecture": "amd64"}], False),
        ([{"OS": "linux", "Architecture": "arm64"}], False),
        ([{"OS": "linux", "Architecture": "arm64"}, {"OS": "linux", "Architecture": "amd64"}], True),
    ],
)
def test_platforms(platforms, fits):
    assert has_platform(NODES["n1"], platforms) is fits


def task(state, error=None, node_id="n1", service="s1"):
    return {"NodeID": node_id, "ServiceID": service, "Status": {"State": state, **({"Err": error} if error else {})}}


@pytest.mark.parametrize(
    ("tasks", "state", "reason"),
    [
        ([], PENDING, "pending"),
        (
            [task("pending", "no suitable node (1 node not available)")],
            PENDING,
            "no suitable node (1 node not available)",
        ),
        ([task("preparing")], PENDING, "preparing"),
        ([task("rejected", MISSING)], FAILED, MISSING),
        ([task("rejected", MISSING), task("preparing")], FAILED, MISSING),
        ([task("starting")], DONE, "starting"),
        ([task("complete")], DONE, "complete"),
        pytest.param([task("failed", 'exec: "true": not found')], DONE, "failed", id="an image without a program"),
        pytest.param([task("rejected", MISSING), task("complete")], DONE, "complete", id="the second try"),
        pytest.param([task("shutdown")], PENDING, "shutdown", id="somebody removed the job"),
    ],
)
def test_whether_a_node_has_the_image(tasks, state, reason):
    verdict = judge_node(tasks)
    assert (verdict.state, verdict.reason) == (state, reason)


def test_a_node_that_dies_meanwhile_is_not_waited_for():
    pull = {"nodes": {"n1": "n1", "n2": "n2"}}
    verdicts = judge(pull, [task("preparing"), task("preparing", node_id="n2")], {"n2": {}})
    assert {name: verdict.state for name, verdict in verdicts.items()} == {"n1": DONE, "n2": PENDING}


class Engine:
    """An Engine whose tasks are ``tasks``; ``services`` are its jobs by ID."""

    def __init__(self, tasks, services=()):
        self.tasks, self.services, self.made, self.refuses = tasks, dict.fromkeys(services, {}), 0, False
        self.headers = {"X-Registry-Auth": "e30"}

    def image_headers(self, _image):
        return self.headers

    def for_image(self, _image):
        return nullcontext()

    def post(self, path, spec):
        assert path == "/services/create"
        if self.refuses:
            raise EngineError("the Engine refuses: no")
        self.made += 1
        self.services[f"s{self.made}"] = spec
        return {"ID": f"s{self.made}"}

    def delete(self, path):
        del self.services[path.rpartition("/")[2]]

    def get(self, path, filters=None):
        if path == "/services":
            assert filters == {"label": [f"{LABEL}=shop"]}
            return [{"ID": one} for one in self.services]
        return {"/tasks": self.tasks, "/nodes": list(NODES.values())}[path]


def pulls():
    return {"pulls": wanted_pulls({"web": Plan("create", spec=spec())}, {}, NODES)}


def test_jobs_are_removed_when_all_nodes_have_the_image_and_leftovers_before():
    engine = Engine([task("complete", node_id=name) for name in ALL], ["left"])
    pull_first(engine, "shop", pulls(), 5, True)
    assert (engine.made, engine.services) == (1, {})


def test_a_run_that_pulls_nothing_removes_what_another_has_left():
    engine = Engine([], ["left"])
    pull_first(engine, "shop", {"pulls": []}, 5, True)
    assert (engine.made, engine.services) == (0, {})


def test_the_failure_names_nodes_services_and_reason_and_jobs_are_removed():
    good, bad = ALL - {"n2", "n3"}, ("n3", "n2")
    engine = Engine([task("complete", node_id=name) for name in good] + [task("rejected", MISSING, one) for one in bad])
    with pytest.raises(
        SwarmError, match="image reg/web:2 of service web: No such image: reg/web:2 on n2 n3;"
    ) as caught:
        pull_first(engine, "shop", pulls(), 5, False)
    assert caught.value.reason == "pre_pull_failed"
    assert caught.value.details["images"] == {"reg/web:2": dict.fromkeys(bad, MISSING)}
    assert engine.services == {}


def test_a_failure_tells_where_no_credentials_were_sent():
    engine = Engine([task("rejected", MISSING, one) for one in ALL])
    engine.headers = {}
    with pytest.raises(SwarmError, match="of service web .no credentials for its registry were sent.: No such image"):
        pull_first(engine, "shop", pulls(), 5, False)


def test_what_takes_too_long_is_a_timeout():
    engine = Engine([task("complete", node_id=name) for name in ALL - {"n2"}] + [task("preparing", node_id="n2")])
    with pytest.raises(
        SwarmError, match="not pulled within 0 seconds: .* preparing on n2; raise wait_timeout"
    ) as caught:
        pull_first(engine, "shop", pulls(), 0, False)
    assert caught.value.reason == "timeout"
    assert engine.services == {}


def test_a_job_that_cannot_be_made_leaves_none():
    engine = Engine([])
    engine.refuses = True
    with pytest.raises(EngineError):
        pull_first(engine, "shop", pulls(), 5, False)
    assert engine.services == {}


def test_progress_leaves_the_jobs_and_goes_on_with_them(monkeypatch):
    monkeypatch.setattr(pre_pull, "PACE", 0.0)
    engine = Engine([task("preparing", node_id=name) for name in sorted(ALL)])
    going = pulls()
    with pytest.raises(Unfinished) as caught:
        pull_first(engine, "shop", going, 5, True)
    assert caught.value.lines == ["pulling reg/web:2  0/4 nodes · n1 preparing"]
    assert len(engine.services) == 1
    engine.tasks = [task("complete", node_id=name) for name in ALL]
    pull_first(engine, "shop", going, 5, True)
    assert (engine.made, engine.services) == (1, {})
