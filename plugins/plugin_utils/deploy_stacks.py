# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stacks that role deploy deploys, and what the inventory says of them that cannot be."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ansible.module_utils.parsing.convert_bool import boolean

from .deploy_smoke import problems_of, smoke_tests

FILES = ("compose", "compose_files", "env_files")
# A stack of which no deploy but the present one is kept could not go back.
LEAST_HISTORY = 2


def names_of(wanted) -> list:
    """Names from a list, or from text with commas or blanks between them."""
    if isinstance(wanted, str):
        return re.findall(r"[^\s,]+", wanted)
    return [str(name) for name in wanted or ()]


def tag_of(answer) -> str:
    """The tag that was typed, without quotes around it; empty if there is none."""
    text = "" if answer is None else str(answer).strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def problems(stacks: list, wanted, tests: list, hosts: list, tag="") -> list:
    """What is wrong with the variables, each as a sentence; ``hosts`` are those of the inventory."""
    names = [stack.get("name") for stack in stacks]
    known = f"there is {', '.join(map(str, names))}" if names else "swarm_stacks is empty"
    told = [f"swarm_stacks[{place}] has no name; give it one" for place, name in enumerate(names) if not name]
    twice = dict.fromkeys(name for name in names if name and names.count(name) > 1)
    told += [f"swarm_stacks has stack {name} twice; rename one of the two" for name in twice]
    told += [
        f"stack {stack.get('name')} has state rolled_back, with which each run would go back one more; use playbook "
        "flotilla.swarm.rollback"
        for stack in stacks
        if stack.get("state") == "rolled_back"
    ]
    told += [f"swarm_stack names {name}, which is not in swarm_stacks; {known}" for name in unknown(wanted, names)]
    if not isinstance(tag, (str, int, type(None))) or isinstance(tag, bool):
        told.append(f"swarm_image_tag came as {tag}, which may have been typed otherwise; put quotes around the tag")
    elif tag_of(tag) and not names_of(wanted):
        told.append(f"swarm_image_tag is {tag_of(tag)}, but not for which stacks; name them in swarm_stack")
    told += problems_of("swarm_smoke_tests", tests, hosts)
    for place, test in enumerate(tests):
        if test.get("stack") and test["stack"] not in names:
            told.append(
                f"swarm_smoke_tests[{place}] judges stack {test['stack']}, which is not in swarm_stacks; {known}"
            )
    for stack in stacks:
        told += problems_of(f"smoke_tests of stack {stack.get('name')}", stack.get("smoke_tests") or [], hosts)
    return told


def unknown(wanted, names: list) -> list:
    """The names among those wanted that no stack has."""
    return [name for name in names_of(wanted) if name not in names]


def chosen(stacks: list, wanted, tests: list, defaults: dict, directories: list, tag: str = "") -> list:
    """The stacks to deploy, each with its name, state, options for the module, and smoke tests.

    ``defaults`` are options that stacks may have themselves; in ``directories`` files with a relative path are
    looked for. ``tag`` is what Compose files get as ``${TAG}``, whatever the inventory says.
    """
    names = names_of(wanted)
    found = [stack for stack in stacks if not names or stack["name"] in names]
    tagged = [{**stack, "env": {**(stack.get("env") or {}), "TAG": tag}} for stack in found] if tag else found
    return [prepared(stack, tests, defaults, directories) for stack in tagged]


def prepared(stack: dict, tests: list, defaults: dict, directories: list) -> dict:
    """One stack."""
    mine = [*(stack.get("smoke_tests") or ()), *(test for test in tests if test.get("stack") == stack["name"])]
    judged = mine or any(not test.get("stack") for test in tests)
    options = {**defaults, **{name: value for name, value in stack.items() if name != "smoke_tests"}}
    options["history"] = max(int(options["history"]), LEAST_HISTORY if judged else 0)
    if not boolean(options.get("remote_src") or False, strict=False):
        options.update({name: placed(options[name], directories) for name in FILES if options.get(name)})
    state = options.get("state") or "present"
    return {
        "name": stack["name"],
        "state": state,
        "options": options,
        "tests": smoke_tests(mine) if state == "present" else [],
    }


def run_tests(tests: list) -> list:
    """The smoke tests that judge all stacks of a run together."""
    return smoke_tests([test for test in tests if not test.get("stack")])


def placed(value, directories: list) -> list:
    """Files with the paths at which they are; what is nowhere stays as it is, for the module to complain of."""
    return [
        path_of(item, directories) if isinstance(item, str) else item
        for item in ([value] if isinstance(value, (str, dict)) else value)
    ]


def path_of(name: str, directories: list) -> str:
    """Where a file is: in the first directory that has it."""
    path = os.path.expanduser(name)
    if os.path.isabs(path):
        return path
    places = [Path(directory) / path for directory in (*directories, os.getcwd()) if directory]
    return next((str(place) for place in places if place.is_file()), name)


def expected(networks: list, secrets: list, configs: list, plans: dict) -> dict:
    """Names of what this run makes before a stack is deployed: from variables of the role, and for stacks before it."""
    objects = {"networks": networks, "secrets": secrets, "configs": configs}
    return {
        kind: [
            *(item["name"] for item in items if item.get("state") != "absent"),
            *(name for plan in plans.values() for name in plan["stack"].get(kind) or ()),
        ]
        for kind, items in objects.items()
    }


def rollbacks(stacks: list, targets: dict, defaults: dict) -> list:
    """Options to bring stacks back to deploys by name; what the inventory does not have needs nothing but its name."""
    declared = {stack["name"]: stack for stack in stacks}
    left_out = ("smoke_tests", *FILES, "state", "prune", "pre_checks", "pre_pull", "expected")
    return [
        {
            **defaults,
            "name": name,
            **{key: value for key, value in declared.get(name, {}).items() if key not in left_out},
            **({"deploy": number} if number else {}),
        }
        for name, number in targets.items()
    ]


def rollback_problems(wanted, number, deployed: dict) -> list:
    """Why it is not clear what to go back to, each as a sentence; ``deployed`` is what a deploy before has left."""
    names = names_of(wanted)
    if number in (None, ""):
        return [] if names or deployed else ["say which stack goes back, for example with -e swarm_stack=NAME"]
    if not names:
        return [f"swarm_deploy is {number}, but not of which stack; name it in swarm_stack"]
    told = [] if str(number).isdigit() else [f"swarm_deploy is {number}; it must be the number of a deploy"]
    if len(names) > 1:
        told.append("swarm_deploy is the number of a deploy of one stack; name only that one in swarm_stack")
    return told
