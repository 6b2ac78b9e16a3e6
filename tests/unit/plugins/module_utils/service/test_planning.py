# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.service.planning import judge_released, order, plan_one

SPEC = {
    "Name": "web",
    "Labels": {"a": "b"},
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "flotilla/web:2",
            "Secrets": [
                {"SecretID": "s1", "SecretName": "key", "File": {"Name": "key", "UID": "0", "GID": "0", "Mode": 292}}
            ],
        },
        "ForceUpdate": 4,
    },
    "Mode": {"Replicated": {"Replicas": 3}},
    "UpdateConfig": {"Parallelism": 2, "Monitor": 5_000_000_000, "FailureAction": "pause", "Order": "stop-first"},
    "EndpointSpec": {"Mode": "vip"},
}
PREVIOUS = copy.deepcopy(SPEC)
PREVIOUS["TaskTemplate"]["ContainerSpec"]["Image"] = "flotilla/web:1"
del PREVIOUS["Labels"]
REFERENCES = {"secrets": {"key": "s1", "other": "s2"}, "configs": {"page": "c1"}}


def plan(service=None, **options):
    service = {"ID": "x", "Spec": SPEC} if service is None else service
    return plan_one({"name": "web", "state": "present", **options}, service, {}, REFERENCES)


def changes(planned):
    return {change.option: (change.before, change.after) for change in planned.changes}


def test_a_forced_update_counts_up_and_is_a_change_each_time():
    planned = plan(force_update=True)
    assert (planned.action, changes(planned)) == ("update", {"force_update": (4, 5)})
    assert planned.spec == {**SPEC, "TaskTemplate": {**SPEC["TaskTemplate"], "ForceUpdate": 5}}


def test_a_renamed_service_is_created_again_if_told():
    with pytest.raises(SwarmError) as caught:
        plan(name="front", renamed_from="web")
    assert "name cannot be changed from web to front on a service that exists; use recreate: true" in str(caught.value)
    planned = plan(name="front", renamed_from="web", recreate=True)
    assert (planned.action, planned.spec) == ("recreate", {**SPEC, "Name": "front"})
    assert changes(planned) == {"name": ("web", "front"), "recreated_for": (None, ["name"])}


def test_a_new_service_needs_no_force():
    planned = plan_one(
        {"name": "web", "state": "present", "image": "flotilla/web:1", "force_update": True}, None, {}, {}
    )
    assert (planned.action, changes(planned)["image"]) == ("create", (None, "flotilla/web:1"))
    assert "force_update" not in changes(planned)


@pytest.mark.parametrize(
    ("mode", "options", "action"),
    [
        pytest.param({"Replicated": {"Replicas": 3}}, {"replicas": 7}, "keep", id="the number that the service has"),
        pytest.param({"Replicated": {}}, {"replicas": 7}, "keep", id="also where it is the Engine's default"),
        pytest.param({"Replicated": {"Replicas": 3}}, {"labels": {}, "replicas": 7}, "update", id="also in an update"),
    ],
)
def test_replicas_are_kept(mode, options, action):
    planned = plan({"ID": "x", "Spec": {**SPEC, "Mode": mode}}, keep_replicas=True, **options)
    assert (planned.action, planned.spec["Mode"]) == (action, mode)


def test_a_new_service_has_the_replicas_that_were_named():
    wanted = {"name": "web", "state": "present", "image": "a", "keep_replicas": True, "replicas": 7}
    assert plan_one(wanted, None, {}, {}).spec["Mode"] == {"Replicated": {"Replicas": 7}}


def test_what_the_engine_refuses_is_named_and_done_only_if_told():
    with pytest.raises(SwarmError) as caught:
        plan(mode="global", labels={})
    assert str(caught.value) == (
        "service web: mode cannot be changed from replicated to global on a service that exists; use recreate: true to "
        "remove the service and create it again"
    )
    shown = {"mode": "global", "recreated_for": ["mode"]}
    assert (caught.value.reason, caught.value.result["diff"][0]["after"]) == ("fixed_option", shown)
    planned = plan(mode="global", labels={}, recreate=True)
    assert (planned.action, planned.diff()["after"]) == ("recreate", shown)
    assert planned.diff()["before"] == {"labels": {"a": "b"}, "mode": "replicated", "replicas": 3}
    carried_over = {key: value for key, value in SPEC.items() if key != "Labels"}
    assert planned.spec == {**carried_over, "Mode": {"Global": {}}}


def test_a_service_that_becomes_a_job_leaves_behind_what_no_job_has():
    planned = plan(mode="replicated-job", recreate=True)
    assert planned.action == "recreate"
    assert "UpdateConfig" not in planned.spec
    with pytest.raises(InvalidOption, match="a job has no update_config"):
        plan(mode="replicated-job", recreate=True, update_config={"parallelism": 3})


def test_a_rollback_shows_what_comes_back():
    planned = plan({"ID": "x", "Spec": SPEC, "PreviousSpec": PREVIOUS}, state="rolled_back")
    assert planned.action == "rollback"
    assert changes(planned) == {"image": ("flotilla/web:2", "flotilla/web:1"), "labels": ({"a": "b"}, None)}


@pytest.mark.parametrize(
    "service",
    [
        pytest.param(
            {"PreviousSpec": PREVIOUS, "UpdateStatus": {"State": "rollback_completed"}}, id="rolled back by hand"
        ),
        pytest.param({"UpdateStatus": {"State": "rollback_completed"}}, id="rolled back by the Engine"),
        pytest.param({"PreviousSpec": PREVIOUS, "UpdateStatus": {"State": "rollback_started"}}, id="on the way"),
        pytest.param({"PreviousSpec": SPEC}, id="the same as before"),
    ],
)
def test_what_is_rolled_back_is_not_brought_back(service):
    assert plan({"ID": "x", "Spec": SPEC, **service}, state="rolled_back").action == "keep"


@pytest.mark.parametrize(
    ("service", "options", "reason", "message"),
    [
        pytest.param({"ID": "x", "Spec": SPEC}, {}, "nothing_to_roll_back", "has nothing to go back to", id="new"),
        pytest.param({}, {}, "unknown_service", "service web does not exist", id="not there"),
        pytest.param(
            {"ID": "x", "Spec": SPEC, "PreviousSpec": PREVIOUS},
            {"image": "a", "labels": {}},
            "invalid_option",
            "leave out image, labels",
            id="options beside it",
        ),
    ],
)
def test_what_cannot_be_rolled_back(service, options, reason, message):
    with pytest.raises(SwarmError) as caught:
        plan_one({"name": "web", "state": "rolled_back", **options}, service or None, {}, {})
    assert (caught.value.reason, message in str(caught.value)) == (reason, True)


def service(name, *ports):
    published = [{"PublishedPort": port, "Protocol": "tcp", "PublishMode": mode} for port, mode in ports]
    return {"Spec": {"Name": name, "EndpointSpec": {"Ports": published}}, "Endpoint": {"Ports": published}}


def planned(name, action, *ports):
    return Plan(action, name, None if action == "remove" else service(name, *ports)["Spec"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, {"a": ["create"], "b": ["create"]}, "ab", id="as they are named"),
        pytest.param({"b": []}, {"a": ["create"], "b": ["remove"]}, "ba", id="removals first"),
        pytest.param({"b": []}, {"a": ["create"], "b": ["keep"]}, "a", id="what is kept is not written"),
        pytest.param(
            {"a": [(80, "ingress")], "b": [(81, "ingress")], "c": [(82, "ingress")]},
            {"a": ["update", (81, "ingress")], "b": ["update", (82, "ingress")], "c": ["update", (83, "ingress")]},
            "cba",
            id="who gives a port before who takes it",
        ),
        pytest.param(
            {"b": [(80, "ingress")]},
            {"a": ["create", (80, "host")], "b": ["update"]},
            "ba",
            id="a port of the mesh is in the way of one of hosts",
        ),
        pytest.param(
            {"a": [(80, "host")], "b": [(81, "host")]},
            {"a": ["update", (81, "host")], "b": ["update", (80, "host")]},
            "ab",
            id="ports of hosts are in nobody's way",
        ),
    ],
)
def test_order(before, after, expected):
    services = {name: service(name, *ports) for name, ports in before.items()}
    plans = {name: planned(name, *given) for name, given in after.items()}
    assert "".join(order(plans, services)) == expected


def test_services_that_swap_ports_are_refused():
    services = {"a": service("a", (80, "ingress")), "b": service("b", (81, "ingress"))}
    plans = {"a": planned("a", "update", (81, "ingress")), "b": planned("b", "update", (80, "ingress"))}
    with pytest.raises(InvalidOption, match="services a and b take published ports of each other"):
        order(plans, services)


def test_ports_are_free_once_the_engine_has_taken_them():
    taken = {(80, "tcp", "ingress")}
    assert judge_released(taken, [service("b", (80, "ingress"))]).state == "pending"
    assert judge_released(taken, [service("b", (81, "ingress"))]).state == "done"
    assert judge_released(taken, []).state == "done"
