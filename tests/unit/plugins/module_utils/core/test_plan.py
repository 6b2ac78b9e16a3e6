# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import Field, Joint, show_all
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Change, make_plan, plan_removal
from ansible_collections.flotilla.swarm.plugins.module_utils.core.values import SECOND, as_set, duration, show_duration

DURATION = {"encode": duration, "canonical": show_duration}
ADDRESS = (Field("ip", "IP", "str", "Address."), Field("mask", "Mask", "int", "Mask."))
PORT = (
    Field("published", "Published", "int", "Port.", engine_default=0),
    Field("protocol", "Protocol", "str", "Protocol.", engine_default="tcp"),
    Field("address", "Address", "dict", "Address.", parts=ADDRESS),
)
UPDATE = (
    Field("parallelism", "Parallelism", "int", "Tasks.", engine_default=1, explicit=True),
    Field("delay", "Delay", "str", "Time.", engine_default=0, **DURATION),
    Field("order", "Order", "str", "Order.", engine_default="stop-first"),
)


def encode_mode(given, raw):
    present = show_kind(raw)
    return {"Kind": given.get("kind", present["kind"]), "Count": given.get("count", present["count"])}


def show_kind(raw):
    return {"kind": raw["Kind"], "count": raw["Count"]} if raw else {"kind": "many", "count": 1}


TABLE = (
    Field("name", "Name", "str", "Name."),
    Field("user", "Task.User", "str", "User."),
    Field("grace", "Task.Grace", "str", "Time.", engine_default=10 * SECOND, **DURATION),
    Field("args", "Task.Args", "list", "Arguments.", elements="str"),
    Field("caps", "Task.Caps", "list", "Without order.", elements="str", canonical=as_set),
    Field("labels", "Labels", "dict", "Labels."),
    Field("ports", "Ports", "list", "Ports.", elements="dict", parts=PORT, key="published"),
    Field("update", "Update", "dict", "Update.", parts=UPDATE),
    Field("password", "Password", "str", "Password.", secret=True),
    Field("scope", "Scope", "str", "Scope.", fixed=True, engine_default="swarm"),
    Field("wait", "", "bool", "No part of the resource."),
    Joint(
        (Field("kind", "", "str", "Kind.", fixed=True), Field("count", "", "int", "Count.")),
        path="Mode",
        encode=encode_mode,
        show=show_kind,
    ),
)

OBSERVED = {
    "Name": "web",
    "Task": {"User": "1000", "Args": ["a", "b"], "Caps": ["NET_RAW", "CHOWN"], "Unknown": 7},
    "Labels": {"tier": "front"},
    "Ports": [{"Published": 53, "Protocol": "udp"}, {"Published": 53}, {"Protocol": "tcp"}],
    "Mode": {"Kind": "many", "Count": 2},
}


def plan(base=None, **params):
    return plan_for(OBSERVED, base, **params)


def plan_for(observed, base=None, **params):
    return make_plan(TABLE, params, observed, base, name="service web")


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({}, id="nothing is mentioned"),
        pytest.param({"user": "1000", "args": ["a", "b"]}, id="what is mentioned is so already"),
        pytest.param({"caps": ["CHOWN", "NET_RAW"]}, id="order has no meaning"),
        pytest.param({"caps": ["CHOWN", "NET_RAW", "CHOWN"]}, id="nor have doubles"),
        pytest.param({"grace": "10s"}, id="the Engine's own default"),
        pytest.param({"grace": ""}, id="the default is cleared"),
        pytest.param({"update": {"parallelism": 1}}, id="the default of a suboption"),
        pytest.param({"update": {}}, id="a dict that is not there is cleared"),
        pytest.param({"scope": "swarm"}, id="the default of an option that is set at creation"),
        pytest.param(
            {"ports": [{"published": 53, "protocol": "tcp"}, {}, {"published": 53, "protocol": "udp"}]},
            id="dicts in another order, with equal keys and defaults",
        ),
        pytest.param({"kind": "many"}, id="one option of a joint"),
        pytest.param({"wait": True}, id="an option that only steers the module"),
    ],
)
def test_these_change_nothing_and_keep_the_engines_own_form(params):
    planned = plan(**params)
    assert (planned.action, planned.changes, planned.spec) == ("keep", (), OBSERVED)


@pytest.mark.parametrize(
    ("params", "path", "value", "changes"),
    [
        pytest.param({"user": "0"}, "Task", {**OBSERVED["Task"], "User": "0"}, [("user", "1000", "0")], id="a value"),
        pytest.param(
            {"user": ""},
            "Task",
            {name: value for name, value in OBSERVED["Task"].items() if name != "User"},
            [("user", "1000", None)],
            id="an empty string clears",
        ),
        pytest.param({"labels": {}}, "Labels", None, [("labels", {"tier": "front"}, None)], id="an empty dict clears"),
        pytest.param(
            {"args": []},
            "Task",
            {name: value for name, value in OBSERVED["Task"].items() if name != "Args"},
            [("args", ["a", "b"], None)],
            id="an empty list clears",
        ),
        pytest.param(
            {"args": ["b", "a"]},
            "Task",
            {**OBSERVED["Task"], "Args": ["b", "a"]},
            [("args", ["a", "b"], ["b", "a"])],
            id="order counts where it has a meaning",
        ),
        pytest.param(
            {"grace": "1m"}, "Task", {**OBSERVED["Task"], "Grace": 60 * SECOND}, [("grace", "10s", "1m")], id="a unit"
        ),
        pytest.param(
            {"update": {"parallelism": 2}},
            "Update",
            {"Parallelism": 2},
            [("update.parallelism", 1, 2)],
            id="a part brings no other",
        ),
        pytest.param(
            {"update": {"delay": "1s"}},
            "Update",
            {"Delay": SECOND, "Parallelism": 1},
            [("update.delay", "0s", "1s")],
            id="but one that would be zero without its default",
        ),
        pytest.param({"count": 5}, "Mode", {"Kind": "many", "Count": 5}, [("count", 2, 5)], id="one of a joint"),
        pytest.param(
            {"ports": [{"published": 80, "address": {"ip": "10.0.0.1", "mask": 8}}]},
            "Ports",
            [{"Published": 80, "Address": {"IP": "10.0.0.1", "Mask": 8}}],
            [
                (
                    "ports",
                    [
                        {"published": 0, "protocol": "tcp"},
                        {"published": 53, "protocol": "tcp"},
                        {"published": 53, "protocol": "udp"},
                    ],
                    [{"published": 80, "protocol": "tcp", "address": {"ip": "10.0.0.1", "mask": 8}}],
                )
            ],
            id="dicts within dicts of a list",
        ),
    ],
)
def test_these_change_what_they_name_and_keep_the_rest(params, path, value, changes):
    planned = plan(**params)
    assert planned.action == "update"
    assert planned.spec.get(path) == value
    assert [(change.option, change.before, change.after) for change in planned.changes] == changes
    assert {name: part for name, part in planned.spec.items() if name != path} == {
        name: part for name, part in OBSERVED.items() if name != path
    }


@pytest.mark.parametrize(
    ("update", "spec"),
    [
        pytest.param({"delay": ""}, {"Parallelism": 4, "Delay": 0, "Order": "start-first"}, id="one suboption"),
        pytest.param({}, {"Parallelism": 1, "Delay": 0, "Order": "stop-first"}, id="all of them"),
    ],
)
def test_clearing_goes_back_to_what_the_engine_means(update, spec):
    observed = {**OBSERVED, "Update": {"Parallelism": 4, "Delay": SECOND, "Order": "start-first"}}
    planned = plan_for(observed, update=update)
    defaults = {"Parallelism": 1, "Delay": 0, "Order": "stop-first"}
    assert {**defaults, **planned.spec.get("Update", {})} == spec
    assert planned.action == "update"


def test_what_is_planned_does_not_touch_what_was_observed():
    before = {"Task": {"User": "1000"}}
    make_plan(TABLE, {"user": "0", "args": ["x"]}, before)
    assert before == {"Task": {"User": "1000"}}


def test_what_can_be_set_at_creation_only_is_reported_and_not_sent():
    planned = plan(scope="local", kind="one")
    assert planned.spec["Mode"]["Kind"] == "one"
    assert "Scope" not in planned.spec
    assert planned.fixed == (Change("scope", "swarm", "local", True), Change("kind", "many", "one", True))
    assert (planned.action, planned.diff()["after"]) == ("keep", {})


def test_with_an_empty_base_what_is_not_mentioned_goes_back_to_the_default():
    planned = plan(base={}, name="web", user="1000", count=2, kind="many")
    assert planned.spec == {"Name": "web", "Task": {"User": "1000"}, "Mode": {"Kind": "many", "Count": 2}}
    assert [change.option for change in planned.changes] == ["args", "caps", "labels", "ports"]


def test_with_an_empty_base_defaults_that_are_written_out_make_no_noise():
    observed = {
        "Name": "web",
        "Task": {"Grace": 10 * SECOND},
        "Update": {"Parallelism": 1, "Delay": 0, "Order": "stop-first"},
        "Scope": "swarm",
        "Mode": {"Kind": "many", "Count": 1},
    }
    planned = plan_for(observed, base={}, name="web")
    assert (planned.action, planned.spec) == ("keep", observed)


def test_a_creation_shows_what_is_set_and_nothing_before_it():
    planned = plan_for(None, name="web", grace="1m", count=3, labels={})
    assert planned.action == "create"
    assert planned.spec == {"Name": "web", "Task": {"Grace": 60 * SECOND}, "Mode": {"Kind": "many", "Count": 3}}
    assert planned.diff()["before"] == {"state": "absent"}
    assert planned.diff()["after"]["state"] == "present"
    assert planned.diff()["after"]["grace"] == "1m"


def test_what_is_fixed_is_taken_at_creation():
    planned = plan_for(None, scope="local")
    assert (planned.spec["Scope"], planned.fixed) == ("local", ())


def test_removal_is_a_change_only_of_what_is_there():
    assert plan_removal(OBSERVED, "service web").diff() == {
        "before": {"state": "present"},
        "after": {"state": "absent"},
        "before_header": "service web",
        "after_header": "service web",
    }
    assert not plan_removal(None).changed


@pytest.mark.parametrize(
    ("observed", "params", "shown"),
    [
        pytest.param(None, {"password": "s3cret"}, (None, "(hidden)"), id="created"),
        pytest.param({"Password": "old"}, {"password": "s3cret"}, ("(hidden)", "(changed)"), id="changed"),
        pytest.param({"Password": "old"}, {"password": ""}, ("(hidden)", "(changed)"), id="cleared"),
    ],
)
def test_a_secret_is_never_in_the_diff(observed, params, shown):
    planned = make_plan(TABLE, params, observed)
    change = next(change for change in planned.changes if change.option == "password")
    assert (change.before, change.after) == shown
    assert "s3cret" not in str(planned.diff())
    assert "old" not in str(planned.diff())


def test_a_secret_part_hides_the_list_that_it_is_in():
    table = (
        Field("users", "Users", "list", ".", elements="dict", parts=(Field("key", "Key", "str", ".", secret=True),)),
    )
    assert "s3cret" not in str(make_plan(table, {"users": [{"key": "s3cret"}]}, {"Users": [{"Key": "old"}]}).changes)


def test_a_bad_value_names_its_option():
    with pytest.raises(InvalidOption, match="^grace: 'soon' is not a duration"):
        plan(grace="soon")


def test_what_is_shown_plans_nothing():
    shown = show_all(TABLE, OBSERVED)
    assert shown["caps"] == ["CHOWN", "NET_RAW"]
    assert plan(**shown).action == "keep"


SOURCE = (Field("config", "Config", "str", "."), Field("file", "File", "str", "."))


def twice(items):
    return [{**item, "ip": item["ip"] * n} for item in items for n in (1, 2)]


def no_both(value):
    if value.get("config") and value.get("file"):
        raise InvalidOption("config and file exclude each other")
    return value


RIGHTS = (
    Field("source", "Source", "dict", ".", parts=SOURCE, atomic=True, prepare=no_both),
    Field("mode", "Mode", "str", ".", engine_default="default"),
    Field("hosts", "Hosts", "list", ".", elements="dict", parts=ADDRESS, prepare=twice),
    Field("count", "Count", "int", ".", engine_default=0),
)
RIGHTS_TABLE = (Field("rights", "Rights", "dict", ".", parts=RIGHTS),)
HELD = {"Rights": {"Source": {"Config": "", "File": "x"}, "Mode": "none", "Count": 0}, "Other": 1}


@pytest.mark.parametrize(
    ("rights", "held"),
    [
        pytest.param(
            {"source": {"config": "c"}},
            {"Source": {"Config": "c"}, "Mode": "none", "Count": 0},
            id="a dict that is one value is replaced",
        ),
        pytest.param({"source": {}}, {"Mode": "none", "Count": 0}, id="and cleared"),
        pytest.param(
            {"source": {"config": None, "file": None}}, {"Mode": "none", "Count": 0}, id="as Ansible writes it"
        ),
        pytest.param(
            {"source": {"file": "x"}, "count": 0, "mode": "none"}, HELD["Rights"], id="what is so already is kept"
        ),
        pytest.param({}, None, id="a dict of which nothing is left is gone"),
        pytest.param({"source": None, "mode": None, "hosts": None, "count": None}, None, id="however it is cleared"),
        pytest.param({"source": {}, "mode": "default"}, None, id="or part by part, with what is the default"),
        pytest.param(
            {"source": {}, "hosts": [{"ip": "1"}]},
            {"Hosts": [{"IP": "1"}, {"IP": "11"}], "Mode": "none", "Count": 0},
            id="a list is written out before it is built",
        ),
    ],
)
def test_a_dict_of_suboptions(rights, held):
    planned = make_plan(RIGHTS_TABLE, {"rights": rights}, HELD)
    assert planned.spec == ({"Rights": held, "Other": 1} if held else {"Other": 1})
    assert planned.changed == (held != HELD["Rights"])


def test_a_suboption_that_cannot_be_is_named_with_the_options_around_it():
    with pytest.raises(InvalidOption, match=r"^rights\.source: config and file exclude each other$"):
        make_plan(RIGHTS_TABLE, {"rights": {"source": {"config": "c", "file": "f"}}}, HELD)
