#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: The networks of a swarm or of an Engine
description:
  - All networks that an Engine knows, or those that are asked for, with the services, containers and nodes on them.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.network_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager for the networks of the swarm. Another Engine knows those that a container of its own is on.
seealso:
  - module: flotilla.swarm.network
"""

EXAMPLES = r"""
- name: All networks of the swarm
  flotilla.swarm.network_info:
    scope: swarm
  register: swarm

- name: Networks of the swarm that no service uses
  ansible.builtin.debug:
    msg: "{{ swarm.networks | rejectattr('used_by') | map(attribute='name') }}"

- name: Two networks by name
  flotilla.swarm.network_info:
    name: [frontend, backend]

- name: The networks of a stack
  flotilla.swarm.network_info:
    labels:
      com.docker.stack.namespace: shop
"""

RETURN = r"""
networks:
  description: The networks, ordered by name, in the notation of M(flotilla.swarm.network).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the network.
      type: str
    created:
      description: When it was created.
      type: str
    name:
      description: Name of the network.
      type: str
    driver:
      description: Driver of the network.
      type: str
    scope:
      description: V(swarm) or V(local).
      type: str
    driver_options:
      description: Options of the driver.
      type: dict
    encrypted:
      description: Whether what containers send each other between nodes is encrypted.
      type: bool
    attachable:
      description: Whether containers that belong to no service can use it.
      type: bool
    internal:
      description: Whether it has no way to the outside.
      type: bool
    ingress:
      description: Whether it is the network of the routing mesh.
      type: bool
    labels:
      description: Labels of the network.
      type: dict
    ipam_driver:
      description: Driver that gives out addresses.
      type: str
    ipam_driver_options:
      description: Options of that driver.
      type: dict
    ipam_config:
      description: Subnets, each with C(subnet), C(gateway), C(iprange) and C(aux_addresses) as far as it has them.
      type: list
      elements: dict
    enable_ipv4:
      description: Whether it gives out IPv4 addresses.
      type: bool
    enable_ipv6:
      description: Whether it gives out IPv6 addresses.
      type: bool
    config_only:
      description: Whether it is a configuration for other networks.
      type: bool
    config_from:
      description: Name of the network that its configuration is taken from.
      type: str
    used_by:
      description:
        - Names of the services on the network; for that of the routing mesh, of those that publish a port on it.
        - None for a network of one Engine, and where the Engine is no manager.
      type: list
      elements: str
    containers:
      description: The containers on the network that run on this Engine.
      type: list
      elements: dict
      contains:
        id:
          description: ID of the container.
          type: str
        name:
          description: Name of the container.
          type: str
        addresses:
          description: Its addresses in the network, each with the length of its prefix.
          type: list
          elements: str
        mac_address:
          description: Its MAC address.
          type: str
    peers:
      description: The nodes that have the network, as far as this Engine knows them.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the peer.
          type: str
        address:
          description: IP address of the node.
          type: str
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.network.info import NETWORK_INFO, look_up


def main():
    module = make_module(NETWORK_INFO, QUERY)
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
