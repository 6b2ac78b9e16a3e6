# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.tests.unit.awx.rules import (
    LAUNCH,
    credential_problems,
    schedule_problems,
    template_problems,
    workflow_problems,
)

QUESTION = {"question_name": "Stack", "type": "text", "variable": "stack", "required": False}
SURVEY = {"name": "deploy", "description": "", "spec": [QUESTION]}
TEMPLATE = {
    "name": "deploy",
    "description": "",
    "playbook": "awx/deploy.yml",
    "job_type": "run",
    "become_enabled": True,
    **dict.fromkeys(LAUNCH, True),
    "survey_enabled": True,
    "survey_spec": SURVEY,
}
MUST = {
    **TEMPLATE,
    "name": "scale",
    "survey_spec": {**SURVEY, "spec": [{**QUESTION, "variable": "scale", "required": True}]},
}
TEMPLATES = {"deploy": TEMPLATE, "scale": MUST}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"name": None}, ["name is not a str"]),
        ({"become_enabled": "yes"}, ["become_enabled is not a bool"]),
        ({"credential": "x"}, ["credential is no field"]),
        ({"ask_job_type_on_launch": False}, ["ask_job_type_on_launch is not set"]),
        ({"ask_diff_mode_on_launch": "true"}, ["ask_diff_mode_on_launch is not set"]),
        ({"job_type": "scan"}, ["job_type is neither run nor check"]),
        ({"playbook": "deploy.yml"}, ["there is no playbook deploy.yml"]),
        ({"survey_enabled": False}, ["there is no survey, or it is not enabled"]),
        ({"survey_spec": {}}, ["there is no survey, or it is not enabled"]),
        ({"job_slice_count": 2}, ["hosts of a swarm cannot be sliced over several jobs"]),
    ],
)
def test_a_template(change, told):
    assert template_problems({**TEMPLATE, **change}, ["awx/deploy.yml"]) == told


def workflow(*nodes, asked=("stack",)):
    spec = [{**QUESTION, "variable": name} for name in asked]
    return {"name": "w", "description": "", "survey_spec": {"spec": spec}, "simplified_workflow_nodes": list(nodes)}


def node(name="first", template="deploy", **links):
    return {"identifier": name, "unified_job_template": template, **links}


@pytest.mark.parametrize(
    ("built", "told"),
    [
        (workflow(node(success_nodes=["second"]), node("second")), []),
        (workflow(node(template="scale"), asked=["scale"]), []),
        (workflow(asked=[]), ["there are no nodes"]),
        (workflow(node(), node()), ["node first is there twice"]),
        (workflow(node(template="gone"), node("b")), ["node first names template gone, which is not there"]),
        (workflow(node(failure_nodes=["third"])), ["node first leads to third, which is not there"]),
        (workflow(node(failure_nodes=["b"], always_nodes=["b"]), node("b")), ["node first leads to b twice"]),
        (workflow(node(success_nodes=["b"]), node("b", success_nodes=["first"])), ["the nodes go in a circle"]),
        (workflow(node(success_nodes=["first"])), ["the nodes go in a circle"]),
        (workflow(node(template="scale"), asked=[]), ["node first must be told scale, and nobody is asked for it"]),
        (workflow(node(), asked=["stack", "tag"]), ["no node listens to tag"]),
    ],
)
def test_a_workflow(built, told):
    assert workflow_problems(built, TEMPLATES) == told


FIELD = {"id": "password", "label": "Password", "type": "string", "secret": True}


def credential(*fields, kind="cloud", required=(), **injectors):
    inputs = {"fields": list(fields), "required": list(required)}
    return {"name": "c", "description": "", "kind": kind, "inputs": inputs, "injectors": injectors}


@pytest.mark.parametrize(
    ("built", "told"),
    [
        (credential(FIELD, required=["password"], extra_vars={"all": [{"password": "{{ password }}"}]}), ""),
        (credential(FIELD, env={"PASSWORD": "{{ password | default('') }}"}), ""),
        (credential(kind="ssh"), "kind is neither cloud nor net"),
        (credential(FIELD, FIELD), "field password is there twice"),
        (credential(FIELD, required=["user"]), "user is required, and is no field"),
        (credential({**FIELD, "id": "pass-word"}), "pass-word is no name of a field"),
        (credential({**FIELD, "id": "tower"}), "tower is no name of a field"),
        (credential({**FIELD, "label": None}), "field password has no label"),
        (credential({**FIELD, "hint": "x"}), "hint is nothing that field password can have"),
        (credential({**FIELD, "type": "integer"}), "field password is neither string nor boolean"),
        (credential({**FIELD, "type": "boolean"}), "secret of field password is for strings"),
        (credential({**FIELD, "default": "x"}), "field password is a secret with a default"),
        (credential(FIELD, vars={}), "vars is no injector"),
        (credential(FIELD, env={"ANSIBLE_CONFIG": "x"}), "env cannot set ANSIBLE_CONFIG"),
        (credential(FIELD, env={"A": ["x"]}), "env has A, which is no text"),
        (credential(FIELD, extra_vars={"a-b": "x"}), "extra_vars has a-b, which is no name"),
        (
            credential(FIELD, extra_vars={"a": "{{ pasword }}"}),
            "{{ pasword }} cannot be made out: 'pasword' is undefined",
        ),
        (credential(FIELD, extra_vars={"a": ["{{ password"]}), "{{ password cannot be made out"),
    ],
)
def test_a_credential_type(built, told):
    found = credential_problems(built)
    assert (not found) if not told else any(told in text for text in found)


RULE = "DTSTART;TZID=UTC:20260101T001500 RRULE:FREQ=HOURLY;INTERVAL=6"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RULE, []),
        ("DTSTART:20260101T001500Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=7", []),
        ("RRULE:FREQ=DAILY;INTERVAL=1", ["there must be one DTSTART"]),
        (
            "DTSTART:20260101T001500Z DTSTART:20260101T001500Z RRULE:FREQ=DAILY;INTERVAL=1",
            ["there must be one DTSTART"],
        ),
        ("DTSTART:20260101T001500 RRULE:FREQ=DAILY;INTERVAL=1", ["DTSTART:20260101T001500 is no time"]),
        ("DTSTART:20260101T001500Z", ["there is no RRULE"]),
        ("DTSTART:20260101T001500Z RRULE:FREQ=DAILY", ["INTERVAL is missing"]),
        (RULE.replace("HOURLY", "SECONDLY"), ["FREQ is not one of MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY"]),
        (f"{RULE};COUNT=5;UNTIL=20270101T000000Z", ["there are both COUNT and UNTIL"]),
        (f"{RULE};COUNT=1000", ["COUNT is above 999"]),
        (f"{RULE};BYDAY=5MO", ["BYDAY has a number"]),
        (f"{RULE} EXDATE:20260101", ["there are dates by themselves"]),
    ],
)
def test_a_rule_of_recurrence(rule, told):
    assert schedule_problems({"name": "s", "unified_job_template": "deploy", "rrule": rule}, TEMPLATES) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rrule": None}, ["rrule is not a str"]),
        ({"unified_job_template": "gone"}, ["there is no template gone"]),
        ({"unified_job_template": "scale"}, ["nobody is there to answer scale"]),
        ({"unified_job_template": "scale", "extra_data": {"scale": "web=3"}}, []),
    ],
)
def test_a_schedule(change, told):
    assert (
        schedule_problems({"name": "s", "unified_job_template": "deploy", "rrule": RULE, **change}, TEMPLATES) == told
    )
