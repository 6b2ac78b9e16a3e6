# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.findings import describe, find
from ansible_collections.flotilla.swarm.plugins.plugin_utils.preflight.report import report

LIMITS = {"clock": 10, "memory": 512, "mtu": 1500}

KERNEL = {"overlay": True, "vxlan": True, "veth": None, "bridge": True, "ip_vs": None, "esp4": None, "xfrm_user": None}


def facts(number, **changes):
    """What host_info returns on a host with which nothing is wrong; ``engine`` and ``swarm`` are merged in."""
    told = {
        "hostname": f"h{number}",
        "machine_id": f"m{number}",
        "address": f"10.0.0.{number}",
        "os": {"id": "debian", "family": "debian", "name": "Debian GNU/Linux 13 (trixie)"},
        "python": "3.13.5",
        "root": True,
        "systemd": True,
        "clock_offset": 0.5,
        "memory": 4 << 30,
        "ip_forward": True,
        "kernel": KERNEL,
        "service": {"exists": True, "active": True, "enabled": True},
        "nodes": [],
        "interfaces": {"eth0": {"addresses": [f"10.0.0.{number}/24"], "mtu": 1500}},
        "routes": [],
        "overlay": None,
        "engine": {
            "installed": "26.1.5+dfsg1",
            "running": "26.1.5+dfsg1",
            "trouble": None,
            "id": f"e{number}",
            "live_restore": False,
            "userns_remap": False,
        },
        "swarm": {"state": "inactive", "cluster_id": None, "node_id": None, "error": None, "trouble": None},
    }
    for name in ("engine", "swarm", "kernel", "os"):
        if changes.get(name) is not None:
            changes[name] = {**told[name], **changes[name]}
    return {**told, **changes}


def hosts(managers=1, workers=0, **given):
    """Hosts h1, h2, ... of which those named in ``given`` have other variables or facts."""
    names = [f"h{number}" for number in range(1, managers + workers + 1)]
    variables = {}
    for number, name in enumerate(names, 1):
        changes = dict(given.get(name, {}))
        own = {key: changes.pop(key) for key in list(changes) if key in OWN}
        seen = own.pop("seen", facts(number, **changes))
        told = {f"__preflight_{key}": own.pop(key) for key in ("listening", "probed") if key in own}
        variables[name] = {**({"__preflight_seen": seen} if seen else {}), **told, **own}
    return describe(variables, names[:managers], names[managers:])


OWN = (
    "seen",
    "listening",
    "probed",
    "ansible_host",
    "swarm_advertise_addr",
    "swarm_data_path_addr",
    "engine_daemon_config",
)


def told(found):
    """Findings as one sentence each."""
    return [f"{f['severity']} {','.join(f['hosts'])}: {f['finding']}" for f in found]


def clocks(**seconds):
    """What module probe returns of hosts that answered with their clocks."""
    target = {"ports": {}, "mtu": None, "seen_from": []}
    return {"targets": [{"name": name, "clock": clock, **target} for name, clock in seconds.items()], "unheard": []}


def node(number, state="ready", **changes):
    """A node as host_info lists it."""
    worker = {"id": f"n{number}", "hostname": f"h{number}", "address": f"10.0.0.{number}", "role": "worker"}
    return {**worker, "state": state, "reachability": None, "leader": False, **changes}


def manager(number, reachability="reachable"):
    """A manager as host_info lists it."""
    return node(number, role="manager", reachability=reachability)


def member(cluster_id, number):
    """The swarm section of a host that is in service."""
    return {"state": "active", "cluster_id": cluster_id, "node_id": f"n{number}"}


@pytest.mark.parametrize(
    ("managers", "workers", "sentences"),
    [
        (1, 0, []),
        (3, 2, []),
        (7, 0, []),
        (0, 1, ["error : no host is a manager"]),
        (
            2,
            0,
            [
                "warning : 2 managers: a majority of 2 needs 2, so the loss of either one stops the swarm from being "
                "changed"
            ],
        ),
        (
            4,
            0,
            ["warning : 4 managers: a majority of 4 needs 3, so the swarm survives the loss of 1, as it would with 3"],
        ),
        (9, 0, ["warning : 9 managers: every change waits until 5 of them have written it"]),
    ],
)
def test_number_of_managers(managers, workers, sentences):
    assert told(find(hosts(managers, workers), LIMITS)) == sentences


def test_host_in_both_groups():
    both = describe({"h1": {"__preflight_seen": facts(1)}}, ["h1"], ["h1"])
    assert told(find(both, LIMITS)) == ["error h1: in both groups, of the managers and of the workers"]


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"python": "3.8.10"}, ["error h1: Python 3.8.10"]),
        ({"root": False}, ["error h1: Ansible is not root there"]),
        ({"systemd": False}, ["error h1: systemd is not its init system"]),
        ({"memory": 256 << 20}, ["warning h1: 256 MiB of memory, less than 512 MiB"]),
        ({"memory": None}, []),
        (
            {"os": {"family": "alpine", "name": "Alpine"}, "engine": {"installed": None, "running": None}},
            ["error h1: role engine knows no packages for Alpine"],
        ),
        ({"os": {"family": "alpine", "name": "Alpine"}}, []),
        (
            {"kernel": {"vxlan": False, "overlay": False}},
            ["error h1: the kernel lacks overlay, vxlan, without which containers have no networks"],
        ),
        (
            {"kernel": {"ip_vs": False}},
            [
                "warning h1: the kernel lacks ip_vs, without which published ports and virtual addresses of services "
                "do not answer"
            ],
        ),
        (
            {"ip_forward": False},
            [
                "warning h1: net.ipv4.ip_forward is off although the Engine turned it on, so containers reach no "
                "other host"
            ],
        ),
        ({"ip_forward": False, "engine": {"running": None}}, []),
        ({"engine": {"running": "19.3.8"}}, ["error h1: Engine 19.3.8 is older than 20.10"]),
        (
            {"engine": {"trouble": "nothing listens"}},
            ["error h1: the Engine runs and does not answer: nothing listens"],
        ),
        ({"engine": {"trouble": "it is stopped"}, "service": {"active": False}}, []),
        (
            {"engine": {"live_restore": True}},
            ["error h1: live-restore is on, and an Engine with it cannot be in a swarm"],
        ),
        ({"engine": {"live_restore": True}, "engine_daemon_config": {"live-restore": None}}, []),
        ({"engine": {"live_restore": True}, "engine_daemon_config": {"live-restore": False}}, []),
        (
            {"engine": {"userns_remap": True}},
            [
                "warning h1: userns-remap is on: files in volumes and mounts belong to other users than on hosts "
                "without it"
            ],
        ),
        ({"swarm": {"state": "locked"}}, ["error h1: the manager is locked since its Engine started"]),
        (
            {"swarm": {"state": "error", "error": "expired"}},
            ["error h1: the Engine is in a swarm and out of service: expired"],
        ),
        (
            {"swarm_advertise_addr": "eth9"},
            ["error h1: swarm_advertise_addr is eth9, which is neither an address nor an interface with one"],
        ),
        (
            {"swarm_data_path_addr": "192.0.2.7"},
            ["warning h1: swarm_data_path_addr is 192.0.2.7, which no interface has, so something must translate it"],
        ),
        ({"swarm_advertise_addr": "eth0", "swarm_data_path_addr": "10.0.0.1"}, []),
        ({"swarm_advertise_addr": "192.0.2.7", "interfaces": {}}, []),
        (
            {"swarm": {"state": "active", "trouble": "no leader"}},
            ["error h1: this manager cannot list the nodes of its swarm: no leader"],
        ),
    ],
)
def test_one_host(changes, sentences):
    assert told(find(hosts(h1=changes), LIMITS)) == sentences


def test_no_engine_yet_is_no_finding():
    bare = facts(1, swarm=None, engine={"installed": None, "running": None, "trouble": "Docker is not installed"})
    bare.update(swarm=None, service={"exists": False, "active": False, "enabled": False})
    assert told(find(hosts(h1={"seen": bare}), LIMITS)) == []


UNREACHABLE = {"unreachable": True, "msg": "Task failed: timed out\n after 10 s"}


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"h2": {"seen": UNREACHABLE}}, ["error h2: Ansible cannot reach it: timed out after 10 s"]),
        (
            {"h2": {"seen": UNREACHABLE}, "h1": {"swarm": member("a", 1)}},
            ["warning h2: Ansible cannot reach it: timed out after 10 s"],
        ),
        (
            {"h2": {"seen": {"msg": "no such interpreter"}}},
            ["error h2: Ansible reaches it and cannot work there: no such interpreter"],
        ),
        ({"h2": {"seen": None}}, []),
    ],
)
def test_host_that_does_not_answer(given, sentences):
    assert told(find(hosts(1, 1, **given), LIMITS)) == sentences


@pytest.mark.parametrize(
    ("h1", "h2", "sentences"),
    [
        (
            {"ansible_host": "10.0.0.9"},
            {"ansible_host": "10.0.0.9"},
            ["error h1,h2: Ansible reaches 10.0.0.9 for all of these"],
        ),
        ({}, {"address": "10.0.0.1"}, ["error h1,h2: in the swarm it would be 10.0.0.1 for all of these"]),
        ({}, {"address": "10.0.0.1", "swarm_advertise_addr": "10.0.0.2"}, []),
        ({}, {"address": "10.0.0.1", "swarm_advertise_addr": "eth0"}, []),
        (
            {"swarm_advertise_addr": "10.0.0.1:2377"},
            {"swarm_advertise_addr": "10.0.0.1", "interfaces": {}},
            ["error h1,h2: in the swarm it would be 10.0.0.1 for all of these"],
        ),
        ({}, {"hostname": "h1"}, ["warning h1,h2: the hostname is h1 for all of these"]),
        ({}, {"machine_id": "m1"}, ["warning h1,h2: the machine ID is m1 for all of these"]),
        ({}, {"engine": {"id": "e1"}}, ["warning h1,h2: the Engine's ID is e1 for all of these"]),
        (
            {"swarm": member("a", 1)},
            {"swarm": member("a", 1)},
            ["error h1,h2: the swarm's node is n1 for all of these"],
        ),
        ({}, {"clock_offset": 10.4}, []),
        ({}, {"clock_offset": 60.5}, ["warning h2,h1: the clock of h2 is 60 s ahead of that of h1"]),
        (
            {"clock_offset": 7200.5},
            {},
            [
                "error h1,h2: the clock of h1 is 7200 s ahead of that of h2, so the swarm's certificates are not "
                "valid there yet"
            ],
        ),
        # What hosts tell each other counts more than what the way to them has added.
        ({"probed": clocks(h2=0.001), "clock_offset": 60.5}, {}, []),
        (
            {"probed": clocks(h2=-30.2)},
            {"probed": clocks()},
            ["warning h1,h2: the clock of h1 is 30 s ahead of that of h2"],
        ),
        ({"probed": clocks()}, {"clock_offset": -60}, ["warning h1,h2: the clock of h1 is 60 s ahead of that of h2"]),
        ({}, {"engine": {"running": "26.0.1"}}, []),
        (
            {},
            {"engine": {"running": "20.10.24+dfsg1"}},
            ["warning h1,h2: Engines of different major versions: 20.10.24+dfsg1 on h2; 26.1.5+dfsg1 on h1"],
        ),
        ({"swarm": member("a", 1)}, {"swarm": member("a", 2)}, []),
        (
            {"swarm": member("a", 1)},
            {"swarm": member("b", 2)},
            ["error h1,h2: the hosts are in 2 swarms: a of h1; b of h2"],
        ),
    ],
)
def test_hosts_together(h1, h2, sentences):
    assert told(find(hosts(1, 1, h1=h1, h2=h2), LIMITS)) == sentences


@pytest.mark.parametrize(
    ("nodes", "sentences"),
    [
        ([manager(1), node(2)], []),
        ([manager(1), node(2, "down")], ["warning : node h2 (10.0.0.2) is down"]),
        (
            [manager(1), manager(2), manager(3, "unreachable")],
            [
                "warning : of 3 managers h3 cannot be reached; a majority of 3 needs 2, so the swarm survives the "
                "loss of 0 more"
            ],
        ),
    ],
)
def test_nodes_that_the_managers_miss(nodes, sentences):
    assert told(find(hosts(h1={"nodes": nodes, "swarm": member("a", 1)}), LIMITS)) == sentences


@pytest.mark.parametrize(
    ("encrypted", "kernel", "sentences"),
    [
        (False, {"esp4": False}, []),
        (True, {}, []),
        (True, {"esp4": False}, ["error h1: the kernel lacks esp4, without which encrypted networks carry nothing"]),
    ],
)
def test_encrypted_networks_need_more_of_the_kernel(encrypted, kernel, sentences):
    declared = {"settings": {}, "networks": [], "encrypted": encrypted}
    assert told(find(hosts(h1={"kernel": kernel}), LIMITS, declared)) == sentences


def test_networks_that_are_encrypted_need_it_too():
    overlay = {
        "networks": [{"name": "a", "subnets": [], "encrypted": True}],
        "default_addr_pool": [],
        "subnet_size": 24,
    }
    found = find(hosts(h1={"kernel": {"esp4": False}, "overlay": overlay}), LIMITS)
    assert told(found) == ["error h1: the kernel lacks esp4, without which encrypted networks carry nothing"]


@pytest.mark.parametrize(
    ("h1", "sentences"),
    [
        ({"listening": {"held": []}, "probed": clocks()}, []),
        ({"listening": {"skipped": True}, "probed": {"skipped": True}}, []),
        ({"listening": {"msg": "no\nroom"}}, ["error h1: its ports could not be probed: no room"]),
        (
            {"listening": {"held": []}, "probed": {"msg": "timed out", "unreachable": True}},
            ["error h1: its ports could not be probed: timed out"],
        ),
    ],
)
def test_hosts_that_could_not_probe(h1, sentences):
    assert told(find(hosts(h1=h1), LIMITS)) == sentences


@pytest.mark.parametrize(
    ("checks", "sentences"),
    [(["hosts"], ["error h1: Python 3.8.1"]), (["network"], ["error h1: its ports could not be probed: no"])],
)
def test_one_kind_of_checks(checks, sentences):
    assert told(find(hosts(h1={"python": "3.8.1", "listening": {"msg": "no"}}), LIMITS, None, checks)) == sentences


def test_the_same_of_several_hosts_is_one_finding():
    found = find(hosts(1, 1, h1={"root": False}, h2={"root": False}), LIMITS)
    assert told(found) == ["error h1,h2: Ansible is not root there"]


def test_errors_come_first():
    found = find(hosts(2, 0, h2={"root": False}), LIMITS)
    assert [finding["severity"] for finding in found] == ["error", "warning"]


def test_every_finding_has_a_remedy():
    found = find(hosts(2, 0, h2={"root": False, "machine_id": "m1"}), LIMITS)
    assert all(finding["remedy"] and finding["check"] for finding in found)


def test_report_is_a_table():
    assert report(find(hosts(h1={"root": False}), LIMITS)) == [
        "SEVERITY  CHECK  HOSTS  FINDING",
        "error     root   h1     Ansible is not root there",
        "                        -> let Ansible become root there: become: true",
    ]


def test_report_without_findings():
    assert report([]) == ["nothing found"]
