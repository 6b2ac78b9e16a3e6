# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not confirmed is put back."""

from __future__ import annotations

import os
import subprocess
import sys

from firewall.tests.machines import NODES, SCENARIO

testinfra_hosts = ["ansible://node1"]

LAB = SCENARIO.parent / "lab" / "lab.py"
ELSEWHERE = "192.0.2.77"


def test_rules_that_nobody_confirms_are_put_back(on, rules, recover):
    before = {name: rules(name) for name in NODES}
    for name in NODES:
        options = f"nodes={ELSEWHERE} published_ports_default=deny confirm_within=20 manager={name != 'node4'}"
        done = on(name).ansible("flotilla.swarm.firewall", options, check=False)
        assert done["changed"]
        assert done["unconfirmed"]
        assert ELSEWHERE in rules(name)
        assert on(name).run(f"grep -rq {ELSEWHERE} /etc").rc == 1
    recover(before)


def test_a_host_that_shuts_ansible_out_has_its_old_rules_again(on, firewall, rules, recover):
    before = {"node4": rules("node4")}
    outcome = firewall(
        "--limit=node4", playbook=SCENARIO / "lost.yml", firewall_extra_nodes=[ELSEWHERE], firewall_confirm_within=5
    )
    opened = "iptables -D INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j DROP"
    command = [sys.executable, LAB, "exec", "node4", "--name", os.environ["LAB_NAME"], "--", "sh", "-c", opened]
    subprocess.run(command, check=True)
    assert outcome.status != 0
    assert "node4 could not be reached with its new rules" in outcome.text
    recover(before)
    assert on("node4").run(f"grep -rq {ELSEWHERE} /etc").rc == 1
