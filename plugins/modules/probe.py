#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: probe
short_description: Whether hosts reach each other on the ports of a swarm
description:
  - First all hosts listen, then all hosts probe all others, in one call each. Role P(flotilla.swarm.preflight#role)
    does that and judges what was found.
  - It works before there is an Engine and while a swarm is in service. Probes of UDP and of IP protocol 50 are seen and
    answered behind the firewall by a raw socket, whoever holds the port; for TCP it is enough that someone accepts the
    connection.
  - In a swarm that is in service the Engines log one line for each probe on 7946/udp, C(memberlist) and C(Decrypt
    packet failed) with level C(warning), and nothing for all others. Probes on the data path port are no VXLAN.
  - Only probes that carry O(nonce) are answered, with less than was asked.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.probe
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is ever changed, so that check mode makes no difference.
  diff_mode:
    support: N/A
    description: Nothing is ever changed.
notes:
  - No Engine is asked. Options of the connection are there so that C(module_defaults) may have them.
seealso:
  - module: flotilla.swarm.host_info
"""

EXAMPLES = r"""
- name: Answer probes of the other hosts
  flotilla.swarm.probe:
    state: listening
    nonce: 0123456789abcdef
    ports: [2377/tcp, 7946/tcp, 7946/udp, 4789/udp]
    peers: [node2, node3]

- name: Probe the others
  flotilla.swarm.probe:
    state: probed
    nonce: 0123456789abcdef
    name: node1
    targets:
      - name: node2
        address: 10.0.0.2
        ports: [7946/tcp, 7946/udp, 4789/udp]
        mtu_port: 4789/udp
  register: probed
"""

RETURN = r"""
held:
  description: The TCP ports on which someone else accepts connections, the Engine as a rule.
  returned: when O(state=listening)
  type: list
  elements: str
stopped:
  description: Whether there was a listener.
  returned: when O(state=stopped)
  type: bool
targets:
  description: The hosts that were probed.
  returned: when O(state=probed)
  type: list
  elements: dict
  contains:
    name:
      description: Name of the host.
      type: str
    address:
      description: Where the probes went.
      type: str
    ports:
      description: >-
        For each port whether it was C(reached), and the C(reason) why not: V(no answer), V(refused), V(unreachable),
        V(kept back) by this host's own firewall, or the error of the system.
      type: dict
    sent_from:
      description: This host's address from which the probes went, none without an answer.
      type: str
    seen_from:
      description: The addresses from which they came as the target saw it. Where they differ, something translates
        addresses.
      type: list
      elements: str
    clock:
      description: Seconds that the target's clock is ahead.
      type: float
    mtu:
      description: Bytes of the largest IP packet that gets there whole.
      type: int
    interface_mtu:
      description: Bytes of the largest IP packet that leaves this host towards it.
      type: int
unheard:
  description: The hosts whose listener may not know that this host is done.
  returned: when O(state=probed)
  type: list
  elements: str
"""

from ..module_utils.core.errors import InvalidOption
from ..module_utils.core.run import finish, make_module
from ..module_utils.host.network import interface_mtus
from ..module_utils.probe.ask import ask_all
from ..module_utils.probe.fields import PROBE
from ..module_utils.probe.listen import listen, stop
from ..module_utils.probe.packet import read_nonce, read_port, sender_id


def work(params: dict, run) -> dict:
    """The module's result; ``run`` is ``AnsibleModule.run_command``."""
    if params["state"] == "stopped":
        return {"changed": False, "stopped": stop()}
    try:
        nonce = read_nonce(params["nonce"])
        for target in params["targets"] or ():
            for port in target["ports"]:
                read_port(port)
        if params["state"] == "listening":
            ports = [read_port(port) for port in params["ports"]]
            peers = {sender_id(name) for name in params["peers"]}
            return listen(ports, nonce, peers, params["listen_for"])
    except ValueError as exc:
        raise InvalidOption(str(exc)) from exc
    targets = [target for target in params["targets"] if target["name"] != params["name"]]
    return ask_all(targets, nonce, sender_id(params["name"]), params["answer_timeout"], interface_mtus(run))


def main():
    rules = [("state", "listening", ("nonce", "ports")), ("state", "probed", ("nonce", "name", "targets"))]
    module = make_module(PROBE, required_if=rules)
    finish(module, lambda _client: work(module.params, module.run_command))


if __name__ == "__main__":
    main()
