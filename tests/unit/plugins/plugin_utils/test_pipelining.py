# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task does where options are secret."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.flotilla.swarm.plugins.action import cluster, member, registry_login


@pytest.fixture
def run(monkeypatch):
    """Run an action plugin on a connection that pipes or does not; return its result, and whether it was asked to."""
    monkeypatch.setattr(NormalAction, "run", lambda self, tmp=None, task_vars=None: {"ran": True})

    def run(kind, pipes, **args):
        asked = []
        action = kind.ActionModule.__new__(kind.ActionModule)
        action._task = SimpleNamespace(args=args, async_val=0)
        action._connection = SimpleNamespace(set_option=lambda name, value: asked.append((name, value)))
        action._is_pipelining_enabled = lambda *args, **options: pipes
        return action.run(), asked == [("pipelining", True)]

    return run


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        (member, {"join_token": "SWMTKN-1-a-b"}),
        (cluster, {"unlock_key": "SWMKEY-1-a"}),
        (cluster, {"signing_ca_key": "PEM"}),
        (registry_login, {"password": "hush"}),
    ],
)
def test_secrets_go_through_a_pipe(run, kind, args):
    assert run(kind, True, **args) == ({"ran": True}, True)


@pytest.mark.parametrize("kind", [member, cluster, registry_login])
def test_the_connection_is_left_alone_where_there_are_none(run, kind):
    assert run(kind, False, state="present") == ({"ran": True}, False)


def test_a_password_is_not_sent_through_a_file(run):
    result, asked = run(registry_login, False, password="hush")
    assert asked
    assert (result["failed"], result["failure"]) == (True, {"reason": "no_pipelining"})
    assert "hush" not in str(result)


@pytest.mark.parametrize(("kind", "option"), [(member, "join_token"), (cluster, "unlock_key")])
def test_a_swarm_can_be_built_over_any_connection(run, kind, option):
    assert run(kind, False, **{option: "SWM"}) == ({"ran": True}, True)
