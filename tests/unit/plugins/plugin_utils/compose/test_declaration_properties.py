# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.files import declaration
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

EVERY_KEY = read(Path(__file__).with_name("fixtures").joinpath("every_key.yml").read_text(), "every_key.yml").tree
VALUES = (
    *(None, "", 0, -1, 1.5, 1e300, True, "x", "1", "-", "${UNSET}", "${FIVE}", "$$", "a:b:c", "a=b", "2g", "0777"),
    *("10.0.0.0/8", "group:x", [], {}, ["x"], [{}], {"a": "b"}, {"a": None}),
)


class Action:
    _loader = DataLoader()


def paths(value, path=()):
    """The path of each key and item in a tree."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from paths(item, (*path, key))


def changed(tree, path, value, there: bool):
    """The tree with another value in a place, or without it."""
    tree = deepcopy(tree)
    at = tree
    for key in path[:-1]:
        at = at[key]
    if there:
        at[path[-1]] = value
    else:
        del at[path[-1]]
    return tree


CHANGE = st.tuples(st.sampled_from(list(paths(EVERY_KEY))), st.sampled_from(VALUES), st.booleans())


@settings(deadline=None, max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(CHANGE, min_size=1, max_size=2), st.booleans())
def test_whatever_stands_in_files_they_declare_something_or_are_told_what_is_wrong(changes, unset):
    files = [changed(EVERY_KEY, *change) for change in changes]
    options = {"name": "shop", "compose": files, "env": {"FIVE": "5"}, "allow_unset": unset}
    told = ()
    try:
        assert declaration(Action(), {}, options)[0]["services"]
    except ComposeError as exc:
        told = str(exc).splitlines(), exc.problems
    assert not told or len(told[0]) == len(told[1])
