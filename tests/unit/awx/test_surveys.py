# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.tests.unit.awx.surveys import survey_problems

DECLARED = {
    "stack": {"type": "raw"},
    "needed": {"type": "str", "required": True},
    "flag": {"type": "bool"},
    "count": {"type": "int"},
    "level": {"type": "str", "choices": ["error", "never"]},
    "names": {"type": "list"},
    "hidden": {"type": "str", "no_log": True},
    "registry_password": {"type": "str"},
}
TEXT = {"question_name": "Stack", "type": "text", "variable": "stack", "required": False}
FLAG = {**TEXT, "type": "multiplechoice", "variable": "flag", "required": True, "choices": ["true", "false"]}
COUNT = {**TEXT, "type": "integer", "variable": "count", "required": True}


def survey(*questions, **more):
    return {"name": "deploy", "description": "", "spec": list(questions), **more}


def without(question, name):
    return {key: value for key, value in question.items() if key != name}


@pytest.mark.parametrize(
    "question",
    [
        TEXT,
        {**TEXT, "default": "", "min": None, "max": 10, "question_description": "Which"},
        {**TEXT, "type": "textarea", "default": "shop\nblog"},
        {**TEXT, "default": "shop", "min": 4, "max": 4},
        FLAG,
        {**FLAG, "default": "true", "choices": "true\nfalse\n"},
        {**COUNT, "default": 3, "min": 0, "max": 3},
        {**COUNT, "default": ""},
        {**FLAG, "variable": "level", "choices": ["error", "never"], "default": "error"},
    ],
)
def test_what_awx_takes(question):
    assert survey_problems(survey(question), DECLARED) == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param(without(survey(TEXT), "name"), "name is not a str", id="no name"),
        pytest.param(survey(TEXT, description=None), "description is not a str", id="no description"),
        pytest.param(survey(TEXT, spec={}), "spec is not a list", id="questions that are no list"),
        pytest.param(survey(), "spec has no questions", id="no questions"),
        pytest.param(survey(TEXT, title="x"), "title is no field of a survey", id="a field that is none"),
        pytest.param(
            survey(TEXT, {**TEXT, "question_name": "Again"}),
            "question 1: variable stack is asked for twice",
            id="twice",
        ),
    ],
)
def test_a_broken_survey(broken, told):
    assert told in survey_problems(broken, DECLARED)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        *[(without(TEXT, name), f"{name} is not a str") for name in ("type", "question_name", "variable")],
        (without(TEXT, "required"), "required is not a bool"),
        ({**TEXT, "required": "false"}, "required is not a bool"),
        ({**TEXT, "help": "x"}, "help is no field of a question"),
        ({**TEXT, "type": "boolean"}, "boolean is no type of a question"),
        ({**TEXT, "min": "1"}, "min is no integer"),
        ({**TEXT, "max": True}, "max is no integer"),
        ({**TEXT, "default": 3}, "default 3 does not fit type text"),
        ({**COUNT, "default": "3"}, "default '3' does not fit type integer"),
        ({**COUNT, "default": True}, "default True does not fit type integer"),
        ({**FLAG, "default": True}, "default True does not fit type multiplechoice"),
        (without(FLAG, "choices"), "there are no choices"),
        ({**FLAG, "choices": ""}, "there are no choices"),
        ({**FLAG, "choices": [True, False]}, "choice True is no text"),
        ({**FLAG, "default": "maybe"}, "default 'maybe' is none of the choices"),
        ({**FLAG, "default": "true\nfalse"}, "only one choice can be the default"),
        ({**TEXT, "choices": ["a"]}, "choices belong to a question of type multiplechoice or multiselect"),
        ({**COUNT, "min": 3, "max": 2}, "min is larger than max"),
        ({**COUNT, "default": 1, "min": 2}, "default is below min 2"),
        ({**COUNT, "default": 9, "max": 8}, "default is above max 8"),
        ({**TEXT, "default": "shop", "max": 3}, "default is above max 3"),
        ({**TEXT, "variable": "stak"}, "the playbook reads no variable stak"),
        ({**TEXT, "variable": "hidden"}, "hidden is a secret, which belongs into a credential"),
        (
            {**TEXT, "variable": "registry_password", "type": "password"},
            "registry_password is a secret, which belongs into a credential",
        ),
        ({**TEXT, "variable": "names"}, "an answer of type text is nothing for names, which is of type list"),
        ({**TEXT, "variable": "flag"}, "an answer of type text is nothing for flag, which is of type bool"),
        ({**TEXT, "variable": "count"}, "an answer of type text is nothing for count, which is of type int"),
        ({**TEXT, "variable": "needed"}, "needed can be left out, and the playbook needs it"),
        ({**FLAG, "choices": ["yes", "false"]}, "flag cannot be yes"),
        ({**FLAG, "required": False}, "flag cannot be empty, so an answer must be required"),
        ({**FLAG, "variable": "level", "choices": ["error", "warning"]}, "level cannot be warning"),
    ],
)
def test_a_broken_question(question, told):
    assert f"question 0: {told}" in survey_problems(survey(question), DECLARED)
