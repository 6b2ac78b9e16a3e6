#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster
short_description: Initialise a swarm and manage its settings
description:
  - Makes this Engine a manager of a swarm, and changes the settings of the swarm that it manages.
  - Settings are read, changed and written as a whole, so those that are not given keep their value.
  - Settings that the Engine takes at initialisation only are reported as RV(drift) where they differ.
  - To join a swarm use M(flotilla.swarm.member).
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.cluster
  - flotilla.swarm.fields.wait
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is written in check mode, and what is returned says what would be changed.
  diff_mode:
    support: full
    description: The settings that differ, one by one.
seealso:
  - module: flotilla.swarm.member
  - module: flotilla.swarm.cluster_info
"""

EXAMPLES = r"""
- name: A swarm on this engine
  flotilla.swarm.cluster:
    advertise_addr: 192.0.2.11
    default_addr_pool: [10.20.0.0/16]

- name: Lock the managers, and keep ten ended tasks a slot
  flotilla.swarm.cluster:
    autolock_managers: true
    task_history_retention_limit: 10

- name: New join tokens
  flotilla.swarm.cluster:
    rotate_worker_token: true
    rotate_manager_token: true

- name: Unlock an engine that was restarted
  flotilla.swarm.cluster:
    unlock_key: "{{ vault_unlock_key }}"
"""

RETURN = r"""
cluster:
  description: The swarm as the Engine has it now; none in check mode where it does not exist yet.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the swarm.
      type: str
      sample: 5idqdmljh3zmc1uk91l9cllf5
    created_at:
      description: When it was initialised.
      type: str
    updated_at:
      description: When its settings were last changed.
      type: str
    root_rotation_in_progress:
      description: Whether nodes are still getting certificates of a new root.
      type: bool
    settings:
      description: The settings, under the names of this module's options.
      type: dict
membership:
  description: What this Engine says of its membership now, as M(flotilla.swarm.member) returns it.
  returned: success
  type: dict
drift:
  description: Settings that differ and that the Engine takes at initialisation only.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: Name of the option.
      type: str
    current:
      description: What the swarm has.
      type: raw
    wanted:
      description: What was asked for.
      type: raw
elapsed:
  description: Seconds that the module took.
  returned: success
  type: float
"""

from ..module_utils.cluster.apply import ensure
from ..module_utils.cluster.fields import CLUSTER
from ..module_utils.core.run import WAIT, finish, make_module


def main():
    module = make_module(CLUSTER, WAIT)
    finish(module, lambda client: ensure(client, module.params, module.check_mode))


if __name__ == "__main__":
    main()
