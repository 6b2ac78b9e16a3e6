# SPDX-License-Identifier: GPL-3.0-or-later
"""A swarm's life, one test after the other on the same swarm."""

from __future__ import annotations

import json

from plays import until

testinfra_hosts = ["ansible://node1"]

MANAGERS, WORKERS = ["node1", "node2", "node3"], ["node4", "node5"]
RELEASES = ("bookworm", "trixie")


def release(name):
    """Machines of the two releases take turns, trixie first."""
    return RELEASES[int(name.removeprefix("node")) % 2]


def labels(name, **more):
    return {"release": release(name), "flotilla.swarm.host": name, **more}


def pages(on, names):
    """What the web server shows on each machine, through the port of the machine itself."""
    shown = [
        on(name).check_output("curl -s --max-time 5 http://127.0.0.1:8080/ || true").splitlines() for name in names
    ]
    return [next((line for line in page if line.startswith("node: ")), None) for page in shown]


def everywhere(on, names):
    """Whether every machine serves a page that its own task made."""
    return pages(on, names) == [f"node: {name}" for name in names]


def test_the_swarm_is_the_inventory(nodes, on):
    assert nodes() == {
        name: {
            "role": "manager" if name in MANAGERS else "worker",
            "state": "ready",
            "availability": "active",
            "labels": labels(name),
        }
        for name in (*MANAGERS, *WORKERS)
    }
    said = {on(name).check_output("docker info --format '{{.Swarm.Cluster.ID}}'") for name in MANAGERS}
    assert len(said) == 1
    assert {on(name).check_output("docker info --format '{{.Swarm.Managers}}'") for name in MANAGERS} == {"3"}


def test_addresses_are_the_declared_ones(docker, on):
    declared = {name: on(name).ansible.get_variables()["ansible_host"] for name in (*MANAGERS, *WORKERS)}
    shown = docker("node", "inspect", *declared)
    assert {node["Description"]["Hostname"]: node["Status"]["Addr"] for node in shown} == declared


def test_the_service_answers_on_every_node(on, docker):
    assert everywhere(on, (*MANAGERS, *WORKERS))
    assert docker("network", "inspect", "backend", "--format", "{{.Driver}} {{.Scope}}") == "overlay swarm"


def test_check_mode_afterwards_finds_nothing_to_do(converge):
    outcome = converge(MANAGERS, WORKERS, "--check", "--diff")
    assert outcome.changed == 0
    assert "+++" not in outcome.printed


def test_settings_that_are_not_named_stay(run, docker, swarm):
    docker("swarm", "update", "--autolock", "--dispatcher-heartbeat", "7s", "--cert-expiry", "720h")
    assert run("cluster", task_history_retention_limit=9)["changed"]
    spec = swarm()["Spec"]
    assert spec["EncryptionConfig"] == {"AutoLockManagers": True}
    assert spec["Dispatcher"]["HeartbeatPeriod"] == 7 * 10**9
    assert spec["CAConfig"]["NodeCertExpiry"] == 720 * 3600 * 10**9
    assert spec["Orchestration"]["TaskHistoryRetentionLimit"] == 9
    assert docker("swarm", "unlock-key", "--quiet").startswith("SWMKEY-")


def test_the_role_writes_its_settings_and_no_others(converge, run, swarm):
    assert converge(MANAGERS, WORKERS, "--check").changed == 1
    assert swarm()["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] == 9
    assert converge(MANAGERS, WORKERS).changed == 1
    spec = swarm()["Spec"]
    assert spec["Orchestration"]["TaskHistoryRetentionLimit"] == 3
    assert spec["EncryptionConfig"] == {"AutoLockManagers": True}
    assert run("cluster", autolock_managers=False)["changed"]
    assert swarm()["Spec"]["EncryptionConfig"] == {"AutoLockManagers": False}
    assert swarm()["Spec"]["Dispatcher"]["HeartbeatPeriod"] == 7 * 10**9


def test_what_is_set_at_initialisation_only_is_reported_and_stays(converge, swarm):
    before = swarm()
    wanted = {"task_history_retention_limit": 3, "default_addr_pool": ["10.77.0.0/16"], "subnet_size": 26}
    outcome = converge(MANAGERS, WORKERS, swarm_cluster_settings=wanted)
    assert outcome.changed == 0
    assert "default_addr_pool is ['10.0.0.0/8'] and not ['10.77.0.0/16']" in outcome.text
    assert "subnet_size is 24 and not 26" in outcome.text
    assert swarm() == before


def test_labels_are_added_and_changed(converge, nodes, docker):
    docker("node", "update", "--label-add", "by-hand=1", "node5")
    workers = {"node4": {"swarm_node_labels": {"zone": "a"}}, "node5": {"swarm_node_labels": {"release": "none"}}}
    assert converge(MANAGERS, workers).changed == 1
    assert nodes()["node4"]["labels"] == labels("node4", zone="a")
    assert nodes()["node5"]["labels"] == {"release": "none", "flotilla.swarm.host": "node5", "by-hand": "1"}
    assert converge(MANAGERS, workers).changed == 0


def test_labels_are_replaced_when_that_is_asked(converge, nodes):
    assert converge(MANAGERS, WORKERS, swarm_node_labels_state="replace").changed == 1
    assert {name: node["labels"] for name, node in nodes().items()} == {
        name: labels(name) for name in (*MANAGERS, *WORKERS)
    }


def test_a_worker_is_promoted_and_a_manager_demoted(converge, roles, docker, on):
    managers, workers = ["node1", "node2", "node4"], ["node3", "node5"]
    before = roles()
    assert converge(managers, workers, "--check").changed == 1
    assert roles() == before
    assert converge(managers, workers).changed == 1
    assert roles() == dict.fromkeys(managers, "manager") | dict.fromkeys(workers, "worker")
    assert docker("node", "inspect", "node4", "--format", "{{.ManagerStatus.Reachability}}") == "reachable"
    assert on("node4").check_output("docker info --format '{{.Swarm.ControlAvailable}}'") == "true"
    until(lambda: on("node3").check_output("docker info --format '{{.Swarm.ControlAvailable}}'") == "false")
    assert converge(managers, workers).changed == 0


def test_nodes_that_left_the_inventory_stay_unless_their_removal_is_asked(converge, nodes, on):
    before = nodes()
    assert converge(["node1", "node2"], ["node3"]).changed == 0
    assert converge(["node1", "node2"], ["node3"], "--check", swarm_remove_unlisted_nodes=True).changed > 0
    assert nodes() == before
    assert converge(["node1", "node2"], ["node3"], swarm_remove_unlisted_nodes=True).changed > 0
    assert sorted(nodes()) == ["node1", "node2", "node3"]
    assert converge(["node1", "node2"], ["node3"], swarm_remove_unlisted_nodes=True).changed == 0
    until(lambda: not on("node5").check_output("docker ps --quiet"))


def test_the_swarm_grows_from_three_to_five(converge, nodes, roles, on, docker):
    network = json.dumps(docker("network", "inspect", "backend", "--format", "{{.Id}}"))
    managers, workers = ["node1", "node2", "node6"], ["node3", "node7"]
    assert converge(managers, workers, "--check").changed == 2
    assert sorted(nodes()) == ["node1", "node2", "node3"]
    outcome = converge(managers, workers)
    assert {name: changed for name, (changed, *_others) in outcome.recap.items()} == {
        "node1": 1,  # the labels of the new ones
        "node2": 0,
        "node3": 0,
        "node6": 1,
        "node7": 1,
    }
    assert roles() == dict.fromkeys(managers, "manager") | dict.fromkeys(workers, "worker")
    assert nodes()["node7"]["labels"] == labels("node7")
    until(lambda: everywhere(on, (*managers, *workers)))
    assert json.dumps(docker("network", "inspect", "backend", "--format", "{{.Id}}")) == network
    assert converge(managers, workers).changed == 0


def test_a_host_whose_node_was_removed_joins_anew(converge, roles, on):
    # node5 was removed above, and its engine was not told.
    assert on("node5").check_output("docker info --format '{{.Swarm.LocalNodeState}}'") == "active"
    managers, workers = ["node1", "node2", "node6"], ["node3", "node7", "node5"]
    assert converge(managers, workers).changed > 0
    assert roles() == dict.fromkeys(managers, "manager") | dict.fromkeys(workers, "worker")
    until(lambda: everywhere(on, ("node5",)))
    assert converge(managers, workers).changed == 0
