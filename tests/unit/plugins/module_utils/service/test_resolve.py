# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.service.planning import plan_one
from ansible_collections.flotilla.swarm.plugins.module_utils.service.resolve import Lookups, with_ids, with_names

REFERENCES = {"secrets": {"key": "s1", "other": "s2"}, "configs": {"page": "c1", "spec": "c2"}}
KEY = {"SecretID": "s1", "SecretName": "key", "File": {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}}
PAGE = {"ConfigID": "c1", "ConfigName": "page", "File": {"Name": "/page", "UID": "5", "GID": "0", "Mode": 0o440}}
# What the Engine wants beside a credential spec in a config.
SPEC_CONFIG = {"ConfigID": "c2", "ConfigName": "spec", "Runtime": {}}


def spec(networks=(), **container):
    task = {"ContainerSpec": {"Image": "web:1", **container}}
    if networks:
        task["Networks"] = [{"Target": target} for target in networks]
    return {"Name": "web", "TaskTemplate": task}


def service(*networks, **container):
    return {"ID": "x", "Spec": spec(networks, **container)}


def plan(live, **options):
    wanted = {"name": "web", "state": "present", "image": "web:1", **options}
    return plan_one(wanted, live, {}, REFERENCES)


@pytest.mark.parametrize(
    ("live", "options"),
    [
        pytest.param({"Secrets": [KEY]}, {"secrets": [{"secret_name": "key"}]}, id="by name, with all defaults"),
        pytest.param({"Secrets": [KEY]}, {"secrets": [{"secret_id": "s1"}]}, id="by ID"),
        pytest.param({"Secrets": [KEY]}, {"secrets": [{"secret_name": "key", "secret_id": "s1"}]}, id="by both"),
        pytest.param(
            {"Configs": [PAGE]},
            {"configs": [{"config_name": "page", "filename": "/page", "uid": "5", "mode": "0440"}]},
            id="with all that a file has",
        ),
        pytest.param({"Secrets": [KEY]}, {}, id="not mentioned"),
        pytest.param(
            {"Privileges": {"CredentialSpec": {"Config": "c2"}}, "Configs": [SPEC_CONFIG, PAGE]},
            {
                "privileges": {"credential_spec": {"config": "spec"}},
                "configs": [{"config_name": "page", "filename": "/page", "uid": "5", "mode": "0440"}],
            },
            id="a credential spec in a config",
        ),
    ],
)
def test_what_a_service_refers_to_already_is_no_change(live, options):
    assert plan(service(**live), **options).changes == ()


def test_references_go_out_with_ids_and_with_all_that_the_engine_wants():
    container = plan(
        service(Secrets=[KEY]),
        secrets=[{"secret_name": "other", "filename": "o"}, {"secret_name": "key"}],
        configs=[{"config_id": "c1", "mode": "0400"}],
        privileges={"credential_spec": {"config": "spec"}},
    ).spec["TaskTemplate"]["ContainerSpec"]
    other = {"SecretID": "s2", "SecretName": "other", "File": {**KEY["File"], "Name": "o"}}
    assert container["Secrets"] == [other, KEY]
    page = {"ConfigID": "c1", "ConfigName": "page", "File": {"Name": "page", "UID": "0", "GID": "0", "Mode": 0o400}}
    assert container["Configs"] == [page, SPEC_CONFIG]
    assert container["Privileges"]["CredentialSpec"]["Config"] == "c2"


def test_no_references_are_sent_where_they_are_cleared():
    cleared = plan(service(Secrets=[KEY], Configs=[PAGE]), secrets=[], configs=[]).spec["TaskTemplate"]
    assert cleared == {"ContainerSpec": {"Image": "web:1"}}


def test_with_names_and_back_a_spec_is_what_it_was():
    there = spec(["n1"], Secrets=[KEY], Configs=[PAGE, SPEC_CONFIG], Privileges={"CredentialSpec": {"Config": "c2"}})
    named = with_names(there, {"n1": "back"})
    assert named["TaskTemplate"]["Networks"] == [{"Target": "back"}]
    assert named["TaskTemplate"]["ContainerSpec"]["Privileges"]["CredentialSpec"]["Config"] == "spec"
    assert len(named["TaskTemplate"]["ContainerSpec"]["Configs"]) == 1
    assert with_ids(named, {"n1": "back"}, REFERENCES) == there


@pytest.mark.parametrize(
    ("options", "reason", "message"),
    [
        (
            {"secrets": [{"secret_name": "gone"}]},
            "unknown_secret",
            "service web: there is no secret gone in this swarm; create it with flotilla.swarm.secret first",
        ),
        ({"configs": [{"config_id": "c9"}]}, "unknown_config", "service web: there is no config c9 in this swarm"),
        (
            {"secrets": [{"secret_name": "other", "secret_id": "s1"}]},
            "invalid_option",
            "service web: secret_id s1 is secret key and not other; leave one of them out",
        ),
        ({"secrets": [{"filename": "a"}]}, "invalid_option", "secrets: each needs a secret_name"),
        ({"networks": ["none"]}, "unknown_network", "the Engine lets no service use network none"),
        ({"privileges": {"credential_spec": {"config": "gone"}}}, "unknown_config", "there is no config gone"),
    ],
)
def test_what_does_not_exist_is_named(options, reason, message):
    with pytest.raises(SwarmError) as caught:
        plan(service(), **options)
    assert (caught.value.reason, message in str(caught.value)) == (reason, True), str(caught.value)
    assert isinstance(caught.value, InvalidOption) == (reason == "invalid_option")


class Engine:
    """What Engine 26.1 has; its list of networks leaves out those of its own."""

    ANSWERS = {
        "/networks": [{"Id": "n1", "Name": "back"}, {"Id": "n2", "Name": "front"}],
        "/networks/p1": {"Id": "p1", "Name": "host"},
        "/secrets": [{"ID": "s2", "Spec": {"Name": "other"}}],
        "/configs": [{"ID": "c1", "Spec": {"Name": "page"}}],
    }

    def __init__(self):
        self.asked = []

    def get(self, path, filters=None):
        self.asked.append((path, filters))
        return self.ANSWERS.get(path)

    find = get


def test_nothing_is_asked_that_is_not_needed():
    engine = Engine()
    lookups = Lookups(engine)
    live = service(Secrets=[KEY])
    lookups.prepare([{"secrets": [{"secret_name": "key"}], "networks": []}, {"image": "a"}], [live])
    assert lookups.networks({"networks": []}, live) == {}
    assert lookups.networks({}, None) == {}
    assert lookups.image({"image": "a", "resolve_image": "never"}, live) == "a"
    assert engine.asked == []
    assert lookups.references["secrets"] == {"key": "s1"}


def test_what_is_needed_is_asked_once_for_all_services():
    engine = Engine()
    lookups = Lookups(engine)
    items = [{"secrets": [{"secret_name": "other"}, {"secret_name": "key"}]}, {"configs": [{"config_id": "c1"}]}]
    lookups.prepare(items, [service(Secrets=[KEY])])
    assert lookups.references == {"secrets": {"key": "s1", "other": "s2"}, "configs": {"page": "c1"}}
    assert engine.asked == [("/secrets", {"name": ["other"]}), ("/configs", {"id": ["c1"]})]
    for live in (service("n1", "p1"), service("p1"), None):
        names = lookups.networks({"networks": ["front"]}, live)
    assert names == {"n1": "back", "n2": "front", "p1": "host", "host": "host", "bridge": "bridge"}
    assert engine.asked[2:] == [("/networks", {"scope": ["swarm"]}), ("/networks/p1", None)]
