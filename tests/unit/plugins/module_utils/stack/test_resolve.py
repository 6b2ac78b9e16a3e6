# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import Plan
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.history import Deploy
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.observe import Seen, uses
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.resolve import after, decoded, note_deploys


def service(name, config, previous=None):
    """A service that uses a config, and did use another one before."""

    def spec(config):
        return {"Name": name, "TaskTemplate": {"ContainerSpec": {"Configs": [{"ConfigID": config}]}}}

    return {"Spec": spec(config), **({"PreviousSpec": spec(previous)} if previous else {})}


@pytest.mark.parametrize(
    ("action", "used"),
    [
        ("keep", {"c2", "c1"}),
        # The Engine keeps one spec before the present one.
        ("update", {"c3", "c2"}),
        ("recreate", {"c3", "c2"}),
        ("remove", set()),
    ],
)
def test_what_is_used_once_the_services_run(action, used):
    seen = Seen({}, [], everyone=[service("web", "c2", "c1"), service("theirs", "c9")])
    plan = Plan(action, spec=None if action == "remove" else service("web", "c3")["Spec"])
    assert uses(after({"web": plan}, seen))["configs"] - {None} == {"c9", *used}


def test_what_a_deploy_that_is_kept_needs_is_used():
    container = {"Secrets": [{"SecretName": "key"}], "Configs": [{"ConfigName": "gone"}]}
    spec = {"TaskTemplate": {"ContainerSpec": container, "Networks": [{"Target": "shop_back"}]}}
    seen = Seen({}, [], [{"ID": "s1", "Spec": {"Name": "key"}}, {"ID": "s2", "Spec": {"Name": "other"}}], [])
    used = {"networks": {"n1"}, "secrets": set(), "configs": set()}
    note_deploys(used, [Deploy(1, {"shop_web": spec}), Deploy(2, {})], seen)
    assert used == {"networks": {"n1", "shop_back"}, "secrets": {"s1"}, "configs": {None}}


def test_data_that_is_no_base64_is_told_without_it():
    assert decoded("aGVsbG8=") == b"hello"
    with pytest.raises(InvalidOption, match="secret_data is not base64") as caught:
        decoded("h*llo")
    assert "h*llo" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_uses_of_a_spec_of_any_age():
    spec = {
        "Networks": [{"Target": "n1"}],
        "TaskTemplate": {
            "ContainerSpec": {
                "Secrets": [{"SecretID": "s1"}],
                "Configs": [{"ConfigID": "c1"}],
                "Privileges": {"CredentialSpec": {"Config": "c2"}},
            }
        },
    }
    used = {kind: names - {None} for kind, names in uses([{"Spec": spec}]).items()}
    assert used == {"networks": {"n1"}, "secrets": {"s1"}, "configs": {"c1", "c2"}}
