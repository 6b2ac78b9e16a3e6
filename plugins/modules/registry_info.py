#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_info
short_description: Who is logged in to which registry on a host
description:
  - Tells for registries, or for the registries of images, whether docker's configuration of a user of this host has
    credentials, itself or in the credential helper that it names. Passwords are never returned.
  - No Engine and no library is needed. No registry is asked, unless O(verify=registry).
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.registry_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.reading
notes:
  - A registry for which there is nothing, or whose credential helper fails, is no failure of the task. A configuration
    file that cannot be read is one.
seealso:
  - module: flotilla.swarm.registry_login
"""

EXAMPLES = r"""
- name: Whether this host is logged in to the registry of an image
  flotilla.swarm.registry_info:
    images: [registry.example.com:5000/team/web:2]

- name: All that user jenkins is logged in to, and whether the registries take it
  flotilla.swarm.registry_info:
    owner: jenkins
    verify: registry
  become: true
"""

RETURN = r"""
registries:
  description: The registries.
  returned: success
  type: list
  elements: dict
  contains:
    registry:
      description: Name of the registry.
      type: str
    images:
      description: Those of O(images) that are in it.
      type: list
      elements: str
    resolved:
      description: Whether there are credentials for it.
      type: bool
    username:
      description: Name of the user, none where that is not known.
      type: str
    store:
      description: V(file), or the name of the credential helper.
      type: str
    verified:
      description: Whether the registry took the credentials. V(false) is one that asks nobody for credentials, none
        one that was not asked or did not take them. An identity token is not asked about.
      type: bool
    error:
      description: Why it is not known whether there are credentials, or why the registry did not take them.
      type: str
config_path:
  description: Docker's configuration file.
  returned: success
  type: str
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
failure:
  description: Why the task failed. C(reason) is V(docker_config), V(not_root) or V(invalid_option).
  returned: failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.core.errors import SwarmError
from ..module_utils.core.fields import argument_spec
from ..module_utils.core.run import QUERY
from ..module_utils.registry.info import REGISTRY_INFO, look_up


def main():
    module = AnsibleModule(argument_spec=argument_spec((*REGISTRY_INFO, *QUERY)), supports_check_mode=True)
    try:
        module.exit_json(**look_up(module.params))
    except SwarmError as exc:
        module.fail_json(msg=str(exc), failure={"reason": exc.reason, **exc.details})


if __name__ == "__main__":
    main()
