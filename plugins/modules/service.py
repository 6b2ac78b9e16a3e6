#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service
short_description: Create, change and remove services, and tell whether they really run
description:
  - Plans, applies and waits for one service, or for several at once.
  - Options that are left out keep their value; V([]), V({}) and V("") clear it.
  - A rollout that fails, that the Engine pauses or that it rolls back is a failure of the task, with the reason.
  - A service that does not differ is not written, as that would overwrite what a rollback goes back to.
  - It must run on a manager.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.service
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
    description: The options that differ, one by one, for each service.
notes:
  - While it waits, a line is shown whenever something changes, such as C(web  2/5 updated · web.3 preparing on node4).
    The variable C(flotilla_progress=false), or E(FLOTILLA_PROGRESS=false) on the controller, turns that off. Nothing is
    shown in check mode, with C(no_log) or C(async), and with O(wait=false).
"""

EXAMPLES = r"""
- name: A web server on port 8080 of every node that runs one of its two tasks
  flotilla.swarm.service:
    name: web
    image: nginx:1.29
    replicas: 2
    publish:
      - published_port: 8080
        target_port: 80
        mode: host

- name: Another image, replaced one after the other, and back if it fails
  flotilla.swarm.service:
    name: web
    image: nginx:1.30
    update_config:
      parallelism: 1
      order: stop-first
      failure_action: rollback

- name: Much of what a service can have
  flotilla.swarm.service:
    name: api
    image: registry.example.com/api:7
    command: [/usr/bin/api, --verbose]
    env_files: [/etc/api/common.env]
    env:
      LISTEN: 0.0.0.0:8080
    user: "1000:1000"
    read_only: true
    init: true
    cap_drop: [ALL]
    hosts:
      db.internal: 10.20.0.5
    mounts:
      - source: api-data
        target: /var/lib/api
        type: volume
      - target: /tmp
        type: tmpfs
        tmpfs_size: 64M
    secrets:
      - secret_name: api_key
        mode: "0400"
    networks:
      - name: backend
        aliases: [api.backend]
    limits:
      cpus: 0.5
      memory: 512M
      pids: 100
    reservations:
      memory: 128M
    ulimits:
      - name: nofile
        soft: 65536
    placement:
      constraints: [node.labels.zone==west]
      preferences:
        - spread: node.labels.rack
      replicas_max_per_node: 1
    healthcheck:
      test: [CMD, /usr/bin/api, --check]
      interval: 10s
      start_period: 1m
    logging:
      driver: json-file
      options:
        max-size: 10m

- name: A job of twelve tasks, four at a time
  flotilla.swarm.service:
    name: resize
    image: registry.example.com/resize:2
    mode: replicated-job
    replicas: 12
    max_concurrent: 4
    restart_config:
      condition: on-failure
      max_attempts: 3

- name: No published ports and no limits any more, and everything else as it was
  flotilla.swarm.service:
    name: api
    publish: []
    limits: {}

- name: The image that the tag means now, and the same one on every node
  flotilla.swarm.service:
    name: web
    image: registry.example.com/web:stable
    resolve_image: always
    resolve_image_failure: keep

- name: Back to what it was before the last change
  flotilla.swarm.service:
    name: web
    state: rolled_back

- name: One task on each node from now on, which no service can become without being created again
  flotilla.swarm.service:
    name: web
    mode: global
    recreate: true

- name: Two services together
  flotilla.swarm.service:
    services:
      - name: web
        replicas: 4
      - name: old
        state: absent
"""

RETURN = r"""
services:
  description: Each service as the Engine has it now; in check mode as it was.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the service.
      type: str
    id:
      description: ID of the service; none if it does not exist.
      type: str
    action:
      description:
        - What was done, or in check mode would be, V(create), V(update), V(remove) or V(keep).
        - V(recreate) where the service was removed and created again, V(rollback) for O(state=rolled_back).
      type: str
    spec:
      description: What the service is, under the names of this module's options.
      type: dict
    update_status:
      description: What the Engine says of the last update.
      type: dict
service:
  description: The service, with the keys of RV(services).
  returned: success, where O(services) is not used
  type: dict
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
failure:
  description:
    - Why the task failed; C(services) holds the reason for each service that failed.
    - C(pending) holds the reason for each that was not waited for any longer, and C(logs) the last lines that the
      tasks of those that failed have logged.
    - Where the Engine refused a write, C(service) is the one that it was for and C(written) those before it.
  returned: failure
  type: dict
"""

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.registry.credentials import REGISTRY_AUTH, Credentials
from ..module_utils.service.fields import SERVICE
from ..module_utils.service.follow import PROGRESS, ensure_in_calls


def main():
    module = make_module(SERVICE, REGISTRY_AUTH, WAIT, PROGRESS)
    finish(module, lambda client: ensure_in_calls(client, module.params, module.check_mode), Credentials)


if __name__ == "__main__":
    main()
