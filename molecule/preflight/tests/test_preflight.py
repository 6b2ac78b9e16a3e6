# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings that can be brought about on machines; the unit tests have all of them. Others are of the network."""

import pytest
import testinfra
from plays import play

GROUPS = {"swarm_managers": {"node1": {}}, "swarm_workers": {"node3": {}, "node5": {}}}


def preflight(more=None, **variables):
    """Run the playbook with ``more`` hosts in the groups; return its exit status and what it printed in one line."""
    groups = {group: {**hosts, **(more or {}).get(group, {})} for group, hosts in GROUPS.items()}
    outcome = play(
        "flotilla.swarm.preflight",
        groups,
        **{"preflight_fail_on": "warning", "preflight_clock_tolerance": 60, "preflight_network": False, **variables},
    )
    return outcome.status, outcome.text


@pytest.fixture(scope="module")
def machine():
    """A machine by name."""
    return lambda name: testinfra.get_host(f"ansible://{name}")


def address(machine, name):
    return machine(name).ansible.get_variables()["ansible_host"]


def test_bad_inventory():
    managers = {
        "node2": {"ansible_become": True, "ansible_become_user": "nobody"},
        "node3": {},
        "node4": {"ansible_port": 1},
        "node6": {"ansible_python_interpreter": "/nowhere/python3"},
        "node7": {},
    }
    status, output = preflight({"swarm_managers": managers}, preflight_network=True)
    for sentence in (
        "in both groups, of the managers and of the workers",
        "6 managers: a majority of 6 needs 4, so the swarm survives the loss of 2, as it would with 5",
        "Engines of different major versions: 20.10.",
        "Ansible is not root there",
        "Ansible cannot reach it:",
        "Ansible reaches it and cannot work there:",
        "/nowhere/python3",
    ):
        assert sentence in output
    assert "cannot be reached from" not in output
    assert status == 2


def test_one_machine_under_two_names(machine):
    same = address(machine, "node5")
    variables = machine("node5").ansible.get_variables()
    access = {name: value for name, value in variables.items() if name.startswith(("ansible_ssh", "ansible_user"))}
    output = preflight({"swarm_workers": {"again": {**access, "ansible_host": same}}})[1]
    for sentence in (
        f"Ansible reaches {same} for all of these",
        f"in the swarm it would be {same} for all of these",
        "the hostname is node5 for all of these",
        "the machine ID is",
        "the Engine's ID is",
    ):
        assert sentence in output


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"preflight_clock_tolerance": 0.000001}, "ahead of that of"),
        ({"preflight_min_memory": 100000000}, "MiB of memory, less than 100000000 MiB"),
        ({"swarm_advertise_addr": "10.9.9.9"}, "in the swarm it would be 10.9.9.9 for all of these"),
    ],
)
def test_variables(variables, sentence):
    status, output = preflight(**variables)
    assert sentence in output
    assert status == 2


def test_without_managers_there_is_nothing_to_look_at():
    status, output = preflight(swarm_managers_group="nobody")
    assert "no host is a manager, as the inventory has none in group nobody" in output
    assert status not in (0, 2)


def test_findings_that_are_to_be_borne_do_not_end_the_play():
    status, output = preflight({"swarm_managers": {"node3": {}}}, preflight_fail_on="never")
    assert "in both groups, of the managers and of the workers" in output
    assert status == 0


def test_live_restore(machine):
    host = machine("node3")
    host.check_output("mkdir -p /etc/docker; echo '{\"live-restore\": true}' > /etc/docker/daemon.json")
    host.check_output(
        "systemctl reload docker; until docker info | grep -q 'Live Restore Enabled: true'; do sleep 0.1; done"
    )
    try:
        assert "an Engine with it cannot be in a swarm" in preflight()[1]
        assert "nothing found" in preflight(engine_daemon_config={"live-restore": None})[1]
    finally:
        host.check_output("rm /etc/docker/daemon.json; systemctl restart docker")


def test_forwarding_that_was_turned_off(machine):
    machine("node5").check_output("echo 0 > /proc/sys/net/ipv4/ip_forward")
    try:
        assert "net.ipv4.ip_forward is off" in preflight()[1]
    finally:
        machine("node5").check_output("echo 1 > /proc/sys/net/ipv4/ip_forward")


def test_swarms(machine):
    """One after the other, as each swarm takes the place of the one before."""
    manager, worker, other = (machine(name) for name in ("node1", "node3", "node5"))
    one = manager.check_output("docker swarm init > /dev/null; docker info --format '{{.Swarm.Cluster.ID}}'")
    two = other.check_output("docker swarm init > /dev/null; docker info --format '{{.Swarm.Cluster.ID}}'")
    token = manager.check_output("docker swarm join-token --quiet worker")
    worker.check_output(f"docker swarm join --token {token} {address(machine, 'node1')}:2377")
    output = preflight()[1]
    assert f"the hosts are in 2 swarms: {one} of node1, node3; {two} of node5" in output

    other.check_output("docker swarm leave --force")
    assert "nothing found" in preflight()[1]

    # A host that is off is an error before there is a swarm, and not when one is in service.
    gone = {"swarm_workers": {"node7": {"ansible_port": 1}}}
    assert preflight(gone, preflight_fail_on="error")[0] == 0

    worker.check_output("systemctl stop docker.socket docker")
    manager.check_output("timeout 60 sh -c 'until docker node ls | grep -q Down; do sleep 0.5; done'")
    assert f"node node3 ({address(machine, 'node3')}) is down" in preflight()[1]

    manager.check_output("docker swarm update --autolock=true; systemctl restart docker")
    status, output = preflight(preflight_fail_on="error")
    assert "the manager is locked since its Engine started" in output
    assert status == 2
