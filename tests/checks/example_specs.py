# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules and roles take: calls and variables of examples are held against their own argument specs."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from unittest import mock

import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from sources import ROOT, sources

sys.path.insert(0, str(ROOT / ".collections"))
COLLECTION = "ansible_collections.flotilla.swarm.plugins"
VALID_SPEC = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
SAMPLES = {"int": 1, "float": 1.0, "bool": True, "list": [], "path": "/x", "json": "{}", "bits": 1, "bytes": 1}
# Variables whose elements have the options of a module, or which have them themselves.
ELEMENTS = {
    "swarm_services": "service",
    "swarm_networks": "network",
    "swarm_secrets": "secret",
    "swarm_configs": "config",
    "swarm_stacks": "stack",
    "swarm_publish": "image",
    "swarm_cluster_settings": "cluster",
}


class Made(Exception):
    """A module has got as far as its argument spec."""


def note(self, argument_spec, **rules):
    """Stand in for the constructor of AnsibleModule."""
    raise Made(argument_spec, {name: rule for name, rule in rules.items() if name in VALID_SPEC})


@cache
def spec_of_module(name: str) -> tuple[dict, dict]:
    """Return the argument spec of a module and its rules about several options."""
    module = importlib.import_module(f"{COLLECTION}.modules.{name}")
    with mock.patch.object(AnsibleModule, "__init__", note):
        try:
            module.main()
        except Made as made:
            return made.args
    raise AssertionError(f"module {name} makes no AnsibleModule")


def names(pattern: str) -> set[str]:
    """Return the names of the plugins, playbooks or the like that match a pattern."""
    return {path.stem for path in sources(f":(glob){pattern}")} - {"__init__"}


@cache
def members() -> dict[str, set[str]]:
    """Return all that the collection has, by kind as ansible-doc names it."""
    return {
        "module": names("plugins/modules/*.py"),
        "filter": names("plugins/filter/*.yml"),
        "lookup": names("plugins/lookup/*.py"),
        "inventory": names("plugins/inventory/*.py"),
        "connection": names("plugins/connection/*.py"),
        "callback": names("plugins/callback/*.py"),
        "role": {path.parts[1] for path in sources("roles/*/meta/argument_specs.yml")},
        "playbook": names("playbooks/*.yml"),
        "group": set(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]),
    }


@cache
def variables() -> dict[str, list[dict]]:
    """Return the specs of every variable that a role declares, one for each entry point that does so."""
    found: dict[str, list[dict]] = {}
    for path in sources(":(glob)roles/*/meta/argument_specs.yml"):
        specs = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["argument_specs"]
        for entry in specs.values():
            for name, option in (entry.get("options") or {}).items():
                found.setdefault(name, []).append(option)
    return found


@cache
def words_of_sources() -> set[str]:
    """Return all words of playbooks, roles and plugins, and of what AWX gets. What they set is among them."""
    found: set[str] = set()
    for path in sources(
        ":(glob)playbooks/*.yml", ":(glob)roles/**/*.yml", ":(glob)plugins/**/*.py", ":(glob)awx/**/*.yml"
    ):
        found.update(re.findall(r"\w+", (ROOT / path).read_text(encoding="utf-8")))
    return found


def problems_of_call(name: str, arguments, defaults: bool = False) -> Iterator[str]:
    """Yield what a module would not take; of ``defaults`` no option is required."""
    if name in members()["playbook"] | members()["role"] and name not in members()["module"]:
        return
    if name not in members()["module"]:
        yield f"there is no module flotilla.swarm.{name}"
    elif not isinstance(arguments, (dict, type(None))):
        yield f"flotilla.swarm.{name} takes options, not {arguments!r}"
    else:
        spec, rules = spec_of_module(name)
        if defaults:
            spec, rules = {option: {**what, "required": False} for option, what in spec.items()}, {}
        for message in refusals(spec, rules, arguments or {}):
            yield f"flotilla.swarm.{name}: {message}"


def problems_of_variable(name: str, value) -> Iterator[str]:
    """Yield what is wrong with a variable of a role: its name, its type, or what is in it."""
    declared = variables().get(name)
    if not declared:
        if name not in words_of_sources():
            yield f"no role declares the variable {name}"
        return
    if name == "swarm_stacks" and isinstance(value, list):
        tests = [test for stack in value if isinstance(stack, dict) for test in stack.get("smoke_tests", [])]
        yield from problems_of_variable("swarm_smoke_tests", tests)
        value = [without(stack, "smoke_tests") for stack in value]
    for option in declared:
        yield from refusals({name: {**option, "required": False}}, {}, {name: value})
    if name in ELEMENTS:
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict):
                yield from (f"{name}: {problem}" for problem in problems_of_call(ELEMENTS[name], element))


def problems_of_templates(text: str) -> Iterator[str]:
    """Yield filters and lookups of the collection that are not there."""
    for kind, before in (("filter", r"\|\s*"), ("lookup", r"(?:lookup|query)\(\s*['\"]")):
        for name in re.findall(rf"{before}flotilla\.swarm\.(\w+)", text):
            if name not in members()[kind]:
                yield f"there is no {kind} flotilla.swarm.{name}"


def without(value, key: str):
    """Return a dict without a key, and anything else as it is."""
    return {name: part for name, part in value.items() if name != key} if isinstance(value, dict) else value


def refusals(spec: dict, rules: dict, given: dict) -> list[str]:
    """Return what Ansible says against these options. Templates count as anything that the option takes."""
    messages = ArgumentSpecValidator(spec, **rules).validate(filled_in(given, spec)).error_messages
    return [
        re.sub(r"^(.*)\. Supported parameters include: .*", r"there is no option \1", message) for message in messages
    ]


def filled_in(given: dict, options: dict) -> dict:
    """Return options with values in place of templates."""
    by_name = {alias: option for name, option in options.items() for alias in [name, *(option.get("aliases") or [])]}
    return {name: literal(value, by_name.get(name, {})) for name, value in given.items()}


def literal(value, option: dict):
    """Return a value without templates, such as the option takes."""
    parts = option.get("options") or {}
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        return sample(option)
    if isinstance(value, dict):
        return filled_in(value, parts)
    if isinstance(value, list):
        element = {**option, "type": option.get("elements", "raw")}
        return [literal(item, element) for item in value]
    return value


def sample(option: dict):
    """Return something that an option takes."""
    if option.get("choices"):
        one = option["choices"][0]
        return [one] if option.get("type") == "list" else one
    if option.get("type") == "dict":
        needed = {name: part for name, part in (option.get("options") or {}).items() if part.get("required")}
        return {name: sample(part) for name, part in needed.items()}
    return SAMPLES.get(option.get("type"), "x")
