#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Networks of a swarm
description:
  - Creates and removes networks, overlay networks above all.
  - The Engine cannot change a network. Where an option differs, the network is created again, and the diff names the
    options. While services are on it that takes O(recreate=true).
  - Returns when the swarm has given the network its addresses, or when it is gone and no task that is stopping
    has it any more.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.network
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The options that differ, for which of them the network is created again, and for which services.
notes:
  - Run it on a manager for a network of the swarm, on each node for one of scope V(local).
  - A service that was taken off a network and put on it again has a new point to roll back to, which is the one
    without the network. Do not roll it back.
  - What services had is kept in a config labelled C(flotilla.swarm.recreates) until they have it again. A run that was
    interrupted leaves it there, and the next one goes on from there.
  - If something fails on the way, the network and its services become what they were, and the error says so.
seealso:
  - module: flotilla.swarm.network_info
  - module: flotilla.swarm.service
"""

EXAMPLES = r"""
- name: An overlay network
  flotilla.swarm.network:
    name: backend

- name: An encrypted network with a subnet of its own, which containers can use as well
  flotilla.swarm.network:
    name: office
    encrypted: true
    attachable: true
    ipam_config:
      - subnet: 10.42.0.0/24
    driver_options:
      com.docker.network.driver.mtu: 1400

- name: Another subnet for the routing mesh; services that publish ports on it are taken off and put on again
  flotilla.swarm.network:
    name: ingress
    ingress: true
    ipam_config:
      - subnet: 10.99.0.0/16
    recreate: true

- name: No such network
  flotilla.swarm.network:
    name: backend
    state: absent
"""

RETURN = r"""
network:
  description: The network as the Engine has it now, none if it is absent.
  returned: success
  type: dict
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
recreated_for:
  description: The options for which the network was created again.
  returned: success
  type: list
  elements: str
reattached:
  description: The services that were put on the network again.
  returned: success
  type: list
  elements: str
elapsed:
  description: Seconds that the module took.
  returned: always
  type: float
"""

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.network.apply import ensure
from ..module_utils.network.fields import NETWORK_OPTIONS


def main():
    module = make_module(NETWORK_OPTIONS, WAIT)
    finish(module, lambda client: ensure(client, module.params, module.check_mode))


if __name__ == "__main__":
    main()
