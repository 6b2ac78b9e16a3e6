# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.observe import Seen
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.planning import (
    StackPlan,
    current_names,
    plan_leftovers,
    plan_waves,
    spare_objects,
    wanted_service,
    with_current,
    with_shells,
)

STARTED = "service_started"
LABEL = {"com.docker.stack.namespace": "shop"}


def publishes(*ports):
    """A spec that publishes ports of the routing mesh."""
    return {"EndpointSpec": {"Ports": [{"PublishedPort": port, "TargetPort": port} for port in ports]}}


def plans(**actions):
    """Plans by name: an action, or an action and the ports that are published then."""
    pairs = {name: (given, ()) if isinstance(given, str) else given for name, given in actions.items()}
    return {
        name: Plan(action, spec=None if action == "remove" else publishes(*ports))
        for name, (action, ports) in pairs.items()
    }


@pytest.mark.parametrize(
    ("planned", "ports", "depends_on", "waves"),
    [
        pytest.param({"a": "create", "b": "create"}, {}, {}, [["a", "b"]], id="independent ones at once"),
        pytest.param({"a": "keep"}, {}, {}, [], id="nothing to write"),
        pytest.param(
            {"a": "create", "b": "create", "c": "create"},
            {},
            {"a": ["b"], "b": ["c"]},
            [["c"], ["b"], ["a"]],
            id="one after the other",
        ),
        pytest.param(
            {"a": "update", "b": "keep", "c": "update"},
            {},
            {"a": ["b"], "b": ["c"]},
            [["c"], ["a"]],
            id="through one that is kept",
        ),
        pytest.param({"a": "update", "b": "keep"}, {}, {"a": ["b"]}, [["a"]], id="what is kept is not written"),
        pytest.param({"a": "create"}, {}, {"a": ["elsewhere"]}, [["a"]], id="what is not of the stack"),
        pytest.param(
            {"a": ("update", [80]), "b": "update"}, {"b": [80]}, {}, [["b"], ["a"]], id="a port changes hands"
        ),
        pytest.param(
            {"a": ("create", [80]), "b": "remove"}, {"b": [80]}, {}, [["b"], ["a"]], id="a port of one that goes"
        ),
        pytest.param({"a": "create", "b": "remove"}, {"b": [80]}, {}, [["a"]], id="what only goes, goes at the end"),
    ],
)
def test_waves(planned, ports, depends_on, waves):
    services = {name: {"Spec": publishes(*ports.get(name, ()))} for name in planned if planned[name] != "create"}
    needs = {name: dict.fromkeys(others, STARTED) for name, others in depends_on.items()}
    assert plan_waves(plans(**planned), services, needs) == waves


@pytest.mark.parametrize(
    ("planned", "ports", "depends_on"),
    [
        pytest.param({"a": "create", "b": "create"}, {}, {"a": {"b": STARTED}, "b": {"a": STARTED}}, id="dependencies"),
        pytest.param({"a": ("update", [1]), "b": ("update", [2])}, {"a": [2], "b": [1]}, {}, id="ports"),
        pytest.param({"a": ("update", [1]), "b": "update"}, {"b": [1]}, {"b": {"a": STARTED}}, id="both"),
    ],
)
def test_circles_are_told(planned, ports, depends_on):
    services = {name: {"Spec": publishes(*ports.get(name, ()))} for name in planned}
    with pytest.raises(InvalidOption, match=r"in a circle: (a -> b -> a|b -> a -> b); "):
        plan_waves(plans(**planned), services, depends_on)


def test_what_the_files_do_not_have_is_removed():
    services = {name: {"Spec": {"Name": name}} for name in ("shop_b", "shop_a", "shop_c")}
    found = plan_leftovers(services, ["shop_b"])
    assert [(name, plan.action) for name, plan in found.items()] == [("shop_a", "remove"), ("shop_c", "remove")]


@dataclass
class Version:
    """A secret or config as it is planned."""

    name: str
    id: str | None = None
    older: list = field(default_factory=list)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"config_name": "page"}, {"config_name": "page_v2", "filename": "page"}),
        ({"config_name": "page", "filename": "/x"}, {"config_name": "page_v2", "filename": "/x"}),
        ({"config_name": "external"}, {"config_name": "external"}),
    ],
    ids=["the file keeps its name", "a name of its own", "not of the stack"],
)
def test_references_to_the_current_version(reference, expected):
    assert with_current(reference, "config_name", {"page": "page_v2"}) == expected


def version(name, number):
    """A version of a secret that belongs to no stack."""
    labels = {"flotilla.swarm.version_of": "key", "flotilla.swarm.version": str(number)}
    return {"ID": f"id-{name}", "CreatedAt": "", "Spec": {"Name": name, "Labels": labels}}


PLAIN = {"ID": "id-key", "Spec": {"Name": "key"}}


@pytest.mark.parametrize(
    ("secrets", "names"),
    [
        pytest.param([version("key_v1", 1), version("key_v2", 2)], {"key": "key_v2"}, id="the newest version"),
        pytest.param([version("key_v1", 1), PLAIN], {}, id="the one of just that name comes first"),
        pytest.param([], {}, id="none"),
    ],
)
def test_an_external_secret_that_has_versions(secrets, names):
    declared = {"external": {"secrets": ["key"]}}
    seen = Seen({}, [], secrets, [])
    assert current_names(declared, StackPlan({}, {"secrets": {}, "configs": {}}), seen)["secrets"] == names


def test_a_credential_spec_follows_its_config_and_the_declaration_stays_as_it_was():
    declared = {"mode": None, "secrets": None, "configs": None, "privileges": {"credential_spec": {"config": "spec"}}}
    params = {"recreate": False, "resolve_image": "never", "resolve_image_failure": "fail"}
    wanted = wanted_service(declared, params, {"secrets": {}, "configs": {"spec": "spec_v2"}})
    assert wanted["privileges"] == {"credential_spec": {"config": "spec_v2"}}
    assert declared["privileges"] == {"credential_spec": {"config": "spec"}}


SHELLS = {
    "TaskTemplate": {"ContainerSpec": {"Image": "web", "Privileges": {}}, "Placement": {}, "Resources": {}},
    "EndpointSpec": {"Mode": "vip"},
}
BARE = {"TaskTemplate": {"ContainerSpec": {"Image": "web"}}}


@pytest.mark.parametrize(
    ("observed", "expected"),
    [(None, SHELLS), (SHELLS, SHELLS), (BARE, BARE)],
    ids=["a new service", "one of the command", "one without"],
)
def test_parts_that_say_nothing(observed, expected):
    spec = {"TaskTemplate": {"ContainerSpec": {"Image": "web"}}}
    assert with_shells(spec, observed) == expected
    assert spec == BARE


def test_parts_that_say_something_are_not_touched():
    live = {"TaskTemplate": {"Resources": {"Limits": {"Pids": 1}}}, "EndpointSpec": {"Mode": "dnsrr"}}
    spec = {"TaskTemplate": {"Resources": {"Limits": {"Pids": 5}}}}
    assert with_shells(spec, live) == {**spec, "EndpointSpec": {"Mode": "vip"}}


def made(name, number, labels=None):
    """A secret or config of the stack."""
    return {"ID": f"{name}-{number}", "Spec": {"Name": name, "Labels": LABEL if labels is None else labels}}


def network(name, labels=None):
    """A network of the stack."""
    return {"Id": f"id-{name}", "Name": name, "Labels": LABEL if labels is None else labels}


OLD, OLDER, OTHER = made("page_v2", 2), made("page", 1), made("left", 5)
SEEN = Seen(
    {},
    [network("kept"), network("left"), network("used"), network("named"), network("theirs", {})],
    secrets=[made("key", 3), made("theirs", 4, {})],
    configs=[made("page_v3", 3), OLD, OLDER, OTHER],
)


@pytest.mark.parametrize(
    ("used", "prune", "spare"),
    [
        pytest.param(["page_v3-3", "page_v2-2"], False, {"configs": ["page-1"]}, id="what a rollback needs stays"),
        pytest.param(["page-1", "page_v2-2"], False, {}, id="what services use stays"),
        pytest.param(
            ["left-5"],
            True,
            {"networks": ["id-left"], "secrets": ["key-3"], "configs": ["page_v2-2", "page-1"]},
            id="with prune what nothing uses and the files do not have",
        ),
    ],
)
def test_what_is_spare(used, prune, spare):
    items = {"secrets": {}, "configs": {"page": Version("page_v3", "page_v3-3", [OLD, OLDER])}}
    planned = StackPlan({"kept": Plan("keep")}, items)
    uses = {"networks": {"id-used", "named"}, "secrets": set(), "configs": set(used)}
    found = spare_objects("shop", SEEN, planned, uses, prune)
    assert {kind: [raw.get("ID") or raw["Id"] for raw in raws] for kind, raws in found.items()} == spare
