#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stack
short_description: Plan, deploy, undo and remove a whole application from Compose files
description:
  - Reads Compose files, plans networks, secrets, configs and services as a whole, and carries the plan out.
  - Objects are named and labelled as C(docker stack deploy) does, so a stack that was deployed by it is adopted
    without a single task being restarted, and it can go on managing what this module has deployed.
  - Services that do not differ are not written. All services are waited for together, and a rollout that fails, that
    the Engine pauses or that it rolls back is a failure of the task, with the reason. Then everything goes back to
    what it was, see O(rollback_on_failure).
  - A secret or config whose data changed becomes a new version, C(NAME_v2), C(NAME_v3) and so on, its services get it,
    and versions that nothing uses any more, and that no service would get by a rollback, are removed at the end.
  - The file of a stack is the whole truth. What it does not say goes back to its default.
  - It must run on a manager. Nothing but Python is needed there, as the files are read on the controller.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.stack
  - flotilla.swarm.fields.registry_auth
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.progress
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The options that differ, one by one, of each network, secret, config and service.
notes:
  - While it waits, a line is shown whenever something changes, as M(flotilla.swarm.service) does.
  - A task with secrets needs a connection that can pipeline, as its data must be in no file on the host.
seealso:
  - module: flotilla.swarm.stack_info
  - module: flotilla.swarm.service
"""

EXAMPLES = r"""
- name: An application, and back to what it was if one of its services fails
  flotilla.swarm.stack:
    name: shop
    compose:
      - shop/docker-compose.yml
      - shop/production.yml
    env:
      TAG: "2.4"

- name: What a deploy would change
  flotilla.swarm.stack:
    name: shop
    compose: shop/docker-compose.yml
    env_files: [shop/production.env]
  check_mode: true
  diff: true

- name: A stack written down in place, with what is not in it any more removed
  flotilla.swarm.stack:
    name: web
    prune: true
    compose:
      - services:
          front:
            image: nginx:1.29
            ports:
              - "8080:80"
            deploy:
              replicas: 2

- name: A stack whose last five deploys are kept
  flotilla.swarm.stack:
    name: shop
    compose: shop/docker-compose.yml
    history: 5

- name: An update that begins once every node has its images
  flotilla.swarm.stack:
    name: shop
    compose: shop/docker-compose.yml
    pre_pull: true

- name: Back to the deploy before the last
  flotilla.swarm.stack:
    name: shop
    state: rolled_back

- name: No shop any more
  flotilla.swarm.stack:
    name: shop
    state: absent
"""

RETURN = r"""
stack:
  description: The stack as it is now; in check mode as it would be.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the stack.
      type: str
    services:
      description: Its services, and those that are removed from it.
      type: list
      elements: dict
      contains:
        name:
          description: Full name of the service.
          type: str
        id:
          description: ID of the service, none if it does not exist.
          type: str
        action:
          description: What was done, or in check mode would be, as RV(flotilla.swarm.service#module:services[].action).
          type: str
        image:
          description: The image that it runs, and in check mode that it would run; none if it does not exist.
          type: str
        seconds:
          description: Seconds from the beginning of the task until it ran, none if it was not changed or waited for.
          type: float
    networks:
      description: Names of its networks.
      type: list
      elements: str
    secrets:
      description: Names of its secrets, each with the number of its current version.
      type: list
      elements: str
    configs:
      description: Names of its configs, as those of secrets.
      type: list
      elements: str
    registries:
      description: The registries of the images of its services, each as
        RV(flotilla.swarm.registry_info#module:registries) tells it of this host.
      returned: with V(credentials) in O(pre_checks)
      type: list
      elements: dict
    pulled:
      description: The images that were pulled before anything was changed, each with the services and the host names
        of the nodes.
      returned: with O(pre_pull=true)
      type: list
      elements: dict
      sample: [{"image": "registry.example.com/web:2", "services": ["shop_web"], "nodes": ["node1", "node2"]}]
    removed:
      description: Other objects that were removed, each with its kind before its name.
      type: list
      elements: str
      sample: [config shop_site_v2]
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
failure:
  description:
    - Why the task failed; C(services) holds the reason for each service that failed, and C(logs) the last lines that
      its tasks have logged.
    - C(put_back) names the services that are again what they were, and C(removed) what was made and removed again.
  returned: failure
  type: dict
"""

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.registry.credentials import REGISTRY_AUTH, Credentials
from ..module_utils.service.follow import PROGRESS
from ..module_utils.stack.apply import ensure
from ..module_utils.stack.fields import STACK


def main():
    module = make_module(STACK, REGISTRY_AUTH, WAIT, PROGRESS)
    hide = module.no_log_values.update
    finish(module, lambda client: ensure(client, module.params, module.check_mode, hide), Credentials)


if __name__ == "__main__":
    main()
