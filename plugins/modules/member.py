#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: member
short_description: Make this Engine join or leave a swarm
description:
  - Makes this Engine a member of one swarm and no other, or of none.
  - A join that the Engine goes on with after its answer is followed to its end.
  - A join that fails leaves the Engine as it was, in no swarm.
  - The role of a member is changed by a manager, with M(flotilla.swarm.node).
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.member
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The swarm before and after.
seealso:
  - module: flotilla.swarm.cluster
  - module: flotilla.swarm.node
"""

EXAMPLES = r"""
- name: What to join, told by a manager
  flotilla.swarm.cluster_info:
    join_tokens: true
  delegate_to: manager1
  run_once: true
  register: swarm
  no_log: true

- name: Join as a worker
  flotilla.swarm.member:
    cluster_id: "{{ swarm.membership.cluster_id }}"
    join_token: "{{ swarm.join_tokens.worker }}"
    remote_addrs: [192.0.2.11, 192.0.2.12, 192.0.2.13]

- name: Leave
  flotilla.swarm.member:
    state: absent
"""

RETURN = r"""
membership:
  description: What this Engine says of its membership now.
  returned: success
  type: dict
  contains:
    state:
      description: V(inactive), V(pending), V(active), V(error) or V(locked).
      type: str
    error:
      description: The Engine's own words if something is wrong.
      type: str
    cluster_id:
      description: ID of the swarm; on a worker it is read from the node's certificate, where that is readable.
      type: str
    node_id:
      description: ID of this node.
      type: str
    address:
      description: Address under which the other nodes reach this one.
      type: str
    manager:
      description: Whether this Engine is a manager that is in service.
      type: bool
    remote_managers:
      description: Addresses of the managers that this node knows.
      type: list
      elements: str
    hostname:
      description: Name of the host.
      type: str
    engine_version:
      description: Version of the Engine.
      type: str
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
"""

from ..module_utils.core.run import WAIT, finish, make_module
from ..module_utils.member.apply import ensure
from ..module_utils.member.fields import MEMBER


def main():
    module = make_module(MEMBER, WAIT)
    finish(module, lambda client: ensure(client, module.params, module.check_mode))


if __name__ == "__main__":
    main()
