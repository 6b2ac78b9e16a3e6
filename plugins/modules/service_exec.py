#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_exec
short_description: Run a command in a task of a service, wherever it runs
description:
  - Runs a command in the container of a running task, in one of all of them or in each.
  - Run it on a manager, which knows where the tasks are. An Engine runs commands in its own containers only, so the
    action plugin goes on to the host of each task's node, over that host's own connection.
  - The host of a node is the one that the label C(flotilla.swarm.host) of the node names, else the one with the node's
    name in the inventory, else the one whose C(ansible_host) is the node's name or address. It is reached with the
    variables that C(hostvars) has of it and with the keywords of the task, such as C(become).
  - If one of these hosts is not in the inventory, the command is run in no task.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.service_exec
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: partial
    description: Whether check mode says what would be done.
    details: The command is not run, and the task is skipped.
  diff_mode:
    support: N/A
    description: Nobody knows what a command changes.
notes:
  - A task whose command ends with another code than 0 fails. Use C(failed_when) and C(changed_when) as with
    M(ansible.builtin.command).
  - O(docker_host) and what belongs to it says how the manager's Engine is reached. Engines of other nodes are asked on
    their own hosts over their own socket, or over O(docker_host) if it is a unix socket.
seealso:
  - module: flotilla.swarm.task_info
"""

EXAMPLES = r"""
- name: Migrate the database, in any task of the service
  flotilla.swarm.service_exec:
    service: shop_web
    command: /srv/manage.py migrate --noinput

- name: Forget what is cached, in every task
  flotilla.swarm.service_exec:
    service: shop_web
    tasks: all
    argv: [sh, -c, 'rm -rf "$CACHE"/*']

- name: Is the first replica in recovery?
  flotilla.swarm.service_exec:
    service: shop_db
    slot: 1
    user: postgres
    argv: [psql, -At, -c, select pg_is_in_recovery()]
  register: recovery # recovery.stdout
  changed_when: false

- name: Load a dump with a password that appears nowhere
  flotilla.swarm.service_exec:
    service: shop_db
    node: node4
    command: mysql shop
    env:
      MYSQL_PWD: "{{ vault_password }}"
    stdin: "{{ lookup('ansible.builtin.file', 'dump.sql') }}"
"""

RETURN = r"""
tasks:
  description: The tasks that the command was run in, ordered by slot and node.
  returned: when tasks were found
  type: list
  elements: dict
  contains:
    id:
      description: ID of the task.
      type: str
    name:
      description: Its name, as docker shows it.
      type: str
      sample: web.3
    slot:
      description: Its slot, none in a global service.
      type: int
    node:
      description: Hostname of its node.
      type: str
    node_id:
      description: ID of its node.
      type: str
    node_address:
      description: Address of its node.
      type: str
    node_labels:
      description: Labels of its node.
      type: dict
    here:
      description: Whether its node is the one whose Engine was asked.
      type: bool
    host:
      description: The host of the inventory on which the command was run, none where that is the Engine that was asked.
      type: str
    container_id:
      description: ID of its container.
      type: str
    stdout:
      description: What the command printed.
      type: str
    stderr:
      description: What it printed as errors.
      type: str
    rc:
      description: The code it ended with. It is missing where the command could not be run, and C(msg) says why.
      type: int
stdout:
  description: What the command printed, if there is one task. C(stdout_lines) has it line by line.
  returned: when it was run in one task
  type: str
stderr:
  description: What it printed as errors, if there is one task. C(stderr_lines) has it line by line.
  returned: when it was run in one task
  type: str
rc:
  description: V(0), or the first other code that a command ended with.
  returned: when tasks were found
  type: int
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.task.execute import run_command, take_parameters
from ..module_utils.task.fields import SERVICE_EXEC


def main():
    one = [("argv", "command")]
    module = make_module(SERVICE_EXEC, mutually_exclusive=one, required_one_of=one)
    params = take_parameters(module)
    finish(module, lambda client: run_command(client, params, module.check_mode))


if __name__ == "__main__":
    main()
