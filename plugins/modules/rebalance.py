#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rebalance
short_description: Spread services over the nodes again
description:
  - The Engine moves no task when a node comes, or comes back. This module has it place the tasks of services again
    whose spread is uneven, one service at a time, each as its
    O(flotilla.swarm.service#module:update_config) says.
  - A service is left alone where no node that has fewer of its tasks could take one more. Constraints, platforms,
    placement preferences,
    O(flotilla.swarm.service#module:placement.replicas_max_per_node), and reserved memory and CPUs are considered.
  - Global services, jobs, and services that are being updated or whose update is paused are passed over, with the
    reason.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.rebalance
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says which services would be spread.
  diff_mode:
    support: full
    description: The number of tasks on each node, before and after, of the services that are spread.
notes:
  - Run it on a manager.
  - All tasks of a service that is spread are replaced, also those that stay on their node.
  - Afterwards the service has no older version to roll back to.
  - An update with order C(start-first) places new tasks while the old ones still count, so it may leave a node with one
    more than C(parallelism) fewer. Such a service is spread only where it is more uneven than that.
seealso:
  - module: flotilla.swarm.node
  - module: flotilla.swarm.service
"""

EXAMPLES = r"""
- name: Spread two services after a node came back
  flotilla.swarm.rebalance:
    services: [web, api]

- name: Spread every replicated service, unless its nodes differ by two tasks at the most
  flotilla.swarm.rebalance:
    all: true
    max_skew: 2
    wait_timeout: 900
"""

RETURN = r"""
services:
  description: The services that were asked for.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the service.
      type: str
    id:
      description: ID of the service.
      type: str
    action:
      description: V(spread) if it is uneven, V(keep) if it is not, V(skip) if it was passed over.
      type: str
    reason:
      description: Why.
      type: str
      sample: 1 of 2 tasks run
    before:
      description: The number of tasks on each node that has one or may have one, by hostname.
      type: dict
      sample: {node1: 3, node2: 0}
    after:
      description: The same afterwards, none where that is not known because nothing was waited for.
      type: dict
      sample: {node1: 2, node2: 1}
elapsed:
  description: Seconds that the module took.
  returned: always
  type: float
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.rebalance.apply import ensure
from ..module_utils.rebalance.fields import REBALANCE


def main():
    module = make_module(REBALANCE, required_one_of=[("services", "all")], mutually_exclusive=[("services", "all")])
    finish(module, lambda client: ensure(client, module.params, module.check_mode))


if __name__ == "__main__":
    main()
