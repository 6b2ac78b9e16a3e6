# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody wrote down, read by us and by ``docker stack config`` of this host, if that is of release 28 or later."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.casts import (
    CASTS,
    boolean,
    cast_for,
    integer,
    number,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data, read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.interpolate import interpolate
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError, Problems

ENV = {"A": "one", "B": "", "C_1": "x y", "NUM": "7", "YES": "yes", "PATH": os.environ["PATH"], "HOME": "/nowhere"}
FEW = settings(deadline=None, max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
FIXTURES = Path(__file__).parent / "fixtures"
SEEDS = [row[0] for row in json.loads((FIXTURES / "scalars.json").read_text()) if re.fullmatch(r"[-+.:\w]+", row[0])]
# Where docker stack is told to differ: of several operators it takes the last :- for the first, and without braces what
# follows ? or - goes up to a brace, be it that of another variable.
ODD = re.compile(r"\$\{?\w+:?[-?][^}]*[-?]|\$\w+:?[-?].*\$")
# The CLI prints a text that begins with a line feed without it.
TEXTS = [row[0] for row in json.loads((FIXTURES / "templates.json").read_text()) if "\n" not in row[0]]
PIECES = [*TEXTS, *"-?:{}/_1 "]


def installed() -> str | None:
    """The docker program of this host, if its YAML is that of release 28."""
    program = shutil.which("docker")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout if program else ""
    return program if re.search(r"version (?:2[89]|[3-9]\d|\d{3})\.", told) else None


DOCKER = installed()
pytestmark = pytest.mark.skipif(not DOCKER, reason="there is no docker CLI of release 28 or later here")


def cli(text: str, *options: str) -> dict | None:
    """What the CLI makes of a Compose file; None if it refuses it."""
    command = [DOCKER, "stack", "config", *options, "-c", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=ENV, check=False)
    return None if done.returncode else read(done.stdout, "the CLI's").tree


def same(ours, theirs) -> bool:
    """Whether the two are of one type, where the CLI does not tell 1.0 from 1."""
    numbers = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (ours, theirs)]
    if all(numbers):
        return math.isclose(ours, theirs, rel_tol=1e-15)
    return type(ours) is type(theirs) and ours == theirs


def compare(values: list, theirs, ours):
    """Each value as both read it; those that one of them refuses are sought by halves."""
    found = theirs(values)
    if found is not None:
        for value, one, other in zip(values, ours(values), found, strict=True):
            assert same(one, other), value
    elif len(values) > 1:
        half = len(values) // 2
        compare(values[:half], theirs, ours)
        compare(values[half:], theirs, ours)
    else:
        with pytest.raises(ComposeError):
            ours(values)


@st.composite
def scalars(draw):
    """Something that looks like a number, a date or a word, with a few characters changed."""
    text = draw(st.sampled_from(SEEDS) | st.text("0123456789_.+-eExob:T", min_size=1, max_size=8))
    for _change in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from("0159_.+-eEobx:TZ ")) + text[place + draw(st.integers(0, 1)) :]
    # A sign within a number is a slip of the CLI's parser: 0o-7 is -7 to it.
    return re.sub("(0[ob])[-+]", r"\1", text.strip()) or "~"


@FEW
@given(st.lists(scalars(), min_size=30, max_size=30))
def test_scalars_are_typed_as_the_cli_types_them(values):
    def file(values):
        return "x-it:\n" + "".join(f"- {value}\n" for value in values)

    def theirs(values):
        tree = cli("services: {web: {image: a}}\n" + file(values), "--skip-interpolation")
        return tree and tree["x-it"]

    compare(values, theirs, lambda values: read(file(values), "f.yml").tree["x-it"])


def interpolated(tree: dict) -> dict:
    """The tree as we fill it, empty where there is no value."""
    problems = Problems()
    filled = interpolate(from_data(tree, "f"), ENV.get, problems, True)
    problems.raise_if_any()
    return filled


def is_refused(text: str) -> bool:
    """Whether we refuse a text. The CLI lets what is wrong in one pass if a variable follows that is right."""
    try:
        interpolated({"x": text})
    except ComposeError:
        return True
    return False


@FEW
@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join), min_size=30, max_size=30))
def test_variables_are_filled_as_the_cli_fills_them(texts):
    def theirs(texts):
        tree = cli(json.dumps({"services": {"web": {"image": "a"}}, "x-it": texts}))
        return tree and tree["x-it"]

    texts = [text for text in texts if not ODD.search(text) and not is_refused(text)]
    compare(texts or ["$A"], theirs, lambda texts: interpolated({"x-it": texts})["x-it"])


def leaves(tree, path=()):
    """Path and value of all that is neither map nor list."""
    if not isinstance(tree, (dict, list)):
        yield path, tree
        return
    for part, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from leaves(item, (*path, part))


def test_what_is_cast_is_what_the_cli_casts():
    text = (FIXTURES / "casts.yml").read_text()
    filled = [path for path, value in leaves(read(text, "f.yml").tree) if isinstance(value, str) and "$" in value]
    ours, theirs = dict(leaves(interpolated(read(text, "f.yml").tree))), dict(leaves(cli(text)))
    assert {cast_for(path) for path in filled} == {integer, number, boolean}
    assert len(filled) == len(CASTS)
    assert [path for path in filled if not same(ours[path], theirs[path])] == []
