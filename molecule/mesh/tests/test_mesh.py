# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a service answers, and to which names."""

from __future__ import annotations

from collections import Counter

import pytest

testinfra_hosts = ["ansible://node1"]

WEB, PUBLISHED = 8080, {"node1": 8081, "node2": 8082, "node3": 8083}
NODES = tuple(PUBLISHED)


@pytest.mark.parametrize("runs", NODES)
def test_a_published_port_answers_on_every_node_whichever_runs_the_task(runs, task, tasks, eventually):
    ((only, where),) = tasks(f"at-{runs}").items()
    assert where == runs
    eventually(lambda: {name: task(name, PUBLISHED[runs]) for name in NODES}, dict.fromkeys(NODES, only))


@pytest.mark.parametrize("name", NODES)
def test_requests_are_spread_over_the_tasks_of_all_nodes(name, task, tasks, eventually):
    there = tasks("web")
    assert sorted(there.values()) == list(NODES)
    eventually(lambda: Counter(task(name, WEB) for _request in range(12)), Counter(dict.fromkeys(there, 4)))


@pytest.mark.parametrize("name", NODES)
def test_a_service_has_one_address_that_leads_to_all_tasks_and_its_tasks_have_theirs(
    name, inside, fetch, tasks, running, engine, eventually
):
    assert addresses_of(inside(name, "nslookup web")) == virtual_addresses(engine)
    own = [network for task in running("web") for network in task["NetworksAttachments"]]
    own = [one["Addresses"][0].partition("/")[0] for one in own if one["Network"]["Spec"]["Name"] == "safe"]
    assert len(own) == 3
    eventually(lambda: sorted(addresses_of(inside(name, "nslookup tasks.web"))), sorted(own))
    eventually(lambda: Counter(fetch(name, "web", times=6)), Counter(dict.fromkeys(tasks("web"), 2)))


def addresses_of(answer):
    """The addresses in what nslookup prints, after that of the server."""
    lines = answer.partition("\nName:")[2].splitlines()
    return [line.removeprefix("Address: ") for line in lines if line.startswith("Address: ")]


def virtual_addresses(engine):
    """The virtual address that service web has in network safe."""
    safe = engine("node1", "/networks/safe")["Id"]
    endpoint = engine("node1", "/services/web")["Endpoint"]
    return [one["Addr"].partition("/")[0] for one in endpoint["VirtualIPs"] if one["NetworkID"] == safe]
