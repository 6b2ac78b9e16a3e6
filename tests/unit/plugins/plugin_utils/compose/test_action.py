# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module of a stack gets instead of files."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.action import ComposeAction

WEB = {"services": {"web": {"image": "web", "secrets": ["key"]}}, "secrets": {"key": {"content": "hush"}}}


class Action(ComposeAction):
    """An action plugin on a connection that pipes, or does not."""

    def __init__(self, pipes: bool, **args):
        self._loader = DataLoader()
        self._task = SimpleNamespace(args={"name": "shop", **args}, async_val=0)
        self._connection = SimpleNamespace(set_option=lambda name, value: None)
        self._is_pipelining_enabled = lambda *args, **options: pipes


def test_data_of_secrets_goes_beside_what_is_declared():
    action = Action(True, compose=WEB, env={"A": "b"}, wait=False)
    assert action.read_files({}) is None
    given = action.arguments({})
    assert given.keys() == {"name", "wait", "declaration", "secret_data"}
    assert given["secret_data"] == {"shop_key": base64.b64encode(b"hush").decode()}
    assert "data" not in given["declaration"]["secrets"][0]
    assert action.with_warnings({"changed": True, "warnings": ["b"]}) == {
        "changed": True,
        "warnings": [*action.file_warnings, "b"],
    }
    assert len(action.file_warnings) == 1


@pytest.mark.parametrize(
    ("compose", "reason"), [(WEB, "no_pipelining"), ({"services": {"web": {"image": "web"}}}, None)]
)
def test_secrets_are_not_written_into_files_of_the_host(compose, reason):
    refused = Action(False, compose=compose).read_files({})
    assert (refused or {"failure": {"reason": None}})["failure"]["reason"] == reason


@pytest.mark.parametrize(
    ("args", "failure"),
    [
        (
            {"compose": {"services": {"web": {}}}},
            {
                "reason": "invalid_compose",
                "problems": [
                    "compose: services.web.image: this service has no image; Swarm does not build any, "
                    "so name one in image"
                ],
            },
        ),
        ({"compose": "a.yml", "template": "perhaps"}, {"reason": "invalid_option", "problems": []}),
    ],
)
def test_what_is_wrong_is_the_result_of_the_task(args, failure):
    result = Action(True, **args).read_files({})
    assert (result["failed"], result["failure"]) == (True, failure)
    assert result["msg"]
