#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_logs
short_description: What the tasks of a service have logged
description:
  - The last lines that each task of a service has logged, wherever it runs or ran, as long as the swarm remembers it.
  - The logs of all tasks come in one request. Three more tell which tasks there are.
  - In a line, eight asterisks stand for what the environment of the tasks declares to be secret, such as the value of
    C(DB_PASSWORD) or the password in an address. What tasks read from secrets of the swarm cannot be recognised.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.service_logs
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
  - The Engine reads the logs of the drivers C(json-file), C(local) and C(journald), and of others where it keeps a
    cache of what they get.
seealso:
  - module: flotilla.swarm.service
  - module: flotilla.swarm.task_info
"""

EXAMPLES = r"""
- name: The last lines of all tasks
  flotilla.swarm.service_logs:
    name: web
    tail: 20
  register: web

- name: What the third task has complained about in the last ten minutes
  flotilla.swarm.service_logs:
    name: web
    slot: 3
    since: 10m
    stdout: false
    timestamps: true
    query: tasks[].lines[].[timestamp, text]
  register: complaints # complaints.query_result
"""

RETURN = r"""
service:
  description: The service as it was asked for.
  returned: success
  type: str
tasks:
  description: The tasks, ordered by slot and node; where one replaced another, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the task.
      type: str
    name:
      description: The name that docker shows.
      type: str
      sample: web.3
    slot:
      description: Slot of the task; none where each node has one.
      type: int
    node:
      description: Hostname of the node; none if it is on none.
      type: str
    node_id:
      description: ID of the node; none if it is on none.
      type: str
    state:
      description: State of the task.
      type: str
      sample: running
    desired_state:
      description: State that the swarm wants the task to have.
      type: str
    error:
      description: What went wrong; none if nothing did.
      type: str
    lines:
      description: The lines, in the order of time.
      type: list
      elements: dict
      contains:
        stream:
          description: V(stdout) or V(stderr). A task with a terminal has V(stdout) only.
          type: str
        text:
          description: The line.
          type: str
        timestamp:
          description: When it was logged, if O(timestamps) is true.
          type: str
    remark:
      description: Why nothing can be read; none if that is no wonder.
      type: str
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.service.log_lookup import SERVICE_LOGS, look_up


def main():
    module = make_module(SERVICE_LOGS, QUERY)
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
