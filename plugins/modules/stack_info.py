#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_info
short_description: The stacks of a swarm, and whether one differs from its files
description:
  - The services of stacks with their tasks and endpoints, their networks, the versions of their secrets and configs,
    and the deploys that are kept.
  - With O(compose) it tells as well whether the stack differs from these files, and in what.
  - It takes the same number of requests however many services there are.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.stack_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.stack
  - module: flotilla.swarm.service_info
"""

EXAMPLES = r"""
- name: Stacks in which something does not run
  flotilla.swarm.stack_info:
    query: stacks[?!healthy].name
  register: short # short.query_result

- name: Whether somebody has changed the shop behind our back
  flotilla.swarm.stack_info:
    name: shop
    compose: shop/docker-compose.yml
    env: {TAG: "2.4"}
  register: shop
  failed_when: shop.differs
"""

RETURN = r"""
stacks:
  description: The stacks, ordered by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the stack.
      type: str
    services:
      description: Its services, as RV(flotilla.swarm.service_info#module:services).
      type: list
      elements: dict
    healthy:
      description: Whether all services have as many tasks as they should.
      type: bool
    nodes:
      description: Hostnames of the nodes that run its tasks.
      type: list
      elements: str
    endpoints:
      description: The published ports, as RV(flotilla.swarm.service_info#module:services[].endpoints), each with its
        C(service).
      type: list
      elements: dict
    networks:
      description: Names of its networks.
      type: list
      elements: str
    secrets:
      description:
        - Its secrets, each with C(name), C(id), C(version), and in C(version_of) the name that all versions share.
      type: list
      elements: dict
    configs:
      description: Its configs, as RV(stacks[].secrets).
      type: list
      elements: dict
    deploys:
      description:
        - The deploys that are kept for O(flotilla.swarm.stack#module:state=rolled_back), newest first.
        - Each has a C(number), the time when it was C(created), and in C(services) the image of each service.
      type: list
      elements: dict
differs:
  description: Whether a deploy of O(compose) would change something.
  returned: with O(compose)
  type: bool
differences:
  description: What it would change, as M(flotilla.swarm.stack) shows it in its diff.
  returned: with O(compose)
  type: list
  elements: dict
query_result:
  description: What O(query) makes of the rest.
  returned: with O(query)
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.stack.fields import STACK_INFO
from ..module_utils.stack.info import look_up


def main():
    module = make_module(STACK_INFO, QUERY)
    hide = module.no_log_values.update
    finish(module, lambda client: look_up(client, module.params, hide))


if __name__ == "__main__":
    main()
