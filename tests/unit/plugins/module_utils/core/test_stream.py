# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.stream import collect, demultiplex

# What an Engine 26.1 sent for the log of ``sh -c "echo out; echo err >&2"``.
LOG = b"\x01\0\0\0\0\0\0\x04out\n\x02\0\0\0\0\0\0\x04err\n"


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(LOG, [("stdout", b"out\n"), ("stderr", b"err\n")], id="each stream with its frames"),
        pytest.param(b"\x03\0\0\0\0\0\0\x05Error", [("system", b"Error")], id="what the Engine itself says"),
        pytest.param(b"\x01\0\0\0\0\0\x01\x00" + b"x" * 256, [("stdout", b"x" * 256)], id="a length of two bytes"),
        pytest.param(LOG[:10], [("stdout", b"ou")], id="a payload that was cut off"),
        pytest.param(LOG[:15], [("stdout", b"out\n")], id="a header that was cut off"),
        pytest.param(b"\x01\0\0\0\0\0\0\0" + LOG[12:], [("stdout", b""), ("stderr", b"err\n")], id="an empty payload"),
    ],
)
def test_frames(data, frames):
    assert demultiplex(data) == frames


def test_streams_are_put_together():
    assert collect(LOG + LOG) == {"stdout": "out\nout\n", "stderr": "err\nerr\n", "system": ""}


def test_a_tty_has_one_stream_without_frames():
    assert collect(b"all of it\r\n", tty=True) == {"stdout": "all of it\r\n", "stderr": "", "system": ""}


def test_what_is_no_text_is_kept_readable():
    assert collect(b"\x01\0\0\0\0\0\0\x01\xff")["stdout"] == "\ufffd"
