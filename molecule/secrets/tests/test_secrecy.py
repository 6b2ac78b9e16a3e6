# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of a secret is searched for in all that a run prints, writes and starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play
from searches import CONTROL, canary, spellings

testinfra_hosts = ["ansible://node1"]

PLAYBOOK = Path(__file__).resolve().parents[1] / "canary.yml"
FIRST, SECOND = canary("first"), canary("second")
SECRET = spellings(FIRST, SECOND)
# What a service does with its secret in the worst case.
SPY = "cat /run/secrets/spied; grep -q first /run/secrets/spied && sleep 1000; exit 1"


@pytest.fixture
def debug(host):
    """An engine that logs the requests that it gets."""
    host.check_output("mkdir -p /etc/docker && echo '{\"debug\": true}' > /etc/docker/daemon.json")
    host.check_output("systemctl reload docker")
    yield
    host.check_output("echo '{}' > /etc/docker/daemon.json && systemctl reload docker && rm /etc/docker/daemon.json")


@pytest.fixture
def playbook(search, host):
    """Run the playbook while searches go on; return how it ended, and all that it has left."""

    def playbook(*options, **environment):
        searches = search(lambda *words: host.check_output(" ".join("%s" for _word in words), *words), FIRST, SECOND)
        given = {**searches.environment, "CANARY_FIRST": FIRST, "CANARY_SECOND": SECOND, **environment}
        groups = {"attempting": ["node1"]}
        outcome = play(PLAYBOOK, groups, "-vvvv", *options, environment=given, **searches.variables)
        return outcome, searches.places(outcome.printed)

    return playbook


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_value_is_nowhere(options, debug, playbook, make, service):
    make("secret", name="spied", rolling_versions=True, data="first value")
    service("spy", ["spied_v1:spied"], (), SPY, "--restart-delay", "1s")
    outcome, places = playbook("--diff", *options)
    assert outcome.status == 0, outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
        assert CONTROL in place
    if not options:
        assert "/secrets/create" in places[-1]
        assert {"plain", "spied_v2"} <= {raw["name"] for raw in make("secret_info")["secrets"]}


@pytest.mark.parametrize("environment", [{"ANSIBLE_KEEP_REMOTE_FILES": "true"}, {}], ids=["kept files", "su"])
def test_data_that_would_go_through_a_file_is_not_sent(environment, playbook, host, objects):
    become = () if environment else ("--become", "--become-method", "su")
    outcome, places = playbook(*become, **environment)
    assert "reason: no_pipelining" in outcome.printed
    for place in places:
        assert [text for text in SECRET if text in place] == []
    assert objects() == {}
    host.run("rm -rf /root/.ansible/tmp")
