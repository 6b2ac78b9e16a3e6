# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees while an image is built, what is left of it, and where the password is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from image.tests.conftest import PASSWORD
from plays import play, play_and_kill
from searches import CONTROL, spellings

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "watch.yml"
SECONDS = 3
LINE = re.compile(r"^\[node1\] build slow:1  (step \d/\d · \w+ .*)$", re.MULTILINE)


@pytest.fixture
def watched(host, address, monkeypatch):
    """Run the playbook, with a build of several steps that take their time; ``how`` runs it."""
    steps = "".join(f"RUN sleep {SECONDS}; echo {number}\n" for number in range(3))
    host.check_output("printf %%s %s > /root/Slow", f"FROM {address}/team/private:1\n{steps}")
    monkeypatch.setenv("CANARY_PASSWORD", PASSWORD)

    def watched(*options, how=play, **more):
        return how(PLAYBOOK, {"swarm_managers": ["node1"]}, *options, address=address, **more)

    return watched


@pytest.fixture
def left(host, until):
    """Wait until no directory of work is left."""
    return lambda: until(lambda: not host.check_output("ls /tmp | grep flotilla || true"))


def test_a_build_is_watched_and_the_password_is_nowhere(watched, search, host, left):
    searches = search(lambda *words: host.check_output(" ".join("%s" for _word in words), *words), PASSWORD)
    outcome = watched("-vvvv", "--diff", environment=searches.environment, **searches.variables)
    assert outcome.changed
    lines = LINE.findall(outcome.printed)
    assert "step 3/4 · RUN sleep 3; echo 1" in lines
    assert len(lines) == len(set(lines))
    for place in searches.places(outcome.printed):
        assert [text for text in spellings(PASSWORD) if text in place] == []
        assert CONTROL in place
    left()


def test_nothing_is_shown_to_somebody_who_does_not_want_it(watched, left):
    outcome = watched(environment={"FLOTILLA_PROGRESS": "no"})
    assert outcome.changed
    assert LINE.findall(outcome.printed) == []
    left()


def test_a_build_goes_on_without_its_controller(watched, host, until):
    def built():
        return host.run("docker image inspect --format '{{.Id}}' slow:1").stdout

    before = built()

    watched(moment=r"slow:1  step \d/4", how=play_and_kill)
    until(lambda: built() not in ("", before))
