# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX refuses of templates, workflows, credential types and schedules."""

from __future__ import annotations

import re

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAME = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
ASKED = ("credential", "diff_mode", "inventory", "job_type", "limit", "variables", "verbosity")
LAUNCH = {f"ask_{one}_on_launch" for one in ASKED}
TEMPLATE = {"name": str, "description": str, "playbook": str, "job_type": str, "become_enabled": bool}
TEMPLATE_MORE = {"survey_enabled", "survey_spec", "allow_simultaneous", "timeout", "forks", "job_slice_count", *LAUNCH}
LINKS = ("success_nodes", "failure_nodes", "always_nodes")
FREQUENCIES = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FIELD = {"id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "ask_at_runtime", "default"}
ONLY_TEXT = ("choices", "multiline", "format", "secret")


def missing(value: dict, fields: dict) -> list:
    """Fields that are not there, or of another type."""
    return [
        f"{name} is not a {kind.__name__}" for name, kind in fields.items() if not isinstance(value.get(name), kind)
    ]


def template_problems(template: dict, playbooks: list) -> list:
    """What is wrong with a job template; ``playbooks`` are those that AWX finds in the project."""
    told = missing(template, TEMPLATE)
    if told:
        return told
    told = [f"{name} is no field" for name in template if name not in (*TEMPLATE, *TEMPLATE_MORE)]
    told += [f"{name} is not set" for name in sorted(LAUNCH) if template.get(name) is not True]
    if template["job_type"] not in ("run", "check"):
        told.append("job_type is neither run nor check")
    if template["playbook"] not in playbooks:
        told.append(f"there is no playbook {template['playbook']}")
    if not (template.get("survey_enabled") and template.get("survey_spec")):
        told.append("there is no survey, or it is not enabled")
    if template.get("job_slice_count", 1) != 1:
        told.append("hosts of a swarm cannot be sliced over several jobs")
    return told


def workflow_problems(workflow: dict, templates: dict) -> list:
    """What is wrong with a workflow; ``templates`` are job templates by name."""
    nodes = workflow.get("simplified_workflow_nodes") or []
    names = [node.get("identifier") for node in nodes]
    told = missing(workflow, {"name": str, "description": str})
    told += [] if nodes else ["there are no nodes"]
    told += [f"node {name} is there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    asked = {question["variable"] for question in (workflow.get("survey_spec") or {}).get("spec") or ()}
    heard: set = set()
    for node in nodes:
        template = templates.get(node.get("unified_job_template"))
        told += link_problems(node, names)
        if template is None:
            told.append(
                f"node {node.get('identifier')} names template {node.get('unified_job_template')}, which is not there"
            )
            continue
        for question in template["survey_spec"]["spec"]:
            heard.add(question["variable"])
            if question["required"] and "default" not in question and question["variable"] not in asked:
                told.append(
                    f"node {node['identifier']} must be told {question['variable']}, and nobody is asked for it"
                )
    told += [f"no node listens to {name}" for name in sorted(asked - heard)]
    return told if told or not in_circle(nodes) else ["the nodes go in a circle"]


def link_problems(node: dict, names: list) -> list:
    """Links to nodes that are not there, or two to the same node."""
    links = [name for kind in LINKS for name in node.get(kind) or ()]
    told = [f"node {node.get('identifier')} leads to {name}, which is not there" for name in links if name not in names]
    return told + [
        f"node {node.get('identifier')} leads to {name} twice" for name in dict.fromkeys(links) if links.count(name) > 1
    ]


def in_circle(nodes: list) -> bool:
    """Whether nodes lead back to where they began."""
    left = {node["identifier"]: {name for kind in LINKS for name in node.get(kind) or ()} for node in nodes}
    while left:
        ends = {name for name, links in left.items() if not links & set(left)}
        if not ends:
            return True
        left = {name: links for name, links in left.items() if name not in ends}
    return False


def credential_problems(kind: dict) -> list:
    """What is wrong with a credential type."""
    told = missing(kind, {"name": str, "description": str, "inputs": dict, "injectors": dict})
    if told:
        return told
    told = [] if kind.get("kind") in ("cloud", "net") else ["kind is neither cloud nor net"]
    fields = kind["inputs"].get("fields") or []
    ids = [field.get("id") for field in fields]
    told += [f"{name} is nothing that inputs have" for name in kind["inputs"] if name not in ("fields", "required")]
    told += [f"field {name} is there twice" for name in dict.fromkeys(ids) if ids.count(name) > 1]
    told += [f"{name} is required, and is no field" for name in kind["inputs"].get("required") or () if name not in ids]
    told += [text for field in fields for text in field_problems(field)]
    return told + injector_problems(kind["injectors"], ids)


def field_problems(field: dict) -> list:
    """What is wrong with one input."""
    name, kind = field.get("id"), field.get("type", "string")
    told = (
        [] if isinstance(name, str) and NAME.fullmatch(name) and name != "tower" else [f"{name} is no name of a field"]
    )
    told += [] if isinstance(field.get("label"), str) else [f"field {name} has no label"]
    told += [f"{one} is nothing that field {name} can have" for one in field if one not in FIELD]
    told += [] if kind in ("string", "boolean") else [f"field {name} is neither string nor boolean"]
    told += [f"{one} of field {name} is for strings" for one in ONLY_TEXT if one in field and kind != "string"]
    return told + ([f"field {name} is a secret with a default"] if field.get("secret") and "default" in field else [])


def injector_problems(injectors: dict, ids: list) -> list:
    """What is wrong with what a credential gives to a job."""
    told = [f"{name} is no injector" for name in injectors if name not in ("env", "extra_vars", "file")]
    for kind in ("env", "extra_vars"):
        told += [
            f"{kind} has {name}, which is no name" for name in injectors.get(kind) or {} if not NAME.fullmatch(name)
        ]
    for name, value in (injectors.get("env") or {}).items():
        told += [f"env cannot set {name}"] if name.startswith("ANSIBLE_") else []
        told += [] if isinstance(value, str) else [f"env has {name}, which is no text"]
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for text in texts_of(injectors):
        try:
            jinja.from_string(text).render(dict.fromkeys(ids, "EXAMPLE"))
        except TemplateError as exc:
            told.append(f"{text} cannot be made out: {exc}")
    return told


def texts_of(value) -> list:
    """All texts in a structure; AWX takes anything else for no template."""
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in texts_of(one)] if isinstance(value, list) else [value]


def schedule_problems(schedule: dict, templates: dict) -> list:
    """What is wrong with a schedule; ``templates`` are job templates by name."""
    told = missing(schedule, {"name": str, "unified_job_template": str, "rrule": str})
    if told:
        return told
    if schedule["unified_job_template"] not in templates:
        told.append(f"there is no template {schedule['unified_job_template']}")
    else:
        survey = templates[schedule["unified_job_template"]]["survey_spec"]["spec"]
        given = schedule.get("extra_data") or {}
        told += [
            f"nobody is there to answer {question['variable']}"
            for question in survey
            if question["required"] and "default" not in question and question["variable"] not in given
        ]
    return told + rule_problems(schedule["rrule"])


def rule_problems(rule: str) -> list:
    """What AWX has against a recurrence rule."""
    starts, rules = re.findall(r"DTSTART[^ ]*", rule), re.findall(r"(?:^| )RRULE:([^ ]*)", rule)
    told = [] if len(starts) == 1 else ["there must be one DTSTART"]
    told += [
        f"{one} is no time"
        for one in starts
        if not re.fullmatch(r"DTSTART(;TZID=[\w/+-]+:\d{8}T\d{6}|:\d{8}T\d{6}Z)", one)
    ]
    told += [] if rules else ["there is no RRULE"]
    for one in rules:
        parts = dict(part.partition("=")[::2] for part in one.split(";"))
        told += [] if parts.get("FREQ") in FREQUENCIES else [f"FREQ is not one of {', '.join(FREQUENCIES)}"]
        told += [] if str(parts.get("INTERVAL")).isdigit() else ["INTERVAL is missing"]
        told += ["there are both COUNT and UNTIL"] if {"COUNT", "UNTIL"} <= set(parts) else []
        told += ["COUNT is above 999"] if int(parts.get("COUNT", 0)) > 999 else []
        told += ["BYDAY has a number"] if re.match(r"[+-]?\d", parts.get("BYDAY", "")) else []
    return told + (["there are dates by themselves"] if re.search("EXDATE|RDATE", rule) else [])
