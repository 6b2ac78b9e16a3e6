#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret_info
short_description: The secrets of a swarm
description:
  - All secrets of a swarm, or those that are named, and which services use them, in two requests.
  - The Engine never tells the data of a secret.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.secret_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.secret
"""

EXAMPLES = r"""
- name: All secrets
  flotilla.swarm.secret_info:
  register: swarm

- name: Secrets that no service uses
  ansible.builtin.debug:
    msg: "{{ swarm.secrets | rejectattr('used_by') | map(attribute='name') }}"

- name: One secret and its versions
  flotilla.swarm.secret_info:
    name: [db_password]
"""

RETURN = r"""
secrets:
  description: The secrets, ordered by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the secret.
      type: str
    name:
      description: Name of the secret.
      type: str
    version:
      description: Number of the version, none if M(flotilla.swarm.secret) did not make it one.
      type: int
    version_of:
      description: The name that all versions share.
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
    used_by:
      description: Names of the services that use it.
      type: list
      elements: str
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.secret.apply import look_up
from ..module_utils.secret.fields import SECRET_INFO
from ..module_utils.secret.resolve import SECRET


def main():
    module = make_module(SECRET_INFO, QUERY)
    finish(module, lambda client: look_up(client, SECRET, module.params))


if __name__ == "__main__":
    main()
