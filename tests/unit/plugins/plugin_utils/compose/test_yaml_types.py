# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""fixtures/scalars.json is what docker stack config 28.2.2 made of YAML scalars.

A line has the YAML, the value, and the text that it is as a label; null is no text. Where there is only the YAML, the
CLI refuses it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.yaml_types import as_go_prints

SCALARS = json.loads((Path(__file__).parent / "fixtures/scalars.json").read_text())


@pytest.mark.parametrize(
    ("written", "value", "label"), [pytest.param(*row, id=row[0]) for row in SCALARS if len(row) > 1]
)
def test_a_scalar_has_the_type_that_the_cli_gives_it(written, value, label):
    found = read(f"a: {written}", "f.yml").tree["a"]
    # The CLI writes 1.0 as 1.
    assert (found, isinstance(found, (bool, str, type(None)))) == (value, isinstance(value, (bool, str, type(None))))
    assert label is None or as_go_prints(found) == label


@pytest.mark.parametrize("written", [row[0] for row in SCALARS if len(row) == 1])
def test_what_the_cli_refuses_is_refused(written):
    with pytest.raises(ComposeError):
        read(f"a: {written}", "f.yml")


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (None, ""), (1.0, "1"), (-2, "-2")])
def test_values_are_printed_as_go_prints_them(value, text):
    assert as_go_prints(value) == text
