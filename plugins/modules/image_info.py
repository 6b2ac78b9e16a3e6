#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: The images of an Engine
description:
  - All images of an Engine, or those that are named, as the Engine has them. Those that it has not are left out.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.image_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
notes:
  - It needs no swarm.
seealso:
  - module: flotilla.swarm.image
"""

EXAMPLES = r"""
- name: Whether two images are there, and which
  flotilla.swarm.image_info:
    name: [registry.example.com/shop/api:7, "nginx:1.29"]
    query: images[].{id:Id, names:RepoTags}
  register: there # there.query_result

- name: Images that have no name any more
  flotilla.swarm.image_info:
    query: images[?!RepoTags].Id
  register: nameless
"""

RETURN = r"""
images:
  description: Each image as C(docker image inspect) shows it; in the order of O(name), or by ID.
  returned: success
  type: list
  elements: dict
  sample:
    - Id: sha256:6bbb7e0e9b2e0b8a8f1b1b1d3ad0c1a8cf5ba5f5cf9b3f4b8d9a3f8c3fbfe0e2
      RepoTags: ["nginx:1.29"]
      RepoDigests: [nginx@sha256:0f5e5f6a5cb6e0c9a0d2f4f3e8c1f7e4f1c3ff0a6fb1b5b8b7d5a3a9c2e4d6f8]
      Architecture: amd64
      Os: linux
      Size: 192000000
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.image.fields import IMAGE_INFO
from ..module_utils.image.info import look_up


def main():
    module = make_module(IMAGE_INFO, QUERY)
    finish(module, lambda client: look_up(client, module.params))


if __name__ == "__main__":
    main()
