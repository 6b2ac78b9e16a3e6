# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.bundle import from_bundle
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import Document, read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.ignored import MODERN, ignored
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern import from_modern
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern_limits import PLACES
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError, Problems
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema import validate, version_of

TABLE = settings(deadline=None, max_examples=50, derandomize=True, suppress_health_check=list(HealthCheck))
EVERY_KEY = read(Path(__file__).with_name("fixtures").joinpath("every_key.yml").read_text(), "every_key.yml").tree


def paths(value, path=()):
    """The path of each key and item in a tree."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from paths(item, (*path, key))


PATHS = list(paths(EVERY_KEY))
KEYS = sorted(
    {key for path in PATHS for key in path if isinstance(key, str)}
    | {*MODERN, *PLACES, "path", "condition", "required", "content", "profiles", "x-a", "", "Image", "Services"}
)
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANYTHING = st.recursive(
    SINGLE | st.sampled_from(["1", "0440", "8-9", "1g", "true", "5s", "${A}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


def judged(tree) -> list:
    """The problems of a tree, taken as a file of modern Compose."""
    problems = Problems(Document("f.yml", tree))
    version = version_of(tree, problems)
    made = from_modern(tree, problems)
    validate(made, version, problems)
    ignored([made])
    return problems.found


@TABLE
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING))
def test_whatever_stands_in_a_file_it_is_judged(tree):
    assert all(str(problem).startswith("f.yml: ") for problem in judged(tree))


@TABLE
@given(st.sampled_from(PATHS), ANYTHING)
def test_a_problem_is_told_at_what_causes_it(path, value):
    tree = deepcopy(EVERY_KEY)
    at = tree
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    for problem in judged(tree):
        shared = min(len(path), len(problem.path))
        # Not at the value itself: an item that is there twice is told at the second place.
        assert problem.path[: shared - 1] == path[: shared - 1]


@TABLE
@given(ANYTHING)
def test_whatever_stands_in_a_bundle_it_is_judged(value):
    with suppress(ComposeError):
        assert set(from_bundle({"Services": {"web": value}}, "a.dab")) <= {"services", "networks"}
