#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_info
short_description: The configs of a swarm
description:
  - All configs of a swarm, or those that are named, and which services use them, in two requests.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.config_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - Run it on a manager.
seealso:
  - module: flotilla.swarm.config
"""

EXAMPLES = r"""
- name: All configs
  flotilla.swarm.config_info:

- name: One config and its versions, with their data
  flotilla.swarm.config_info:
    name: [nginx.conf]
    data: true

- name: Configs of a stack
  flotilla.swarm.config_info:
    labels: [com.docker.stack.namespace=shop]
"""

RETURN = r"""
configs:
  description: The configs, ordered by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the config.
      type: str
    name:
      description: Name of the config.
      type: str
    version:
      description: Number of the version, none if M(flotilla.swarm.config) did not make it one.
      type: int
    version_of:
      description: The name that all versions share.
      type: str
    labels:
      description: Labels of the config, without those of this collection.
      type: dict
    template_driver:
      description: Driver that fills in the data as a template.
      type: str
    data:
      description: The data, as base64 where it is not text.
      returned: with O(data=true)
      type: str
    data_is_b64:
      description: Whether C(data) is base64.
      returned: with O(data=true)
      type: bool
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

from ..module_utils.config.fields import CONFIG_INFO
from ..module_utils.config.resolve import CONFIG, show_data
from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.secret.apply import look_up


def main():
    module = make_module(CONFIG_INFO, QUERY)
    more = show_data if module.params["data"] else (lambda raw: {})
    finish(module, lambda client: look_up(client, CONFIG, module.params, more))


if __name__ == "__main__":
    main()
