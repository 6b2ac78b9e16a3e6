# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold for any valid parameters of a service, and for any value at all."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import argument_spec, options, show_all
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan
from ansible_collections.flotilla.swarm.plugins.module_utils.core.values import same
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SPEC
from ansible_collections.flotilla.swarm.plugins.module_utils.service.resolve import complete
from ansible_collections.flotilla.swarm.tests.unit.plugins.module_utils.service import strategies

settings.register_profile(
    "table", deadline=None, max_examples=50, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("table")

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
OF_TYPE = {
    "str": st.text(),
    "path": st.text(),
    "json": st.text() | ANY.map(json.dumps),
    "int": st.integers(),
    "float": st.floats(),
    "bool": st.booleans(),
    "dict": st.dictionaries(st.text(max_size=4), ANY),
    "raw": ANY,
}

VALIDATOR = ArgumentSpecValidator(argument_spec(SPEC))


def planned(params, observed):
    """The plan of parameters as Ansible hands them to the module."""
    checked = VALIDATOR.validate(params)
    assert not checked.error_messages, checked.error_messages
    named = {"name": "web", "image": "flotilla/web:1", **checked.validated_parameters}
    named["image"] = named["image"] or "flotilla/web:1"
    return make_plan(SPEC, complete(named, observed, {}), observed)


def stored(plan):
    """A spec after its way to the Engine and back."""
    return json.loads(json.dumps(plan.spec))


def leaves(attribute, table=SPEC, prefix=""):
    """Every field, suboptions included, that turns values into others."""
    found = []
    for field in options(table):
        if getattr(field, attribute) is not same:
            found.append(pytest.param(field, id=prefix + field.option))
        found += leaves(attribute, field.parts, f"{prefix}{field.option}.")
    return found


def test_every_option_has_values():
    assert {field.option for field in options(SPEC)} == set(strategies.SPEC) | strategies.ELSEWHERE


@given(strategies.parameters())
def test_what_was_planned_once_is_not_planned_again(params):
    once = stored(planned(params, None))
    assert planned(params, once).changes == ()
    assert make_plan(SPEC, {}, once).spec == once


@given(strategies.parameters(), strategies.parameters())
def test_what_was_changed_once_is_not_changed_again(first, second):
    once = stored(planned(second, stored(planned(first, None))))
    assert planned(second, once).changes == ()


@given(strategies.parameters())
def test_what_is_shown_of_a_service_is_what_it_takes_to_get_it(params):
    once = stored(planned(params, None))
    assert planned(show_all(SPEC, once), once).changes == ()
    assert show_all(SPEC, stored(planned(show_all(SPEC, once), None))) == show_all(SPEC, once)


@pytest.mark.parametrize("field", leaves("canonical"))
@given(value=ANY)
def test_what_is_shown_is_shown_for_any_value_and_once_for_all(field, value):
    shown = field.canonical(value)
    assert repr(field.canonical(shown)) == repr(shown)


@pytest.mark.parametrize("field", leaves("encode"))
@given(data=st.data())
def test_a_value_becomes_json_or_is_an_invalid_option(field, data):
    values = OF_TYPE[field.elements or field.type]
    value = data.draw(st.lists(values, max_size=3) if field.type == "list" else values)
    try:
        encoded = field.to_engine(value)
    except InvalidOption as exc:
        encoded = str(exc).removeprefix(f"{field.option}: ")
        assert encoded != str(exc)  # noqa: PT017
    json.dumps(encoded)
