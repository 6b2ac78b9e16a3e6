# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core import values
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.values import HOUR, MINUTE, SECOND


@pytest.mark.parametrize(
    ("written", "nanoseconds", "shown"),
    [
        ("10s", 10 * SECOND, "10s"),
        ("1m30s", 90 * SECOND, "1m30s"),
        ("90s", 90 * SECOND, "1m30s"),
        ("2160h", 2160 * HOUR, "2160h"),
        ("1.5h", 90 * MINUTE, "1h30m"),
        ("1.001s", SECOND + SECOND // 1000, "1s1ms"),
        ("250ms", SECOND // 4, "250ms"),
        ("3us", 3000, "3us"),
        ("0s", 0, "0s"),
        ("5000000000", 5 * SECOND, "5s"),
        (5000000000, 5 * SECOND, "5s"),
        (" 5s ", 5 * SECOND, "5s"),
    ],
)
def test_a_duration_is_read_and_shown(written, nanoseconds, shown):
    assert values.duration(written) == nanoseconds
    assert values.show_duration(nanoseconds) == shown
    assert values.duration(shown) == nanoseconds


@pytest.mark.parametrize("written", ["", "soon", "10 s", "-1s", "1d", "1.s", "1m s"])
def test_what_is_no_duration_is_named(written):
    with pytest.raises(InvalidOption, match="is not a duration; write it as 90s, 1m30s or 2h"):
        values.duration(written)


@pytest.mark.parametrize(
    ("written", "size", "shown"),
    [
        ("512M", 512 * 1024**2, "512M"),
        ("2g", 2 * 1024**3, "2G"),
        ("1.5GiB", 1536 * 1024**2, "1536M"),
        ("64kb", 64 * 1024, "64K"),
        ("100", 100, "100B"),
        ("100B", 100, "100B"),
        (1024, 1024, "1K"),
        ("0", 0, 0),
    ],
)
def test_a_size_is_read_and_shown(written, size, shown):
    assert values.size(written) == size
    assert values.show_size(size) == shown


@pytest.mark.parametrize("written", ["", "much", "-1M", "1X"])
def test_what_is_no_size_is_named(written):
    with pytest.raises(InvalidOption, match="is not a size; write it as 512M or 2G"):
        values.size(written)


@pytest.mark.parametrize("show", [values.show_duration, values.show_size, values.as_set])
@pytest.mark.parametrize("value", [None, "10s", True, False, 1.5, {"a": 1}])
def test_what_is_shown_already_passes_through(show, value):
    assert show(value) is value


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (False, "false"), (8080, "8080"), (1.0, "1.0"), ("x", "x")]
)
def test_a_scalar_of_yaml_is_what_would_be_typed(value, text):
    assert values.strings({1: value}) == {"1": text}


def test_no_mapping_is_an_empty_one():
    assert values.strings(None) == {}


@pytest.mark.parametrize("number", [0, 65536, -1])
def test_what_is_no_port_is_named(number):
    with pytest.raises(InvalidOption, match=f"port {number} is not between 1 and 65535"):
        values.port(number)


@pytest.mark.parametrize(
    ("address", "host", "is_address"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1:2377", "10.0.0.1", True),
        ("node1:2377", "node1", False),
        ("eth0", "eth0", False),
        ("2001:db8::2", "2001:db8::2", True),
        ("[2001:db8::2]", "2001:db8::2", True),
        ("[2001:db8::2]:2377", "2001:db8::2", True),
        ("", "", False),
    ],
)
def test_the_host_of_an_address(address, host, is_address):
    assert values.host(address) == host
    assert values.is_address(address) is is_address
