# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engines say after role engine, and after what it must refuse."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import testinfra
from plays import play

testinfra_hosts = ["ansible://swarm_managers"]

SCENARIO = Path(__file__).resolve().parents[1]
ENGINES = {"bookworm": "20.10.", "trixie": "26.1."}
NAMES = ["node1", "node2", "node3"]
UNCHANGED = dict.fromkeys(NAMES, (0, 0, 0))


def run(playbook="converge.yml", *options, **variables):
    return play(SCENARIO / playbook, {"swarm_managers": NAMES}, *options, **variables)


@pytest.fixture(scope="module")
def machines():
    """Every machine, by name."""
    return {host.backend.host: host for host in testinfra.get_hosts(testinfra_hosts)}


def changed_everywhere(outcome):
    """Whether a run changed every machine; AssertionError if it failed."""
    return outcome.changed and all(changed for changed, _unreachable, _failed in outcome.recap.values())


def daemon_json(host):
    return json.loads(host.file("/etc/docker/daemon.json").content_string)


def engine_info(host):
    return json.loads(host.check_output("docker info --format '{{json .}}'"))


def started(host):
    """When the engine's process started."""
    return host.check_output("systemctl show docker --property=ExecMainStartTimestampMonotonic")


def restarts(host, since):
    """(stopped, back) for each restart of the engine that its journal tells, as seconds."""
    lines = host.check_output(f"journalctl --unit=docker --output=short-iso-precise --since=@{since}").splitlines()
    found = []
    for line in lines:
        if "Stopping docker.service" in line:
            found.append([moment(line), None])
        elif "Started docker.service" in line and found:
            found[-1][1] = moment(line)
    return [tuple(restart) for restart in found]


def moment(line):
    return datetime.strptime(line.split()[0], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def test_engine_is_the_one_of_the_release(host):
    assert engine_info(host)["ServerVersion"].startswith(ENGINES[host.ansible.get_variables()["lab_release"]])


def test_engine_starts_with_the_machine(host):
    assert host.service("docker").is_enabled


def test_library_for_modules_is_there(host):
    host.check_output("/usr/bin/python3 -c 'import docker'")


def test_options_that_the_role_does_not_name_stayed(host):
    log_options = {"max-file": "2", "max-size": "10m"}
    assert daemon_json(host) == {"shutdown-timeout": 20, "log-opts": log_options, "labels": ["zone=a"]}


def test_mode_of_the_file_stayed(host):
    assert host.file("/etc/docker/daemon.json").mode == 0o640


def test_engine_runs_with_these_options(host):
    assert engine_info(host)["Labels"] == ["zone=a"]


def test_engine_was_started_once_when_it_was_configured(host):
    log = host.check_output("journalctl --unit=docker --output=cat")
    assert log.count("Starting up") == 1


def test_check_mode_finds_nothing_to_do():
    assert run("converge.yml", "--check").recap == UNCHANGED


def test_broken_json_is_refused_and_kept(machines):
    file, broken = "/etc/docker/daemon.json", '{"labels": ["zone=a"],}'
    host = machines["node1"]
    host.check_output(f"cp --preserve {file} /root/ && printf '%s' '{broken}' > {file}")
    refused = run("converge.yml", "--limit=node1")
    kept = host.file(file).content_string
    host.check_output(f"mv /root/daemon.json {file}")
    assert "node1: daemon.json is not valid JSON and was left as it is" in refused.text
    assert kept == broken
    assert refused.recap == {"node1": (0, 0, 1)}


def test_live_restore_is_refused(machines):
    refused = run(more={"live-restore": True})
    assert "an Engine with live-restore cannot be in a swarm" in refused.text
    assert refused.recap == dict.fromkeys(NAMES, (0, 0, 1))
    assert "live-restore" not in daemon_json(machines["node1"])


def test_what_the_engine_refuses_is_not_written_and_passwords_are_not_shown(machines):
    # node1 and node3 have an Engine that can tell.
    more = {"proxies": {"http-proxy": "http://user:s3cret@10.0.0.1:3128"}, "no-such-option": 1}
    refused = run("converge.yml", "-vvv", "--diff", "--limit=node1,node3", more=more)
    assert "node1: daemon.json was left as it is, because the engine refuses the new one" in refused.text
    assert "configuration option: no-such-option" in refused.text
    assert "s3cret" not in refused.text
    assert refused.recap == {"node1": (0, 0, 1), "node3": (0, 0, 1)}
    assert "no-such-option" not in daemon_json(machines["node1"])


def test_labels_are_reloaded_without_a_restart(machines):
    before = {name: started(host) for name, host in machines.items()}
    assert changed_everywhere(run(more={"labels": ["zone=b"]}))
    assert {name: started(host) for name, host in machines.items()} == before
    assert all(engine_info(host)["Labels"] == ["zone=b"] for host in machines.values())


@pytest.fixture(scope="module")
def swarm(machines):
    """A swarm of all machines, as a function that lists its nodes: who they are for the swarm."""
    assert run("swarm.yml").status == 0
    shown = "docker node ls --format '{{.Status}} {{.ManagerStatus}}'"
    return lambda: sorted(line.strip() for line in machines["node1"].check_output(shown).splitlines())


def restarted_in_turn(machines, since):
    """The machines in the order of their restarts; each had one, and none began before the one before was over."""
    found = {name: restarts(host, since) for name, host in machines.items()}
    assert {name: len(own) for name, own in found.items()} == dict.fromkeys(machines, 1)
    order = sorted(found, key=lambda name: found[name])
    for before, after in zip(order, order[1:]):
        assert found[before][0][1] < found[after][0][0]
    return order


def now(machines):
    return machines["node1"].check_output("date +%s")


@pytest.mark.parametrize(("batch", "size"), [(0, "20m"), (2, "30m")])
def test_managers_are_restarted_one_at_a_time(machines, swarm, batch, size):
    since = now(machines)
    assert changed_everywhere(run(batch=batch, more={"log-opts": {"max-size": size}}))
    restarted_in_turn(machines, since)
    assert swarm() == ["Ready Leader", "Ready Reachable", "Ready Reachable"]


def test_a_restart_that_would_cost_the_majority_waits_for_the_next_run(machines, swarm):
    options = {"log-opts": {"max-size": "40m"}}
    before = started(machines["node1"])
    machines["node3"].check_output("systemctl stop docker.socket docker")
    refused = run("converge.yml", "--limit=node1", more=options)
    assert "restarting this manager would leave 1 of 3 managers reachable, and a majority of 3 needs 2" in refused.text
    assert refused.status != 0
    assert started(machines["node1"]) == before
    machines["node3"].check_output("systemctl start docker")
    # It needs its key, as the role did not stop it.
    key = machines["node1"].check_output("docker swarm unlock-key --quiet")
    machines["node3"].check_output(f"echo {key} | docker swarm unlock")
    assert changed_everywhere(run(more=options))
    assert started(machines["node1"]) != before
    assert swarm() == ["Ready Leader", "Ready Reachable", "Ready Reachable"]
    assert run(more=options).recap == UNCHANGED


def test_the_worker_is_restarted_first_and_the_leader_last(machines, swarm):
    leader = machines["node1"].check_output("docker node ls --format '{{.Hostname}} {{.ManagerStatus}}' | grep Leader")
    leader = leader.split()[0]
    worker = "node3" if leader != "node3" else "node1"
    machines[leader].check_output(f"docker node demote {worker}")
    machines[worker].check_output(
        "timeout 60 sh -c 'until docker info --format {{.Swarm.ControlAvailable}} | grep -q false; do sleep 0.2; done'"
    )
    since = now(machines)
    assert changed_everywhere(run(more={"log-opts": {"max-size": "50m"}}))
    order = restarted_in_turn(machines, since)
    assert (order[0], order[-1]) == (worker, leader)
