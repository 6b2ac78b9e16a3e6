#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Secrets of a swarm
description:
  - Creates, changes and removes secrets.
  - The Engine changes nothing of a secret but its labels, and never tells its data. Whether data differs is told by a
    fingerprint that this module keeps in a label (salted scrypt).
  - With O(rolling_versions) changed data becomes a new version, which O(repoint) gives to the services that use an
    older one. All of them are waited for together, and all get back what they had if one fails.
  - O(data) never touches a disk on its way to the host. It is sent through the connection as standard input
    (pipelining), which this module switches on for itself. Where that cannot be done (with
    E(ANSIBLE_KEEP_REMOTE_FILES), become method C(su), or a connection without pipelining) the task fails before the
    data is sent; use O(data_src) there. Tasks with C(async) are refused for the same reason.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.secret
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The options that differ, which services get another version and what is removed. Never the data.
notes:
  - Run it on a manager.
  - A secret without a fingerprint, which somebody else created, is given one if its data is the same. Only the Engine
    can tell, and only when it is written to, so in check mode a warning says that it is not known.
seealso:
  - module: flotilla.swarm.secret_info
  - module: flotilla.swarm.config
  - module: flotilla.swarm.service
"""

EXAMPLES = r"""
- name: A secret; an error if its data differs while a service uses it
  flotilla.swarm.secret:
    name: db_password
    data: "{{ vault_db_password }}"

- name: A new version where the data differs, for all services that use an older one
  flotilla.swarm.secret:
    name: db_password
    data: "{{ vault_db_password }}"
    rolling_versions: true
    repoint: true
    versions_to_keep: 3
  register: db_password

- name: Which version that is
  ansible.builtin.debug:
    msg: "{{ db_password.secret_name }}"

- name: Labels alone
  flotilla.swarm.secret:
    name: db_password
    rolling_versions: true
    labels:
      owner: billing

- name: A secret that a plugin provides
  flotilla.swarm.secret:
    name: api_key
    driver: vault
    driver_options:
      path: kv/api_key

- name: No version of it
  flotilla.swarm.secret:
    name: db_password
    rolling_versions: true
    state: absent
"""

RETURN = r"""
secret:
  description: The secret, or its current version, as the swarm has it now; in check mode as it would be. None if it is
    absent.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the secret; none in check mode if it would be created.
      type: str
    name:
      description: Name of the secret, with the number of the version.
      type: str
    version:
      description: Number of the version, none without O(rolling_versions).
      type: int
    version_of:
      description: The name that all versions share, none without O(rolling_versions).
      type: str
    labels:
      description: Labels of the secret, without those of this collection.
      type: dict
    template_driver:
      description: Driver that fills in the data as a template.
      type: str
    driver:
      description: Plugin that gives the value to tasks.
      type: str
    driver_options:
      description: Options of that plugin.
      type: dict
    created:
      description: When it was created.
      type: str
    updated:
      description: When it was last changed.
      type: str
secret_id:
  description: ID of the secret, as in RV(secret).
  returned: success
  type: str
secret_name:
  description: Name of the secret, as in RV(secret), which is what services must name.
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

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.secret.apply import ensure
from ..module_utils.secret.fields import SECRET as OPTIONS
from ..module_utils.secret.resolve import SECRET


def main():
    module = make_module(OPTIONS, WAIT, mutually_exclusive=[("data", "data_src", "driver")])
    hide = module.no_log_values.update
    finish(module, lambda client: ensure(client, SECRET, module.params, module.check_mode, module._diff, hide))


if __name__ == "__main__":
    main()
