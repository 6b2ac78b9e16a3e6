# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.daemon_config import LIVE_RESTORE, merge, restart_order

PRESENT = {
    "labels": ["zone=a"],
    "log-opts": {"max-size": "10m", "max-file": "3"},
    "proxies": {"http-proxy": "http://user:secret@proxy"},
}


@pytest.mark.parametrize(
    ("wanted", "options", "needs"),
    [
        ({}, [], None),
        ({"labels": ["zone=a"]}, [], None),
        ({"log-opts": {"max-size": "10m"}}, [], None),
        ({"experimental": None}, [], None),
        ({"labels": ["zone=b"]}, ["labels"], "reloaded"),
        ({"labels": ["zone=b"], "registry-mirrors": ["https://m"]}, ["labels", "registry-mirrors"], "reloaded"),
        ({"log-opts": {"max-size": "20m"}}, ["log-opts"], "restarted"),
        ({"labels": ["zone=b"], "log-driver": "journald"}, ["labels", "log-driver"], "restarted"),
        ({"labels": None}, ["labels"], "restarted"),  # on SIGHUP a key that is gone is left as it was
    ],
)
def test_what_changes_and_what_that_takes(wanted, options, needs):
    plan = merge(json.dumps(PRESENT), wanted)
    assert (plan["error"], plan["options"], plan["needs"]) == (None, options, needs)


@pytest.mark.parametrize(
    ("wanted", "merged"),
    [
        ({"debug": True}, {**PRESENT, "debug": True}),
        ({"labels": []}, {**PRESENT, "labels": []}),
        ({"labels": ["b"]}, {**PRESENT, "labels": ["b"]}),
        ({"log-opts": {"tag": "x"}}, {**PRESENT, "log-opts": {"max-size": "10m", "max-file": "3", "tag": "x"}}),
        ({"log-opts": {"max-file": None}}, {**PRESENT, "log-opts": {"max-size": "10m"}}),
        ({"labels": None, "proxies": None}, {"log-opts": PRESENT["log-opts"]}),
        ({"live-restore": False}, {**PRESENT, "live-restore": False}),
    ],
)
def test_what_is_not_named_stays(wanted, merged):
    assert json.loads(merge(json.dumps(PRESENT), wanted)["text"]) == merged


def test_a_file_that_need_not_change_keeps_its_very_bytes():
    text = '{ "debug":true }'
    assert merge(text, {"debug": True})["text"] == text


@pytest.mark.parametrize("text", ["", "\n", "{}"])
def test_no_file_or_an_empty_one_is_no_options(text):
    assert merge(text, {"debug": True})["text"] == '{\n  "debug": true\n}\n'


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        ('{"debug": true,}', {"debug": True}, "daemon.json is not valid JSON and was left as it is"),
        ("[]", {"debug": True}, "daemon.json does not hold a JSON object"),
        ("", {"live-restore": True}, LIVE_RESTORE),
        ('{"live-restore": true}', {"debug": True}, LIVE_RESTORE),
    ],
)
def test_what_cannot_be_merged_is_an_error_and_changes_nothing(text, wanted, words):
    plan = merge(text, wanted)
    assert plan["error"].startswith(words)
    assert (plan["text"], plan["options"], plan["needs"]) == (text, [], None)


def test_live_restore_is_taken_out_when_that_is_asked():
    plan = merge('{"live-restore": true}', {"live-restore": None})
    assert (plan["error"], plan["text"], plan["needs"]) == (None, "{}\n", "restarted")


def host(node_id=None, manager=False, leader=False, needs="restarted"):
    swarm = {"node_id": node_id, "manager": manager} if node_id else None
    nodes = [{"id": node_id, "leader": leader}] if manager else []
    return {"__engine_host": {"swarm": swarm, "nodes": nodes}, "__engine_needs": needs}


def test_workers_are_restarted_first_and_the_leader_last():
    variables = {
        "leader": host("1", manager=True, leader=True),
        "manager": host("2", manager=True),
        "worker": host("3"),
        "alone": host(),
        "current": host("4", needs=""),
    }
    assert restart_order(list(variables), variables) == ["worker", "alone", "manager", "leader"]
