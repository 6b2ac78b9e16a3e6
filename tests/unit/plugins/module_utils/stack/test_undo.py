# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.stack.undo import Journal, told


@pytest.mark.parametrize(
    ("back", "gone", "sentence"),
    [
        ([], [], "there was nothing to put back"),
        (["web"], [], "these services are again what they were: web"),
        ([], ["secret key"], "this was removed again: secret key"),
        (
            ["api", "web"],
            ["service db", "network back"],
            "these services are again what they were: api, web; this was removed again: service db, network back",
        ),
    ],
)
def test_what_was_put_back_is_told(back, gone, sentence):
    assert told(back, gone) == sentence


def test_another_process_gets_the_journal_as_text():
    journal = Journal({"web": {"Name": "web", "ü": [1, None]}, "api": None}, [["networks", "1", "back"]], [["secrets"]])
    text = journal.pack()
    assert isinstance(text, str)
    assert Journal.unpack(text) == journal
    assert Journal.unpack(Journal().pack()) == Journal()
