# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.service.log_lookup import look_up, moment

NOW = 1767261600.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("1767261600", "1767261600", id="seconds"),
        pytest.param("1767261600.25", "1767261600.25", id="and parts of one"),
        pytest.param("10m", "1767261000.000", id="so long ago"),
        pytest.param("1h30m", "1767256200.000", id="a longer time"),
        pytest.param("2026-01-01T10:00:00Z", "1767261600", id="a time in UTC"),
        pytest.param("2026-01-01T12:00:00+02:00", "1767261600", id="a time elsewhere"),
        pytest.param("2026-01-01T10:00:00.123987654Z", "1767261600.123987654", id="a line's own time"),
        pytest.param("2026-01-01T12:00:00.5+02:00", "1767261600.5", id="half a second"),
        pytest.param("2026-01-01 10:00", "1767261600", id="a time without a zone"),
    ],
)
def test_since(text, expected):
    assert moment(text, NOW) == expected


def test_what_is_no_time():
    with pytest.raises(InvalidOption, match="since: 'yesterday' is neither a time nor a duration"):
        moment("yesterday", NOW)


def test_neither_stream():
    with pytest.raises(InvalidOption, match="stdout and stderr are both false"):
        look_up(None, {"stdout": False, "stderr": False})
