#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config
short_description: Configs of a swarm
description:
  - Creates, changes and removes configs.
  - The Engine changes nothing of a config but its labels. With O(rolling_versions) changed data becomes a new version,
    which O(repoint) gives to the services that use an older one. All of them are waited for together, and all get back
    what they had if one fails.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.config
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The options that differ, which services get another version, what is removed, and the data line by
      line if it is text. With C(no_log) nothing of that is shown.
notes:
  - Run it on a manager.
  - Whoever can reach the Engine can read a config. What nobody may read belongs into a secret.
seealso:
  - module: flotilla.swarm.config_info
  - module: flotilla.swarm.secret
  - module: flotilla.swarm.service
"""

EXAMPLES = r"""
- name: A config from a template of this playbook, for all services that use an older version
  flotilla.swarm.config:
    name: nginx.conf
    data: "{{ lookup('ansible.builtin.template', 'nginx.conf.j2') }}"
    rolling_versions: true
    repoint: true

- name: A config that is filled in for each task
  flotilla.swarm.config:
    name: identity
    data: |
      node={{ '{{ .Node.Hostname }}' }}
    template_driver: golang

- name: A binary file
  flotilla.swarm.config:
    name: logo
    data: "{{ lookup('ansible.builtin.file', 'logo.png', rstrip=false) | b64encode }}"
    data_is_b64: true

- name: No such config
  flotilla.swarm.config:
    name: identity
    state: absent
"""

RETURN = r"""
config:
  description: The config, or its current version, as the swarm has it now; in check mode as it would be. None if it is
    absent.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the config; none in check mode if it would be created.
      type: str
    name:
      description: Name of the config, with the number of the version.
      type: str
    version:
      description: Number of the version, none without O(rolling_versions).
      type: int
    version_of:
      description: The name that all versions share, none without O(rolling_versions).
      type: str
    labels:
      description: Labels of the config, without those of this collection.
      type: dict
    template_driver:
      description: Driver that fills in the data as a template.
      type: str
    created:
      description: When it was created.
      type: str
    updated:
      description: When it was last changed.
      type: str
config_id:
  description: ID of the config, as in RV(config).
  returned: success
  type: str
config_name:
  description: Name of the config, as in RV(config), which is what services must name.
  returned: success
  type: str
repointed:
  description: The services that were given the current version.
  returned: success
  type: list
  elements: str
pruned:
  description: The versions that were removed.
  returned: success
  type: list
  elements: str
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
failure:
  description: Why the task failed; C(services) names the services that are in the way, or that failed and why.
  returned: failure
  type: dict
"""

from ..module_utils.config.fields import CONFIG as OPTIONS
from ..module_utils.config.resolve import CONFIG
from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.secret.apply import ensure


def main():
    module = make_module(OPTIONS, WAIT, mutually_exclusive=[("data", "data_src")])
    finish(module, lambda client: ensure(client, CONFIG, module.params, module.check_mode, module._diff))


if __name__ == "__main__":
    main()
