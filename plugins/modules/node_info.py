#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_info
short_description: The nodes of a swarm
description:
  - All nodes of a swarm, or those that are named, in one request to any reachable manager.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.node_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.node
  - module: flotilla.swarm.cluster_info
"""

EXAMPLES = r"""
- name: All nodes
  flotilla.swarm.node_info:
  register: swarm

- name: Managers that cannot be reached
  ansible.builtin.debug:
    msg: "{{ swarm.nodes | selectattr('reachability', 'eq', 'unreachable') | map(attribute='hostname') }}"

- name: Addresses of the nodes that are ready
  flotilla.swarm.node_info:
    query: nodes[?state=='ready'].address
  register: ready # ready.query_result

- name: This manager
  flotilla.swarm.node_info:
    self: true
"""

RETURN = r"""
nodes:
  description: The nodes, ordered by hostname.
  returned: success
  type: list
  elements: dict
  contains:
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
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.node.apply import look_up
from ..module_utils.node.fields import NODE_INFO


def main():
    module = make_module(NODE_INFO, QUERY, mutually_exclusive=[("name", "self")])
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
