# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan
from ansible_collections.flotilla.swarm.plugins.module_utils.service import values
from ansible_collections.flotilla.swarm.plugins.module_utils.service.apply import TABLE, declared, plan_one
from ansible_collections.flotilla.swarm.plugins.module_utils.service.resolve import complete, with_ids, with_names

# As Engine 26.1 stores it: IDs of networks, and none of the zeros and defaults that were posted.
SPEC = {
    "Name": "web",
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "flotilla/web:1",
            "Env": ["B=2", "A=1"],
            "Healthcheck": {"Test": ["CMD", "true"]},
            "Isolation": "default",
        },
        "Placement": {},
        "Networks": [{"Target": "u9pz1x5", "Aliases": ["b", "a"]}],
        "ForceUpdate": 0,
        "Runtime": "container",
    },
    "Mode": {"Replicated": {"Replicas": 3}},
    "EndpointSpec": {"Mode": "vip", "Ports": [{"Protocol": "udp", "TargetPort": 53, "PublishMode": "host"}]},
}
NETWORKS = {"u9pz1x5": "backend", "k2j3n4d": "frontend"}


def plan(**options):
    return plan_for(SPEC, **options)


def plan_for(service, **options):
    wanted = {"name": "web", "state": "present", **options}
    return plan_one(wanted, service and {"ID": "x", "Spec": service}, NETWORKS)


@pytest.mark.parametrize(
    ("given", "raw", "expected"),
    [
        pytest.param({}, None, {"Replicated": {"Replicas": 1}}, id="one replica is the default"),
        pytest.param({"replicas": 3}, None, {"Replicated": {"Replicas": 3}}, id="replicas"),
        pytest.param({"replicas": 0}, None, {"Replicated": {"Replicas": 0}}, id="none"),
        pytest.param(
            {"replicas": -1},
            {"Replicated": {"Replicas": 5}},
            {"Replicated": {"Replicas": 5}},
            id="-1 keeps what there is",
        ),
        pytest.param(
            {"mode": "replicated"},
            {"Replicated": {"Replicas": 5}},
            {"Replicated": {"Replicas": 5}},
            id="so does the mode",
        ),
        pytest.param({"mode": "global"}, None, {"Global": {}}, id="global"),
        pytest.param(
            {"replicas": 3}, {"Global": {}}, {"Global": {}}, id="replicas of a global service have no meaning"
        ),
        pytest.param({"mode": "global-job"}, None, {"GlobalJob": {}}, id="a global job"),
        pytest.param(
            {"mode": "replicated-job", "replicas": 3},
            None,
            {"ReplicatedJob": {"MaxConcurrent": 3, "TotalCompletions": 3}},
            id="all tasks of a new job run at the same time",
        ),
        pytest.param(
            {"replicas": 4, "max_concurrent": 1, "mode": "replicated-job"},
            None,
            {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 4}},
            id="unless it says how many",
        ),
        pytest.param(
            {"replicas": 4},
            {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 3}},
            {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 4}},
            id="a job keeps what is not named",
        ),
    ],
)
def test_mode(given, raw, expected):
    assert values.mode(given, raw) == expected


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (None, {"mode": "replicated", "replicas": 1}),
        ({"Replicated": {}}, {"mode": "replicated", "replicas": 1}),
        ({"Replicated": {"Replicas": 0}}, {"mode": "replicated", "replicas": 0}),
        ({"Global": {}}, {"mode": "global"}),
        ({"ReplicatedJob": {}}, {"mode": "replicated-job", "replicas": 1, "max_concurrent": 1}),
        ({"ReplicatedJob": {"MaxConcurrent": 2}}, {"mode": "replicated-job", "replicas": 2, "max_concurrent": 2}),
        ({"GlobalJob": {}}, {"mode": "global-job"}),
    ],
)
def test_mode_is_shown(raw, shown):
    assert values.show_mode(raw) == shown


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "nginx:latest"),
        ("nginx:1.29", "nginx:1.29"),
        ("registry:5000/nginx", "registry:5000/nginx:latest"),
        ("registry:5000/nginx:1", "registry:5000/nginx:1"),
        ("nginx@sha256:abc", "nginx@sha256:abc"),
    ],
)
def test_an_image_has_a_tag(name, full):
    assert values.image_name(name) == full


@pytest.mark.parametrize(
    ("value", "expected"),
    [("sh -c 'sleep 1'", ["sh", "-c", "sleep 1"]), (["sleep", 1000], ["sleep", "1000"]), ([True], ["true"])],
)
def test_a_command_is_a_list(value, expected):
    assert values.argv(value) == expected


@pytest.mark.parametrize(
    ("function", "value", "message"),
    [
        (values.argv, "sh -c 'sleep", "cannot be split as a shell does: No closing quotation"),
        (values.argv, {"a": 1}, "is neither a string nor a list"),
        (values.health_test, 5, "is neither a string nor a list"),
    ],
)
def test_what_cannot_be_read_is_named(function, value, message):
    with pytest.raises(InvalidOption) as caught:
        function(value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("value", "expected"), [("true", ["CMD-SHELL", "true"]), (["NONE"], ["NONE"]), ("", [])])
def test_a_health_test_starts_with_its_kind(value, expected):
    assert values.health_test(value) == expected


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="nothing is mentioned"),
        pytest.param({"env": {"A": 1, "B": 2}}, id="the environment in another form"),
        pytest.param({"networks": [{"name": "backend", "aliases": ["a", "b"]}]}, id="a network by its name"),
        pytest.param({"networks": [{"name": "u9pz1x5", "aliases": ["a", "b"]}]}, id="a network by its ID"),
        pytest.param({"mode": "replicated", "replicas": -1}, id="as many replicas as there are"),
        pytest.param({"healthcheck": {"interval": "0s", "retries": 0}}, id="zeros that the Engine does not store"),
        pytest.param({"publish": [{"target_port": 53, "protocol": "udp", "mode": "host"}]}, id="a port by chance"),
        pytest.param(
            {"publish": [{"published_port": 0, "target_port": 53, "protocol": "udp", "mode": "host"}]}, id="port zero"
        ),
        pytest.param({"endpoint_mode": "vip", "stop_grace_period": "10s"}, id="what the Engine does by default"),
        pytest.param({"restart_config": {"condition": "any", "delay": "5s"}}, id="a default within a dict"),
        pytest.param({"placement": {"constraints": []}}, id="no constraints"),
    ],
)
def test_a_service_that_is_so_already_is_kept(options):
    planned = plan(**options)
    assert (planned.action, planned.changes) == ("keep", ())


def test_an_image_keeps_its_digest_while_its_name_is_the_same():
    spec = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "nginx:latest@sha256:abc"}}}
    assert plan_for(spec, image="nginx").action == "keep"
    assert plan_for(spec, image="nginx:latest").action == "keep"
    assert [change.after for change in plan_for(spec, image="nginx:1.29").changes] == ["nginx:1.29"]


def test_an_update_goes_out_with_ids_and_all_that_is_not_mentioned():
    spec = with_ids(plan(networks=[{"name": "frontend"}], replicas=5).spec, NETWORKS)
    assert spec["TaskTemplate"]["Networks"] == [{"Target": "k2j3n4d"}]
    assert spec["Mode"] == {"Replicated": {"Replicas": 5}}
    assert spec["TaskTemplate"]["ContainerSpec"] == SPEC["TaskTemplate"]["ContainerSpec"]


def test_an_update_config_without_parallelism_would_replace_all_tasks_at_once():
    assert plan(update_config={"order": "start-first"}).spec["UpdateConfig"] == {
        "Order": "start-first",
        "Parallelism": 1,
    }


def test_names_and_ids_of_networks_are_exchanged_and_unknown_ones_stay():
    spec = {"Name": "web", "TaskTemplate": {"Networks": [{"Target": "u9pz1x5"}, {"Target": "gone"}]}}
    named = with_names(spec, NETWORKS)
    assert [item["Target"] for item in named["TaskTemplate"]["Networks"]] == ["backend", "gone"]
    assert spec["TaskTemplate"]["Networks"][0]["Target"] == "u9pz1x5"


@pytest.mark.parametrize(
    ("service", "options", "reason", "message"),
    [
        pytest.param(None, {}, "invalid_option", "to create it an image is needed", id="a new service without image"),
        pytest.param(
            SPEC,
            {"networks": ["moon"]},
            "unknown_network",
            "service web: there is no network moon in this swarm; create it with flotilla.swarm.network first",
            id="an unknown network",
        ),
        pytest.param(
            SPEC,
            {"mode": "global"},
            "fixed_option",
            "service web: mode cannot be changed from replicated to global on a service that exists",
            id="another mode",
        ),
        pytest.param(
            SPEC, {"networks": [{"nam": "x"}]}, "invalid_option", "is not a network; give a name", id="a typo"
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(service, options, reason, message):
    with pytest.raises(SwarmError) as caught:
        plan_for(service, **options)
    assert message in str(caught.value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"services": [{"name": "a"}], "name": "b", "replicas": 2}, "services excludes name, replicas"),
        ({"services": [{"name": "a"}, {"name": "a"}], "name": None}, "services names a service twice"),
        ({"services": [{"name": None}], "name": None}, "every service needs a name"),
        ({"services": None, "name": None}, "every service needs a name"),
    ],
)
def test_services_that_contradict_each_other(params, message):
    with pytest.raises(InvalidOption, match=message):
        declared(params)


def test_no_services_are_none():
    assert declared({"services": [], "name": None}) == {}


def test_absent_is_a_removal_of_what_is_there():
    assert plan_one({"name": "web", "state": "absent"}, {"ID": "x", "Spec": SPEC}, {}).action == "remove"
    assert plan_one({"name": "web", "state": "absent"}, None, {}).action == "keep"


def test_with_an_empty_base_a_service_is_what_the_input_says_alone():
    wanted = complete({"name": "web", "image": "flotilla/web:1", "replicas": 3}, SPEC, {})
    planned = make_plan(TABLE, wanted, SPEC, base={})
    assert [change.option for change in planned.changes] == ["env", "healthcheck.test", "networks", "publish"]
    assert planned.spec["TaskTemplate"] == {"ContainerSpec": {"Image": "flotilla/web:1", "Isolation": "default"}}
