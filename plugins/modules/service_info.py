#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_info
short_description: The services of a swarm, with their tasks and endpoints
description:
  - All services of a swarm, or those that are named, in the notation of M(flotilla.swarm.service).
  - It takes four requests to the Engine however many services there are.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.service_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.service
  - module: flotilla.swarm.task_info
  - plugin: flotilla.swarm.published_endpoints
    plugin_type: filter
"""

EXAMPLES = r"""
- name: All services
  flotilla.swarm.service_info:
  register: swarm

- name: Services of the shop that have less than they should
  flotilla.swarm.service_info:
    label: com.docker.stack.namespace=shop
    mode: [replicated, global]
    query: services[?running < desired].[name, tasks[0].error]
  register: short # short.query_result

- name: Where the service web answers
  flotilla.swarm.service_info:
    name: web
    query: services[0].endpoints[].{port:published_port, nodes:addresses}
  register: web

- name: What a load balancer needs to know
  ansible.builtin.debug:
    msg: "{{ swarm.services | flotilla.swarm.published_endpoints }}"
"""

RETURN = r"""
services:
  description: The services, ordered by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the service.
      type: str
      sample: web
    id:
      description: ID of the service.
      type: str
    version:
      description: Number that the swarm raises with every change of the service.
      type: int
    created:
      description: When it was created.
      type: str
      sample: "2026-11-21T12:11:17.842147013Z"
    updated:
      description: When it was last changed.
      type: str
    mode:
      description: V(replicated), V(global), V(replicated-job) or V(global-job).
      type: str
    spec:
      description: What the service is to be, under the names of the options of M(flotilla.swarm.service).
      type: dict
    update_status:
      description: What the Engine says of the last update, none if there was none.
      type: dict
    running:
      description: >-
        Tasks that run and are to go on. Those of a node that is down do not count, which C(docker service ls) counts.
      type: int
    desired:
      description: Tasks that are to run, and of a job those that are to complete.
      type: int
    completed:
      description: Tasks of a job that have completed.
      type: int
    tasks:
      description: >-
        The tasks that the swarm remembers, as M(flotilla.swarm.task_info) returns them, ordered by slot and node; where
        one replaced another, the newest first.
      type: list
      elements: dict
    endpoints:
      description: The published ports and where they answer.
      type: list
      elements: dict
      contains:
        mode:
          description: V(ingress) or V(host).
          type: str
        endpoint_mode:
          description: V(vip) or V(dnsrr), how the name of the service is resolved in its networks.
          type: str
        published_port:
          description: Port on the nodes; none where the swarm chooses it and no task runs.
          type: int
        target_port:
          description: Port of the containers.
          type: int
        protocol:
          description: V(tcp), V(udp) or V(sctp).
          type: str
        addresses:
          description: >-
            Addresses of the nodes that answer. With V(host) these are the nodes that run a task, with V(ingress) all
            nodes that are ready, drained ones too; none while no task runs. A task that is being stopped is none.
          type: list
          elements: str
        nodes:
          description: The nodes of these addresses, in the same order.
          type: list
          elements: dict
          contains:
            id:
              description: ID of the node.
              type: str
            hostname:
              description: Hostname of the node.
              type: str
            address:
              description: Address of the node.
              type: str
            availability:
              description: V(active), V(pause) or V(drain).
              type: str
    networks:
      description: The networks of the service.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the network.
          type: str
        id:
          description: ID of the network.
          type: str
        vip:
          description: Address of the service in it with its prefix, none with C(endpoint_mode=dnsrr).
          type: str
          sample: 10.0.1.2/24
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.service.info import SERVICE_INFO, look_up


def main():
    module = make_module(SERVICE_INFO, QUERY)
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
