# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords are searched for in all that a run prints, writes and starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from registry.tests.conftest import PASSWORD
from searches import CONTROL, PLACES, canary, spellings

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "canary.yml"
SECOND = canary("second")
SECRET = spellings(PASSWORD, SECOND)


@pytest.fixture
def run(search, host, login):
    """Run the playbook while searches go on; return how it ended, and all that it has left."""

    def run(*options, **environment):
        places = f"{PLACES} /home/alice/.ansible"
        searches = search(
            lambda *words: host.check_output(" ".join("%s" for _word in words), *words), PASSWORD, SECOND, places=places
        )
        given = {**searches.environment, "CANARY_SECOND": SECOND, **environment}
        found = f"search_found={searches.found}"
        outcome = login(
            "-vvvv", "--diff", "--extra-vars", found, *options, nodes=("node1",), playbook=PLAYBOOK, environment=given
        )
        return outcome, searches.places(outcome.printed)

    return run


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_password_is_nowhere(options, run, login):
    login(nodes=("node1",), state="absent")
    outcome, places = run(*options)
    assert outcome.status == 0, outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
        assert CONTROL in place
    login(nodes=("node1",))


def test_a_password_that_would_go_through_a_file_is_not_sent(run, host):
    outcome, places = run(ANSIBLE_KEEP_REMOTE_FILES="true")
    assert outcome.status != 0
    assert "reason: no_pipelining" in outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
    host.check_output("rm -rf /root/.ansible/tmp")
