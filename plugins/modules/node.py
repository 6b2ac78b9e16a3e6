#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node
short_description: Labels, role and availability of the nodes of a swarm
description:
  - Changes one node or many in one call, on any reachable manager.
  - A drain is waited for until no task is left on the node, a promotion until the node is a reachable manager,
    and a demotion until it is none.
  - What would cost the managers their majority is refused, with the arithmetic.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.node
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The options that differ, node by node.
notes:
  - Run it on a manager. It changes any node of the swarm from there, also one that cannot be reached.
seealso:
  - module: flotilla.swarm.node_info
  - module: flotilla.swarm.member
"""

EXAMPLES = r"""
- name: Label a node
  flotilla.swarm.node:
    hostname: worker1
    labels:
      zone: west
      ssd: ""
    labels_to_remove: [spare]

- name: Drain a node before its maintenance, and return when nothing runs there
  flotilla.swarm.node:
    hostname: worker1
    availability: drain
    wait_timeout: 600

- name: Label several nodes in one call; labels that are not named here are removed
  flotilla.swarm.node:
    labels_state: replace
    nodes:
      - hostname: worker1
        labels: {zone: west}
      - hostname: worker2
        labels: {zone: east}

- name: Replace manager3 by manager4; manager4 is promoted before manager3 is demoted
  flotilla.swarm.node:
    nodes:
      - hostname: manager3
        role: worker
      - hostname: manager4
        role: manager

- name: Remove a manager that is gone for good
  flotilla.swarm.node:
    hostname: manager3
    role: worker
    state: absent
"""

RETURN = r"""
nodes:
  description: The nodes that were named, as the swarm has them now, without those that are removed.
  returned: success
  type: list
  elements: dict
  contains: &node
    id:
      description: ID of the node.
      type: str
      sample: 24ifsmvkjbyhk
    hostname:
      description: Hostname that the node reported.
      type: str
    address:
      description: IP address of the node.
      type: str
    manager_address:
      description: Address and port at which other managers reach it, none for a worker.
      type: str
    role:
      description: V(manager) or V(worker).
      type: str
    availability:
      description: V(active), V(pause) or V(drain).
      type: str
    state:
      description: V(ready), V(down), V(disconnected) or V(unknown).
      type: str
    reachability:
      description: V(reachable), V(unreachable) or V(unknown) for a manager, none for a worker.
      type: str
    leader:
      description: Whether the node leads the managers.
      type: bool
    labels:
      description: Labels of the node.
      type: dict
    engine_version:
      description: Version of its Docker Engine.
      type: str
    platform:
      description: The C(os) and C(architecture) of the node.
      type: dict
    resources:
      description: Number of C(cpus) and bytes of C(memory).
      type: dict
node:
  description: The node that was named, none if it is removed.
  returned: success, without O(nodes)
  type: dict
  contains: *node
elapsed:
  description: Seconds that the module took.
  returned: always
  type: float
"""

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.node.apply import ensure
from ..module_utils.node.fields import NODE


def main():
    module = make_module(
        NODE, WAIT, required_one_of=[("hostname", "nodes")], mutually_exclusive=[("hostname", "nodes")]
    )
    finish(module, lambda client: ensure(client, module.params, module.check_mode))


if __name__ == "__main__":
    main()
