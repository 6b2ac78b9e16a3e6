# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to surveys, as AWX takes them and makes extra variables of them."""

from __future__ import annotations

TYPES = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": list,
    "integer": int,
    "float": (int, float),
}


def questions(template: dict) -> dict:
    """The questions of a job template's survey by their variables."""
    spec = template["survey_spec"]["spec"] if template.get("survey_enabled") else []
    return {question["variable"]: question for question in spec}


def wrong(question: dict, answer) -> str:
    """Why AWX refuses an answer; empty if it takes it."""
    if not isinstance(answer, TYPES[question["type"]]) or isinstance(answer, bool):
        return f"{answer!r} is not of type {question['type']}"
    chosen = answer if isinstance(answer, list) else [answer]
    choices = question.get("choices") or ""
    choices = choices if isinstance(choices, list) else choices.splitlines()
    if question["type"] in ("multiplechoice", "multiselect") and set(chosen) - set(choices):
        return f"{answer!r} is not among {choices}"
    if question["type"] in ("text", "textarea", "password", "integer", "float"):
        size = len(answer) if isinstance(answer, str) else answer
        least, most = question.get("min"), question.get("max")
        # Text that nobody must enter may be empty whatever its least length is.
        if least is not None and size < least and (answer != "" or question["required"]):
            return f"{answer!r} is less than {least}"
        if most is not None and size > most:
            return f"{answer!r} is more than {most}"
    return ""


def extra_vars(template: dict, answers: dict, given: dict | None = None) -> dict:
    """Extra variables of a job whose survey is answered so; what is not answered has its default, if AWX takes that.

    A workflow gives variables that no survey has to ask for.
    """
    asked = questions(template)
    assert not set(answers) - set(asked), f"the survey asks for {sorted(asked)}"
    refused = {name: wrong(asked[name], value) for name, value in answers.items()}
    assert not any(refused.values()), refused
    defaults = {name: question.get("default") for name, question in asked.items()}
    taken = {name: value for name, value in defaults.items() if value is not None and not wrong(asked[name], value)}
    told = {**template.get("extra_vars", {}), **taken, **(given or {}), **answers}
    missing = [name for name, question in asked.items() if question["required"] and name not in told]
    assert not missing, f"not answered: {missing}"
    return told
