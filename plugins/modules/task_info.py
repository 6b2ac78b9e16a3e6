#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: task_info
short_description: The tasks of a swarm
description:
  - All tasks that a swarm remembers, or those of some services, nodes, slots and states.
  - It takes three requests to the Engine however many tasks there are.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.task_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.service_info
"""

EXAMPLES = r"""
- name: Tasks that have failed, with what the Engine says of each
  flotilla.swarm.task_info:
    state: [failed, rejected]
    query: tasks[].[name, node, exit_code, error]
  register: failed # failed.query_result

- name: What runs on node4
  flotilla.swarm.task_info:
    node: node4
    desired_state: running
  register: on_node4

- name: The history of one slot
  flotilla.swarm.task_info:
    service: web
    slot: 3
  register: web_3
"""

RETURN = r"""
tasks:
  description: The tasks, ordered by service, slot and node; where one replaced another, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the task.
      type: str
    name:
      description: Service and slot, or service and ID of the node where there are no slots, as docker shows it.
      type: str
      sample: web.3
    service:
      description: Name of the service, none if it was just removed.
      type: str
    slot:
      description: Slot of the task, none for the tasks of global services.
      type: int
    node:
      description: Hostname of the node, none while no node was found.
      type: str
    node_id:
      description: ID of the node.
      type: str
    state:
      description: State of the task, such as V(running), V(pending), V(failed), V(rejected) or V(complete).
      type: str
    desired_state:
      description: The state that the swarm wants, such as V(running) or V(shutdown).
      type: str
    error:
      description: What went wrong, none if nothing did.
      type: str
      sample: "task: non-zero exit (3)"
    since:
      description: Since when it is in its state.
      type: str
    created:
      description: When it was created.
      type: str
    image:
      description: Its image.
      type: str
    container_id:
      description: ID of its container, none while there is none.
      type: str
    exit_code:
      description: Exit code of its process, none while it runs and if there was none.
      type: int
    networks:
      description: Name, ID and C(addresses) of each network that the task is in.
      type: list
      elements: dict
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.task.fields import TASK_INFO
from ..module_utils.task.info import look_up


def main():
    module = make_module(TASK_INFO, QUERY)
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
