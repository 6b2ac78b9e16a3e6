# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX refuses of a survey, and what the playbook behind it could do nothing with."""

from __future__ import annotations

import re

# The type that AWX wants a default to have. An answer to a multiselect is a list, its default a text.
TYPES = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": (str, list),
    "integer": int,
    "float": (float, int),
}
TOP = {"name": str, "description": str, "spec": list}
QUESTION = {"type": str, "question_name": str, "variable": str, "required": bool}
FIELDS = {*QUESTION, "question_description", "default", "choices", "min", "max"}
CHOICES = ("multiplechoice", "multiselect")
SECRET = re.compile("password|passphrase|token|secret|unlock|(^|_)key")
# Questions whose answers a role can use as an option of this type.
ANSWERS = {
    "str": ("text", "textarea", "password", "multiplechoice"),
    "raw": ("text", "textarea", "password", "multiplechoice", "integer"),
    "path": ("text",),
    "bool": ("multiplechoice",),
    "int": ("integer",),
    "float": ("float", "integer"),
}


def survey_problems(survey: dict, declared: dict) -> list:
    """What is wrong with a survey, each as a sentence. ``declared`` are options of roles by name of the variable."""
    told = [f"{name} is not a {kind.__name__}" for name, kind in TOP.items() if not isinstance(survey.get(name), kind)]
    if told:
        return told
    told = [f"{name} is no field of a survey" for name in survey if name not in TOP]
    told += [] if survey["spec"] else ["spec has no questions"]
    seen: set = set()
    for place, question in enumerate(survey["spec"]):
        found = question_problems(question) or variable_problems(question, declared)
        if question.get("variable") in seen:
            found.append(f"variable {question['variable']} is asked for twice")
        seen.add(question.get("variable"))
        told += [f"question {place}: {text}" for text in found]
    return told


def question_problems(question: dict) -> list:
    """What AWX has against one question."""
    told = [
        f"{name} is not a {kind.__name__}"
        for name, kind in QUESTION.items()
        if not isinstance(question.get(name), kind)
    ]
    if told:
        return told
    told = [f"{name} is no field of a question" for name in question if name not in FIELDS]
    if question["type"] not in TYPES:
        return [*told, f"{question['type']} is no type of a question"]
    for name in ("min", "max"):
        given = question.get(name)
        if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
            told.append(f"{name} is no integer")
    return told or default_problems(question) or [*choice_problems(question), *limit_problems(question)]


def default_problems(question: dict) -> list:
    """A default of another type than the question."""
    default, kind = question.get("default", ""), TYPES[question["type"]]
    wrong = isinstance(default, bool) or not isinstance(default, kind)
    return [f"default {default!r} does not fit type {question['type']}"] if wrong and default != "" else []


def choice_problems(question: dict) -> list:
    """Choices that are missing or too many, or a default that is none of them."""
    if question["type"] not in CHOICES:
        return ["choices belong to a question of type multiplechoice or multiselect"] if "choices" in question else []
    choices, defaults = lines_of(question.get("choices")), lines_of(question.get("default"))
    told = [] if choices else ["there are no choices"]
    told += [f"choice {one!r} is no text" for one in choices if not isinstance(one, str)]
    told += [f"default {one!r} is none of the choices" for one in defaults if one not in choices]
    if question["type"] == "multiplechoice" and len(defaults) > 1:
        told.append("only one choice can be the default")
    return told


def lines_of(value) -> list:
    """Choices from a list, or from a text with one a line."""
    return [line for line in value.splitlines() if line.strip()] if isinstance(value, str) else list(value or ())


def limit_problems(question: dict) -> list:
    """A default that AWX would refuse as an answer."""
    low, high, default = question.get("min"), question.get("max"), question.get("default", "")
    if low is not None and high is not None and low > high:
        return ["min is larger than max"]
    if default == "" or question["type"] in CHOICES:
        return []
    size = len(default) if isinstance(default, str) else default
    told = [f"default is below min {low}"] if low is not None and size < low else []
    return told + ([f"default is above max {high}"] if high is not None and size > high else [])


def variable_problems(question: dict, declared: dict) -> list:
    """An answer that the playbook does not read or cannot use, or that must not be seen."""
    name, kind = question["variable"], question["type"]
    if name not in declared:
        return [f"the playbook reads no variable {name}"]
    option = declared[name]
    told = []
    if option.get("no_log") or SECRET.search(name) or kind == "password":
        told.append(f"{name} is a secret, which belongs into a credential")
    wanted = option.get("type", "str")
    if kind not in ANSWERS.get(wanted, ()):
        told.append(f"an answer of type {kind} is nothing for {name}, which is of type {wanted}")
    if option.get("required") and not question["required"]:
        told.append(f"{name} can be left out, and the playbook needs it")
    allowed = ["true", "false"] if wanted == "bool" else [str(one) for one in option.get("choices") or ()]
    if kind in CHOICES and allowed:
        told += [f"{name} cannot be {one}" for one in lines_of(question["choices"]) if one not in allowed]
    if allowed and not question["required"]:
        told.append(f"{name} cannot be empty, so an answer must be required")
    return told
