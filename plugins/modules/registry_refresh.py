#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_refresh
short_description: New credentials into the services that use a registry, without restarting their tasks
description:
  - The Engine keeps the credentials that a service was sent when it was last written, and tasks that start later pull
    with them. After a password has changed or a token has expired, they cannot, whatever their node is logged in to.
  - This sends each service the credentials again. No task is restarted, and the spec stays as it is.
  - Jobs are left alone, as they would run again, and so are services that are being updated.
  - The Engine takes each write for a change, so O(flotilla.swarm.service#module:state=rolled_back) finds nothing to go
    back to afterwards. O(flotilla.swarm.stack#module:history) is not touched by it.
  - Every run is a change, as the Engine does not tell which credentials a service has.
  - It must run on a manager.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.registry_refresh
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be.
  diff_mode:
    support: partial
    description: The services that are written again. Credentials are not shown.
seealso:
  - module: flotilla.swarm.registry_login
"""

EXAMPLES = r"""
- name: The token of this hour, into every service with an image of this registry
  flotilla.swarm.registry_refresh:
    registry_auth:
      - registry: registry.example.com
        username: deploy
        password: "{{ registry_token }}"

- name: What docker's configuration on this manager has, for two services
  flotilla.swarm.registry_refresh:
    with_registry_auth: true
    services: [web, api]
"""

RETURN = r"""
refreshed:
  description: Names of the services that got credentials.
  returned: success
  type: list
  elements: str
left_alone:
  description: Services that were left alone although there are credentials for their image, each with C(name) and
    C(reason).
  returned: success
  type: list
  elements: dict
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
failure:
  description: Why the task failed.
  returned: failure
  type: dict
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.registry.credentials import Credentials
from ..module_utils.registry.refresh import REFRESH, ensure


def main():
    module = make_module(REFRESH)
    finish(module, lambda client: ensure(client, module.params, module.check_mode), Credentials)


if __name__ == "__main__":
    main()
