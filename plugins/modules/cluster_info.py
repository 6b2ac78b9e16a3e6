#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: What an Engine says of its swarm
description:
  - The membership of this Engine and, where it is a manager, the settings and nodes of its swarm.
  - It works on any Engine, in a swarm or not.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.cluster_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
  - flotilla.swarm.fields.reading
"""

EXAMPLES = r"""
- name: The swarm of this engine
  flotilla.swarm.cluster_info:
  register: swarm

- name: Nodes that are down
  ansible.builtin.debug:
    msg: "{{ swarm.nodes | selectattr('state', 'eq', 'down') | map(attribute='hostname') }}"
"""

RETURN = r"""
membership:
  description: What this Engine says of its membership, as M(flotilla.swarm.member) returns it.
  returned: success
  type: dict
cluster:
  description: The swarm as M(flotilla.swarm.cluster) returns it; none where this Engine is not a manager.
  returned: success
  type: dict
nodes:
  description: The nodes as M(flotilla.swarm.node_info) returns them.
  returned: success
  type: list
  elements: dict
join_tokens:
  description: The tokens V(worker) and V(manager).
  returned: when O(join_tokens=true) on a manager
  type: dict
unlock_key:
  description: The key, empty if the managers are not locked when they restart.
  returned: when O(unlock_key=true) on a manager
  type: str
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.cluster.info import ASKED, look
from ..module_utils.core.run import QUERY, finish, make_module


def main():
    module = make_module(ASKED, QUERY)
    finish(module, lambda client: look(client, module.params))


if __name__ == "__main__":
    main()
