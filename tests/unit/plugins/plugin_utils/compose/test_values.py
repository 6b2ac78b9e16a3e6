# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose import values


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("90s", 90 * 10**9, id="seconds"),
        pytest.param("1h30m", 5400 * 10**9, id="two units"),
        pytest.param("1.5h", 5400 * 10**9, id="a fraction"),
        pytest.param(".5s", 5 * 10**8, id="nothing before the point"),
        pytest.param("1.s", 10**9, id="nothing after it"),
        pytest.param("+2us", 2000, id="a sign"),
        pytest.param("2µs", 2000, id="the sign for micro"),
        pytest.param("2\u03bcs", 2000, id="the Greek letter"),
        pytest.param("1.9ns", 1, id="less than a nanosecond does not count"),
        pytest.param("0", 0, id="zero needs no unit"),
    ],
)
def test_durations(written, expected):
    assert values.nanoseconds(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("512m", "512M", id="a unit"),
        pytest.param("1.5 GiB", "1536M", id="a fraction"),
        pytest.param("64MB", "64M", id="powers of 1024 whatever the spelling"),
        pytest.param("67108864", "64M", id="bytes as text"),
        pytest.param(1000, "1000B", id="a number of bytes"),
        pytest.param("1.5b", "1B", id="no half of a byte"),
        pytest.param(0, "0", id="zero"),
    ],
)
def test_sizes(written, expected):
    assert values.size(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("0.5", 0.5), ("1/2", 0.5), (2, 2.0), ("1e-1", 0.1), ("0.123456789", 0.123456789), (0.1, 0.1)],
)
def test_cpus(written, expected):
    assert values.cpus(written) == expected


@pytest.mark.parametrize(
    ("read", "written", "message"),
    [
        pytest.param(values.nanoseconds, "5", "'5' is not a duration", id="a duration without a unit"),
        pytest.param(values.nanoseconds, "", "'' is not a duration", id="no duration"),
        pytest.param(values.nanoseconds, "1d", "'1d' is not a duration", id="a unit that Go has not"),
        pytest.param(values.nanoseconds, ".s", "'.s' is not a duration", id="a point alone"),
        pytest.param(values.nanoseconds, "-1s", "-1s is less than nothing", id="a negative duration"),
        pytest.param(values.nanoseconds, "9999999h", "more than the Engine can count", id="too long"),
        pytest.param(values.size, "5x", "'5x' is not a size", id="a unit that is none"),
        pytest.param(values.size, "5bb", "'5bb' is not a size", id="bytes twice"),
        pytest.param(values.size, "5ib", "'5ib' is not a size", id="an i without a unit"),
        pytest.param(values.size, -1, "-1 is not a size", id="a negative size"),
        pytest.param(values.cpus, "a", "'a' is not a number of CPUs", id="no number"),
        pytest.param(values.cpus, "1/0", "'1/0' is not a number of CPUs", id="a half of nothing"),
        pytest.param(values.cpus, "0.1234567891", "too precise", id="ten places"),
        pytest.param(values.cpus, "1e300", "more than the Engine can count", id="too many"),
        pytest.param(values.cpus, "1/3", "too precise", id="a third"),
        pytest.param(values.image, "Nginx", "'Nginx' is not the name of an image", id="capitals"),
        pytest.param(values.image, "a b", "'a b' is not the name of an image", id="a space"),
        pytest.param(values.image, "nginx:", "'nginx:' is not the name of an image", id="an empty tag"),
        pytest.param(values.image, "nginx@sha256:1", "not the name of an image", id="a digest that is too short"),
        pytest.param(values.restart, "sometimes", "'sometimes' is not a restart policy", id="no restart policy"),
        pytest.param(values.restart, ":3", "':3' is not a restart policy", id="a count without one"),
        pytest.param(values.restart, "on-failure:x", "'x' is not a number of restarts", id="a count that is none"),
        pytest.param(values.restart, "on-failure:-1", "'-1' is not a number of restarts", id="a negative count"),
        pytest.param(values.host, "a", "'a' is not an entry of extra_hosts", id="a host without an address"),
        pytest.param(values.host, ":1.1.1.1", "not an entry of extra_hosts", id="an address without a host"),
    ],
)
def test_what_cannot_be_read(read, written, message):
    with pytest.raises(ValueError, match="^[^;]*" + message.replace(".", r"\.")):
        read(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None),
        ("no", None),
        ("always", {"condition": "any"}),
        ("unless-stopped", {"condition": "any"}),
        ("on-failure", {"condition": "on-failure", "max_attempts": 0}),
        ("on-failure:+2", {"condition": "on-failure", "max_attempts": 2}),
    ],
)
def test_restart_policies(written, expected):
    assert values.restart(written) == expected
