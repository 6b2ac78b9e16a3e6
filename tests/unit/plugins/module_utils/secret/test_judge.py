# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.config.resolve import CONFIG
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.judge import (
    in_use,
    names_of,
    plan_object,
    put_back,
    replaced,
    repointed,
    surplus,
    users,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.resolve import SECRET, find

DEFAULTS = {"name": "db", "rolling_versions": False, "versions_to_keep": 5, "force": False}
ROLLING = {"rolling_versions": True}


def version(number, name="db", **spec):
    """A version as the Engine has it."""
    labels = {"flotilla.swarm.version_of": name, "flotilla.swarm.version": str(number), "a": "1"}
    return {"ID": f"id{number}", "Spec": {"Name": f"{name}_v{number}", "Labels": labels, **spec}}


def other(name, **spec):
    """An object that is no version of anything."""
    return {"ID": f"id-{name}", "Spec": {"Name": name, "Labels": {"a": "1"}, **spec}}


def service(name, *references):
    """A service that uses these secrets, as the Engine has it."""
    secrets = [
        {"SecretID": raw["ID"], "SecretName": raw["Spec"]["Name"], "File": {"Name": target, "UID": "0", "GID": "0"}}
        for target, raw in references
    ]
    return {"ID": name, "Spec": {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": "i", "Secrets": secrets}}}}


def plan(*objects, given=True, same=None, kind=SECRET, **params):
    params = {**DEFAULTS, **params}
    return plan_object(kind, params, given, same, find(params, list(objects)))


def changes(planned):
    return {change.option: (change.before, change.after) for change in planned.changes}


@pytest.mark.parametrize(
    ("objects", "options", "action", "name"),
    [
        pytest.param([], {}, "create", "db", id="what is not there is created"),
        pytest.param([other("dbx")], {}, "create", "db", id="a longer name is another object"),
        pytest.param([other("db")], {"same": True}, "keep", "db", id="the same data is left alone"),
        pytest.param([other("db")], {"same": None}, "adopt", "db", id="what cannot be known is asked of the engine"),
        pytest.param([other("db")], {"same": False}, "replace", "db", id="other data is another object"),
        pytest.param([other("db")], {"given": False}, "keep", "db", id="no data keeps the data"),
        pytest.param([other("db")], {"same": True, "labels": {"a": "2"}}, "update", "db", id="labels change in place"),
        pytest.param([other("db")], {"same": True, "labels": {"a": 1}}, "keep", "db", id="a number is its text"),
        pytest.param([other("db")], {"same": True, "force": True}, "replace", "db", id="force replaces"),
        pytest.param(
            [other("db")], {"same": True, "template_driver": "golang"}, "replace", "db", id="a template is fixed"
        ),
        pytest.param([], ROLLING, "create", "db_v1", id="the first version"),
        pytest.param([other("db")], ROLLING, "create", "db_v1", id="the plain one is no version"),
        pytest.param(
            [other("db_v1"), other("db_v2")], ROLLING, "create", "db_v3", id="names of others are passed over"
        ),
        pytest.param([version(2), version(10)], {**ROLLING, "same": True}, "keep", "db_v10", id="the newest counts"),
        pytest.param([version(9), version(10)], {**ROLLING, "same": False}, "replace", "db_v11", id="the next number"),
        pytest.param(
            [version(1), other("db_v2"), version(3, name="db_v"), other("db_vault")],
            {**ROLLING, "same": False},
            "replace",
            "db_v3",
            id="the next number whose name is free",
        ),
        pytest.param([version(1)], {**ROLLING, "given": False}, "keep", "db_v1", id="a version without its data"),
        pytest.param(
            [version(1)], {**ROLLING, "same": True, "labels": {}}, "update", "db_v1", id="labels of a version"
        ),
    ],
)
def test_actions(objects, options, action, name):
    planned = plan(*objects, **options)
    assert (planned.action, planned.spec["Name"]) == (action, name)


def test_labels_of_stacks_and_of_this_collection_stay():
    planned = plan(version(1), same=True, rolling_versions=True, labels={"b": True})
    assert planned.spec["Labels"] == {"flotilla.swarm.version_of": "db", "flotilla.swarm.version": "1", "b": "true"}
    assert changes(planned) == {"labels": ({"a": "1"}, {"b": "true"})}


def test_a_new_version_keeps_what_is_not_named_and_says_why_it_is_made():
    planned = plan(version(1, Templating={"Name": "golang"}), same=False, **ROLLING)
    assert planned.spec["Templating"] == {"Name": "golang"}
    assert planned.spec["Labels"]["a"] == "1"
    assert changes(planned) == {
        "name": ("db_v1", "db_v2"),
        "data": ("(hidden)", "(changed)"),
        "new_version_for": (None, ["data"]),
    }


def test_replacing_is_named_in_the_plan():
    planned = plan(other("db"), same=False, template_driver="golang")
    assert changes(planned)["recreated_for"] == (None, ["template_driver", "data"])
    assert changes(planned)["template_driver"] == (None, "golang")


def test_data_instead_of_a_driver_and_a_driver_instead_of_data():
    driven = other("db", Driver={"Name": "vault", "Options": {"a": "b"}})
    assert "Driver" not in plan(driven, same=None).spec
    assert changes(plan(driven, same=None)) == {
        "driver": ("vault", None),
        "driver_options": ({"a": "b"}, None),
        "recreated_for": (None, ["driver", "driver_options"]),
    }
    planned = plan(other("db"), given=False, driver="vault", driver_options={"n": 1})
    assert planned.spec["Driver"] == {"Name": "vault", "Options": {"n": "1"}}
    assert plan(driven, given=False, driver="vault", driver_options={"a": "b"}).action == "keep"
    assert plan(driven, given=False, driver="vault").action == "keep"


@pytest.mark.parametrize(
    ("objects", "options", "sentence"),
    [
        ([], {"given": False}, "secret db does not exist yet, and to create it data, data_src or driver is needed"),
        ([], {"given": False, "kind": CONFIG}, "config db does not exist yet, and to create it data or data_src is"),
        ([other("db")], {"given": False, "force": True}, "secret db must be created again for force, and the Engine"),
    ],
)
def test_what_cannot_be_planned(objects, options, sentence):
    with pytest.raises(InvalidOption) as caught:
        plan(*objects, **options)
    assert str(caught.value).startswith(sentence)


def test_a_config_is_created_again_with_the_data_that_it_has():
    planned = plan(version(1, Data="aGVsbG8="), kind=CONFIG, given=False, template_driver="golang", **ROLLING)
    assert (planned.action, planned.spec["Data"]) == ("replace", "aGVsbG8=")


@pytest.mark.parametrize(
    ("keep", "new", "expected"),
    [
        (5, False, []),
        (3, False, []),
        (2, False, ["db_v1"]),
        (2, True, ["db_v2", "db_v1"]),
        (1, False, ["db_v2", "db_v1"]),
        (0, True, ["db_v3", "db_v2", "db_v1"]),
        (0, False, ["db_v2", "db_v1"]),
        (-1, True, []),
    ],
)
def test_versions_beyond_those_to_keep(keep, new, expected):
    params = {**DEFAULTS, **ROLLING, "versions_to_keep": keep}
    found = find(params, [version(1), version(3), other("db_v0"), version(2), other("db_vault_v9"), other("db")])
    assert names_of(surplus(params, found, new)) == expected


@pytest.mark.parametrize(
    ("new", "expected"), [(False, ["db_v1", "db"]), (True, ["db_v2", "db_v1", "db"])], ids=["kept", "new"]
)
def test_whose_users_get_another_version(new, expected):
    params = {**DEFAULTS, **ROLLING}
    found = find(params, [other("db"), version(2), version(1), other("db_v7"), version(1, name="db_v1")])
    assert names_of(replaced(found, new)) == expected


def test_users_by_name():
    services = [service("web", ("a", version(1))), service("api", ("a", version(1))), service("db", ("a", version(2)))]
    assert names_of(users(SECRET, services, [version(1)])) == ["api", "web"]
    assert in_use(SECRET, services, [version(1), version(2), version(3)]) == (
        "secret db_v1 is used by services api, web; secret db_v2 is used by service db"
    )


def test_a_service_gets_the_new_version_at_the_same_place_and_back():
    before = service("web", ("password", version(1)), ("old", other("db")), ("key", other("key")))["Spec"]
    after = repointed(SECRET, before, {"id1", "id-db"}, version(2))
    got = after["TaskTemplate"]["ContainerSpec"]["Secrets"]
    assert [(item["SecretID"], item["SecretName"], item["File"]["Name"]) for item in got] == [
        ("id2", "db_v2", "password"),
        ("id2", "db_v2", "old"),
        ("id-key", "key", "key"),
    ]
    assert repointed(SECRET, after, {"id1", "id-db"}, version(2)) == after
    assert put_back(SECRET, after, before, "id2") == before
    assert put_back(SECRET, before, before, "id2") == before


def test_what_others_changed_meanwhile_is_not_put_back():
    before = service("web", ("password", version(1)))["Spec"]
    after = repointed(SECRET, before, {"id1"}, version(2))
    after["TaskTemplate"]["ContainerSpec"]["Image"] = "newer"
    after["TaskTemplate"]["ContainerSpec"]["Secrets"] += service("", ("more", version(2)))["Spec"]["TaskTemplate"][
        "ContainerSpec"
    ]["Secrets"]
    restored = put_back(SECRET, after, before, "id2")["TaskTemplate"]["ContainerSpec"]
    assert restored["Image"] == "newer"
    assert [item["SecretID"] for item in restored["Secrets"]] == ["id1", "id2"]


def test_a_credential_spec_names_its_config_twice():
    runtime = {"ConfigID": "id1", "ConfigName": "db_v1", "Runtime": {}}
    container = {"Configs": [runtime], "Privileges": {"CredentialSpec": {"Config": "id1"}}}
    before = {"TaskTemplate": {"ContainerSpec": container}}
    after = repointed(CONFIG, before, {"id1"}, version(2))
    assert after["TaskTemplate"]["ContainerSpec"] == {
        "Configs": [{"ConfigID": "id2", "ConfigName": "db_v2", "Runtime": {}}],
        "Privileges": {"CredentialSpec": {"Config": "id2"}},
    }
    assert put_back(CONFIG, after, before, "id2") == before
