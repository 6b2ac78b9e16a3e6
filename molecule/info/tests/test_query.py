# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of service_info, which the Engine evaluates, and queries, which the controller does. The Engine is 20.10."""

from __future__ import annotations

from pathlib import Path

import pytest
from plays import play

testinfra_hosts = ["ansible://node2"]

QUERY = Path(__file__).resolve().parents[1] / "query.yml"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"label": ["com.example.tier=front"]}, ["each", "web"], id="by label"),
        pytest.param({"label": ["com.example.tier"], "mode": ["global"]}, ["each"], id="by name of label, and mode"),
        pytest.param({"mode": ["replicated-job", "global"]}, ["each", "job", "talk"], id="by modes"),
        pytest.param({"name": ["web", "nowhere"]}, ["web"], id="by name"),
    ],
)
def test_filters(run, options, expected):
    assert [service["name"] for service in run("service_info", **options)["services"]] == expected


def test_a_query_needs_no_library_on_the_host(run, host):
    assert host.run("/usr/bin/python3 -c 'import jmespath'").rc != 0
    result = run("task_info", service=["web"], query="tasks[?state=='running'].[slot, node] | sort_by(@, &[0])")
    assert [slot for slot, _node in result["query_result"]] == [1, 2]
    assert {node for _slot, node in result["query_result"]} == {"node2", "node3"}


@pytest.mark.parametrize(
    ("module", "query", "expected"),
    [
        ("service_info", "services[?running < desired && mode=='replicated'].name", ["bad", "stuck"]),
        ("node_info", "sort(nodes[].hostname)", ["node1", "node2", "node3"]),
        ("cluster_info", "length(nodes)", 3),
        ("host_info", "type(engine)", "object"),
        ("network_info", "networks[?name=='front'].driver | [0]", "overlay"),
        ("secret_info", "length(secrets)", 0),
        ("config_info", "length(configs)", 0),
    ],
)
def test_every_module_that_looks_something_up_takes_a_query(run, module, query, expected):
    assert run(module, query=query)["query_result"] == expected


def test_a_query_of_logs(run):
    assert run("service_logs", name="bad", query="tasks[].slot")["query_result"] == [1, 1]


def test_a_query_that_is_wrong_is_told_before_any_host_is_asked():
    # Nothing listens there: a module that was sent would make the host unreachable.
    nobody = {"nobody": {"nowhere": {"ansible_host": "127.0.0.1", "ansible_port": 1}}}
    outcome = play(QUERY, nobody, "--limit=nowhere", wanted="nodes[?state == up")
    assert "query: 'nodes[?state == up' ends too early; something is missing after character 18" in outcome.text
    assert outcome.recap == {"nowhere": (0, 0, 1)}
