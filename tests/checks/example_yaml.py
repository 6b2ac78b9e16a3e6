# SPDX-License-Identifier: GPL-3.0-or-later
"""What an example in YAML is, and what it calls and sets."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from jinja2 import Environment, TemplateSyntaxError

NAME = re.compile(r"[a-z_]\w*\.[a-z_]\w*\.[a-z_]\w*")
ROLE_PREFIXES = (
    "swarm_", "engine_", "firewall_", "preflight_", "registry_login_", "image_distribute_", "publish_", "load_balancer_"
)  # fmt: skip
INVENTORY = {"hosts", "children", "vars"}
PLAY_KEYWORDS = {"module_defaults", "environment", "roles", "tasks", "vars", "pre_tasks", "post_tasks", "handlers"}
CONDITIONS = {"when", "that", "until", "failed_when", "changed_when", "break_when"}
TAKES_VARIABLES = {"ansible.builtin.set_fact"}
# Kinds whose strings may be templates.
TEMPLATED = ("playbook", "tasks", "part of a play", "variables", "inventory")
PLAY = "- name: Example\n  hosts: all\n  gather_facts: false\n"


class Mapping(dict):
    """A mapping that knows its line, the first of a text being 0."""

    line = 0


class Loader(yaml.SafeLoader):
    """YAML as Ansible reads it: tags such as !vault are taken as they come, and a key that comes twice is an error."""

    def construct_lined(self, node):
        data = Mapping()
        data.line = node.start_mark.line
        yield data
        data.update(self.construct_mapping(node))

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} comes twice", node.start_mark)
        return super().construct_mapping(node, deep)


def any_tag(loader, suffix, node):
    """Return what stands behind a tag that YAML itself does not know."""
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    return kinds.get(type(node), loader.construct_mapping)(node)


Loader.add_multi_constructor("!", any_tag)
Loader.add_constructor("tag:yaml.org,2002:map", Loader.construct_lined)


@dataclass(frozen=True)
class Call:
    """A module of the collection and its arguments, which may be defaults for others."""

    line: int
    module: str
    arguments: object
    defaults: bool = False


@dataclass(frozen=True)
class Variable:
    """A variable of a role and its value."""

    line: int
    name: str
    value: object


def split(text: str) -> Iterator[tuple[int, str]]:
    """Yield the documents of a text, each with the number of the line that it begins with."""
    first, lines = 0, text.splitlines(keepends=True)
    for number, line in enumerate([*lines, "---\n"]):
        if re.match(r"---(\s|$)", line):
            if any(part.strip() and not part.startswith("#") for part in lines[first:number]):
                yield first, "".join(lines[first:number])
            first = number + 1


def kind_of(data) -> str:
    """Return what the data of an example is."""
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        if all("hosts" in item or "import_playbook" in short_names(item) for item in data):
            return "playbook"
        if any(is_task(item) for item in data):
            return "tasks"
    return kind_of_mapping(data) if isinstance(data, dict) else "other data"


def kind_of_mapping(data: dict) -> str:
    """Return what a mapping is."""
    values = list(data.values())
    services = data.get("services")
    if isinstance(services, dict) and all(
        isinstance(one, dict) and not NAME.match(str(one)) for one in services.values()
    ):
        return "Compose file"
    if "plugin" in data:
        return "inventory of another plugin"
    if all(
        isinstance(value, dict) and set(value) <= INVENTORY and value for value in values if value is not None
    ) and any(values):
        return "inventory"
    if any(str(key).startswith(ROLE_PREFIXES) for key in data):
        return "variables"
    if set(data) & PLAY_KEYWORDS:
        return "part of a play"
    if isinstance(data.get("collections"), list):
        return "requirements"
    return "part of a task" if is_task(data) else "other data"


def short_names(item: dict) -> set[str]:
    """Return the last part of each key."""
    return {str(key).rpartition(".")[2] for key in item}


def is_task(item: dict) -> bool:
    """Whether this is a task or a block of tasks."""
    return "block" in item or any(NAME.fullmatch(str(key)) for key in item)


def as_playbook(kind: str, text: str) -> str | None:
    """Return the playbook that an example is, or is a part of; None if it is neither."""
    if kind == "playbook":
        return text
    if kind == "tasks":
        return f"{PLAY}  tasks:\n{textwrap.indent(text, '    ')}"
    if kind == "part of a task":
        first, *rest = textwrap.indent(text, "      ").splitlines(keepends=True)
        return f"{PLAY}  tasks:\n    - name: Example\n{first}{''.join(rest)}"
    return f"{PLAY}{textwrap.indent(text, '  ')}" if kind == "part of a play" else None


def uses(data, defaults: bool = False) -> Iterator[Call | Variable]:
    """Yield calls of the collection's modules and variables of its roles, wherever they are in an example."""
    if isinstance(data, list):
        for item in data:
            yield from uses(item, defaults)
    elif isinstance(data, dict):
        for key, value in data.items():
            name = str(key)
            if name.startswith("flotilla.swarm."):
                yield Call(data.line, name.rpartition(".")[2], value, defaults)
            elif name.startswith(ROLE_PREFIXES):
                yield Variable(data.line, name, value)
            elif not NAME.fullmatch(name) or name in TAKES_VARIABLES:
                yield from uses(value, defaults or name == "module_defaults")


def foreign(data) -> Iterator[tuple[str, str]]:
    """Yield modules and roles of others, as ("modules", NAME) or ("roles", NAME)."""
    if isinstance(data, list):
        for item in data:
            yield from foreign(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if NAME.fullmatch(str(key)) and not str(key).startswith(("ansible.builtin.", "flotilla.swarm.")):
                yield "modules", str(key)
            if key == "roles" and isinstance(value, list):
                yield from (("roles", name) for item in value if (name := role_name(item)))
            if str(key).endswith(("import_role", "include_role")) and isinstance(value, dict):
                yield from (("roles", name) for name in [role_name(value)] if name)
            yield from foreign(value)


def role_name(item) -> str | None:
    """Return the name of a role that is not of this collection."""
    name = item if isinstance(item, str) else item.get("role", item.get("name", ""))
    return name if name and "{{" not in name and not name.startswith("flotilla.swarm.") else None


def template_problems(data, condition: bool = False) -> Iterator[str]:
    """Yield what is wrong with the syntax of a template or condition in an example."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from template_problems(value, key in CONDITIONS)
    elif isinstance(data, list):
        for item in data:
            yield from template_problems(item, condition)
    elif isinstance(data, str) and (condition or "{{" in data or "{%" in data):
        try:
            Environment().parse(f"{{{{ {data} }}}}" if condition and "{{" not in data else data)
        except TemplateSyntaxError as exc:
            yield f"the template {data.strip()[:60]!r} is wrong: {exc.message}"
