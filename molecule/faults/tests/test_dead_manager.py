# SPDX-License-Identifier: GPL-3.0-or-later
"""The first manager of the inventory is switched off, in the swarm that test_build.py has left."""

from __future__ import annotations

from plays import until

testinfra_hosts = ["ansible://node2"]

# Workers of Engine 26.1: one of 20.10 may wait minutes for the manager that is gone before it turns to another.
MANAGERS, WORKERS = ["node1", "node2", "node3"], ["node5", "node7"]
WEB = {
    "name": "web",
    "image": "flotilla/web:1",
    "mode": "global",
    "endpoint_mode": "dnsrr",
    "publish": [{"published_port": 8080, "target_port": 8080, "mode": "host"}],
    "update_config": {"monitor": "1s"},
}


def serving(on, names):
    """Whether the service answers on each machine."""
    ask = "curl -s --max-time 5 --output /dev/null http://127.0.0.1:8080/"
    return all(on(name).run(ask).rc == 0 for name in names)


def test_site_converges_without_the_first_manager(power, converge, nodes, built, on):
    power("stop", "node1")
    outcome = converge(MANAGERS, WORKERS, playbook="flotilla.swarm.site", swarm_services=[WEB])
    # Ansible's own status for a host that is off.
    assert outcome.status == 4, outcome.printed
    assert {name: failed for name, (_changed, _off, failed) in outcome.recap.items()} == dict.fromkeys(
        (*MANAGERS, *WORKERS), 0
    )
    # node7 was in no swarm before, and web was no service.
    assert nodes("node2")[1:] == built(MANAGERS, WORKERS)[1:]
    assert serving(on, ("node2", "node3", "node5", "node7"))


def test_a_repeated_run_without_the_first_manager_changes_nothing(converge, nodes):
    # A new leader takes a while to call a node down that it has not heard of.
    until(lambda: "unknown" not in nodes("node3")[0])
    before = nodes("node3")
    outcome = converge(MANAGERS, WORKERS, swarm_services=[WEB])
    assert {name: changed for name, (changed, *_others) in outcome.recap.items()} == dict.fromkeys(
        (*MANAGERS, *WORKERS), 0
    )
    assert nodes("node3") == before


def test_the_manager_comes_back(power, converge, nodes, built, on):
    power("start", "node1")
    until(lambda: nodes("node2") == built(MANAGERS, WORKERS))
    # It was off when the ports of the others were closed to all but nodes.
    outcome = converge(MANAGERS, WORKERS, playbook="flotilla.swarm.site", swarm_services=[WEB])
    assert {name for name, (changed, *_others) in outcome.recap.items() if changed} == {"node1"}
    assert converge(MANAGERS, WORKERS, playbook="flotilla.swarm.site", swarm_services=[WEB]).changed == 0
    until(lambda: serving(on, ("node1",)))
    assert nodes("node1") == built(MANAGERS, WORKERS)
