# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.network.attachments import (
    HURRIED,
    is_job,
    record,
    restored,
    without,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.network.recreate import update

OLD, NEW = {"Id": "1", "Name": "west"}, {"Id": "2", "Name": "west"}
MESH, NEW_MESH = {"Id": "7", "Name": "ingress", "Ingress": True}, {"Id": "8", "Name": "ingress", "Ingress": True}
ON_HOST = {"TargetPort": 81, "PublishedPort": 81, "PublishMode": "host"}
ON_MESH = {"TargetPort": 80, "PublishedPort": 80, "Protocol": "tcp", "PublishMode": "ingress"}
GENTLE = {"Parallelism": 1, "FailureAction": "rollback", "Order": "start-first", "MaxFailureRatio": 0}


def spec(networks=None, ports=None, config=None):
    built = {"Name": "web", "TaskTemplate": {}}
    if networks is not None:
        built["TaskTemplate"]["Networks"] = networks
    if ports is not None:
        built["EndpointSpec"] = {"Mode": "vip", "Ports": ports}
    if config:
        built["UpdateConfig"] = config
    return built


def on(network, **more):
    return {"Target": network["Id"], **more}


@pytest.mark.parametrize(
    ("old", "new", "before", "off", "after"),
    [
        (OLD, NEW, spec([on(OLD)]), [], spec([on(NEW)])),
        (
            OLD,
            NEW,
            spec([{"Target": "a"}, on(OLD, Aliases=["w"], DriverOpts={"x": "y"}), {"Target": "b"}], config=GENTLE),
            [{"Target": "a"}, {"Target": "b"}],
            spec([{"Target": "a"}, on(NEW, Aliases=["w"], DriverOpts={"x": "y"}), {"Target": "b"}], config=GENTLE),
        ),
        (OLD, OLD, spec([on(OLD, Aliases=["w"])]), [], spec([on(OLD, Aliases=["w"])])),
        (MESH, NEW_MESH, spec(ports=[ON_MESH, ON_HOST]), [ON_HOST], spec(ports=[ON_MESH, ON_HOST])),
        (MESH, NEW_MESH, spec(ports=[ON_MESH], config=GENTLE), [], spec(ports=[ON_MESH], config=GENTLE)),
    ],
    ids=["alone", "between others", "put back on the same", "beside a port of the host", "ports"],
)
def test_a_service_comes_back_as_it_was(old, new, before, off, after):
    untouched = copy.deepcopy(before)
    kept = json.loads(json.dumps(record({"Spec": before}, old)))
    apart = without(before, old)
    assert (apart["EndpointSpec"]["Ports"] if "Ingress" in old else apart["TaskTemplate"]["Networks"]) == off
    assert apart["UpdateConfig"] == HURRIED
    assert restored(apart, kept, new) == after
    assert restored(after, kept, new) == after
    assert before == untouched


@pytest.mark.parametrize(
    ("meanwhile", "after"),
    [
        ({"Labels": {"a": "b"}}, {"Labels": {"a": "b"}, **spec([on(NEW)])}),
        ({"UpdateConfig": GENTLE}, spec([on(NEW)], config=GENTLE)),
        (spec([on(NEW, Aliases=["own"])]), spec([on(NEW, Aliases=["own"])])),
        (spec([{"Target": "c"}]), spec([on(NEW), {"Target": "c"}])),
    ],
    ids=["a label", "its own update_config", "the network itself", "another network"],
)
def test_what_was_changed_meanwhile_stays(meanwhile, after):
    before = spec([on(OLD)])
    apart = {**without(before, OLD), **copy.deepcopy(meanwhile)}
    assert restored(apart, record({"Spec": before}, OLD), NEW) == after


@pytest.mark.parametrize("before", [spec([on(NEW)], config=GENTLE), spec(config=GENTLE), spec(ports=[ON_HOST])])
def test_a_service_that_is_not_on_the_network_stays_as_it_is(before):
    assert without(before, MESH if "EndpointSpec" in before else OLD) == before


def test_a_port_that_was_published_again_is_not_published_twice():
    kept = record({"Spec": spec(ports=[ON_MESH])}, MESH)
    now = spec(ports=[{"TargetPort": 8080, "PublishedPort": 80}])
    assert restored(now, kept, NEW_MESH) == now


def test_a_second_interruption_does_not_forget_the_first_update_config():
    first = record({"Spec": spec([on(OLD)], config=GENTLE)}, OLD)
    again = spec([on(NEW)], config={**HURRIED, "Delay": None})
    assert record({"Spec": again}, NEW, first)["update_config"] == GENTLE


@pytest.mark.parametrize(
    ("mode", "answer"),
    [({"Replicated": {}}, False), ({"Global": {}}, False), ({"ReplicatedJob": {}}, True), ({"GlobalJob": {}}, True)],
)
def test_jobs_would_run_again(mode, answer):
    assert is_job({"Mode": mode}) is answer


class Engine:
    """One service, and what was written to it."""

    def __init__(self, service):
        self.service, self.written = service, []

    def find(self, path):
        return self.service

    def post(self, path, body, version):
        self.written.append((path, body, version))


@pytest.mark.parametrize(
    ("service", "change", "written"),
    [
        ({"Spec": {"Name": "a"}, "Version": {"Index": 5}}, lambda spec: {"Name": "b"}, [("/services/x/update", 5)]),
        ({"Spec": {"Name": "a"}, "Version": {"Index": 5}}, dict, []),
        (None, lambda spec: {"Name": "b"}, []),
    ],
    ids=["different", "the same", "gone"],
)
def test_only_a_difference_is_written(service, change, written):
    engine = Engine(service)
    assert update(engine, "x", change) is bool(written)
    assert [(path, version) for path, _body, version in engine.written] == written
