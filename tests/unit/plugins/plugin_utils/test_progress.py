# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.plugin_utils.progress import merged

FIRST = {"changed": True, "diff": [{"after": {"a": 1}}], "warnings": ["w1"], "services": [1]}
LAST = {"changed": False, "elapsed": 9.5, "services": [2], "warnings": ["w2"]}


def test_a_single_call_is_the_result():
    assert merged([LAST]) == LAST


def test_the_first_call_knows_what_was_written_and_the_last_how_it_ended():
    between = {"changed": True, "warnings": []}
    assert merged([FIRST, between, LAST]) == {
        "changed": True,
        "diff": [{"after": {"a": 1}}],
        "elapsed": 9.5,
        "services": [2],
        "warnings": ["w1", "w2"],
    }


def test_a_failure_in_the_end_is_one():
    failed = {"failed": True, "changed": False, "msg": "it broke", "failure": {"reason": "rollout_failed"}}
    result = merged([FIRST, failed])
    assert (result["failed"], result["msg"], result["changed"]) == (True, "it broke", True)


def test_how_the_calls_go_on_is_not_shown():
    arguments = {"name": "web", "progress": {"wait": {}}}
    result = merged([FIRST, {**LAST, "invocation": {"module_args": arguments}}])
    assert result["invocation"] == {"module_args": {"name": "web", "progress": None}}


def test_a_call_that_only_prepares_has_no_diff_and_changes_nothing():
    before = {"changed": False, "progress": {}}
    assert merged([before, FIRST, LAST])["changed"] is True
    assert merged([before, {"failed": True, "msg": "no"}])["changed"] is False
