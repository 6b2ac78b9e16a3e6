# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of the table, one after the other, and what the Engine holds of it."""

from __future__ import annotations

import pytest
from options.tests.cases_container import CONTAINER_CASES
from options.tests.cases_service import SERVICE_CASES

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import options, version
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SPEC

CASES = (*CONTAINER_CASES, *SERVICE_CASES)
FILES = {"first": "# A comment\nA=1\n\nB=2\n", "second": "A=3\n"}
# test_modes.py has them.
OF_JOBS = {"mode", "max_concurrent"}


def at(tree, path):
    """What the Engine has at a dotted path."""
    for name in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(name)] if int(name) < len(tree) else None
        else:
            tree = (tree or {}).get(name)
    return tree


def compare(value, held):
    """The Engine's value is what is expected, where None is nothing at all and a dict may have more in it."""
    if held is None:
        assert not value
    elif isinstance(held, dict):
        for key in held:
            compare(value[key] if held[key] is not None else value.get(key), held[key])
    else:
        assert value == held


def names(table, prefix=""):
    """The full names of all options of a table, suboptions included."""
    for field in options(table):
        yield prefix + field.option
        yield from names(field.parts, f"{prefix}{field.option}.")


def newest_part(option):
    """The name of the option, of those that hold it and itself, that needs the newest API, and that version."""
    parts, path, newest = SPEC, [], ("", "1.41")
    for name in option.split("."):
        field = next(field for field in options(parts) if field.option == name)
        parts, path = field.parts, [*path, name]
        if field.since and version(field.since) > version(newest[1]):
            newest = ".".join(path), field.since
    return newest


def test_every_option_has_a_case():
    assert sorted({case.option for case in CASES} | OF_JOBS) == sorted(set(names(SPEC)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.option)
def test_an_option_is_set_changed_and_cleared(case, engine, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    engine.new()
    begun = engine.shown()
    name, needed = newest_part(case.option)
    for given, held in case.steps:
        params = filled(given, engine, tmp_path)
        if version(needed) > version(engine.client.api_version):
            refused(engine, name, needed, params)
            return
        compare(at(engine.change(**params), case.path), filled(held, engine, tmp_path))
    if case.option != "init":
        assert engine.shown() == begun


def filled(value, engine, folder):
    """A value with the IDs and the files that it names."""
    if isinstance(value, dict):
        return {key: filled(part, engine, folder) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, engine, folder) for part in value]
    if isinstance(value, str) and value.startswith("ID of "):
        return engine.ids[value.removeprefix("ID of ")]
    return str(folder / value) if value in FILES else value


def refused(engine, option, needed, params):
    """An option that this Engine does not know is an error that names it, and nothing is written."""
    before = engine.service()
    for check in (True, False):
        with pytest.raises(InvalidOption, match=f"^{option} needs Engine API {needed} or newer") as caught:
            engine.run(check=check, **params)
        assert caught.value.reason == "api_too_old"
    assert engine.service() == before
