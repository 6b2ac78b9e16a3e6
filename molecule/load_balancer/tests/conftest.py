# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks over this scenario's machines, the load that the load balancers are under, and who answers through them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plays import play, until

SCENARIO = Path(__file__).resolve().parents[1]
DOCS = SCENARIO.parents[1] / "docs/load-balancer.md"
BALANCERS = {"node6": "haproxy", "node5": "nginx"}
WORKERS = ("node2", "node3")
PAGE, SLOW = ":8080/cgi-bin/index.cgi", ":8090/cgi-bin/slow.cgi"
ANSWERED = re.compile(r"^\s+\[(\d+)\]\s+(\d+) responses$", re.MULTILINE)


@pytest.fixture
def machine(host):
    """Another machine."""
    return lambda name: host.get_host(f"ansible://{name}")


@pytest.fixture
def on(machine):
    """What a command prints on a machine."""
    return lambda name, command: machine(name).check_output(command)


@pytest.fixture
def address(host):
    """The address of a machine."""
    return lambda name: host.get_host(f"ansible://{name}").ansible.get_variables()["ansible_host"]


@pytest.fixture
def variables(machine):
    """What the scenario's inventory says of the load balancers."""
    names = ("load_balancer_services", "load_balancer_program")
    known = {name: machine(name).ansible.get_variables() for name in BALANCERS}
    return {host: {name: of[name] for name in names if name in of} for host, of in known.items()}


@pytest.fixture
def run(variables):
    """Run a playbook, by default that of the role, with other variables for some load balancers."""

    def run(*options, playbook="flotilla.swarm.load_balancer", workers=WORKERS, more=None, **given):
        balancers = {name: {**variables[name], **(more or {}).get(name, {})} for name in BALANCERS}
        groups = {"swarm_managers": ["node1"], "swarm_workers": workers, "swarm_load_balancers": balancers}
        return play(playbook, groups, *options, **given)

    return run


@pytest.fixture
def answering(on, address):
    """The nodes whose tasks answer through a load balancer."""

    def answering(balancer, page=PAGE):
        pages = on("node1", f"for i in $(seq 12); do curl -s -m 10 http://{address(balancer)}{page}; done")
        return set(re.findall(r"^node: (\S+)$", pages, re.MULTILINE))

    return answering


@pytest.fixture
def answers(answering):
    """Wait until exactly these nodes answer through both load balancers."""

    def answers(*nodes):
        for balancer in BALANCERS:
            until(lambda balancer=balancer: answering(balancer) == set(nodes))

    return answers


@pytest.fixture
def load(machine, address):
    """Send requests to both load balancers; the function that is returned ends that and says what was answered.

    That is ``{(balancer, page): {status: number}}``. With errors of connections it is no such number.
    """
    sender = machine("node1")
    units = {}

    def start(**pages):
        for balancer in BALANCERS:
            for name, (page, words) in pages.items():
                unit = units[balancer, name] = f"load-{balancer}-{name}"
                command = f"hey -z 20m -t 30 {words} http://{address(balancer)}{page}"
                sender.check_output(f"systemd-run --quiet --unit={unit} sh -c 'exec {command} > /root/{unit}'")
        return stop

    def stop():
        answered = {}
        for key, unit in units.items():
            sender.check_output(
                f"systemctl kill --signal=INT {unit}; while systemctl -q is-active {unit}; do sleep 0.2; done"
            )
            report = sender.check_output(f"cat /root/{unit}")
            assert "Error distribution" not in report, report
            answered[key] = {int(status): int(number) for status, number in ANSWERED.findall(report)}
        return answered

    yield start
    for unit in units.values():
        sender.run(f"systemctl stop {unit}")


@pytest.fixture
def processes(on):
    """The processes of the programs, none of which outlives a reload but the first."""
    return lambda: {name: on(name, f"pgrep {program}") for name, program in BALANCERS.items()}


def example(heading):
    """The first playbook after a heading of the documentation."""
    text = DOCS.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    return re.search(r"```yaml\n(- name: .*?)```", text, re.DOTALL).group(1)


@pytest.fixture
def documented(tmp_path):
    """A playbook of the documentation, as a file."""

    def documented(heading):
        path = tmp_path / "playbook.yml"
        path.write_text(example(heading), encoding="utf-8")
        return path

    return documented
