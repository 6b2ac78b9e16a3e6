#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: engine
short_description: Restart or reload the Docker Engine of a host without harm to its swarm
description:
  - Restarts the Engine through systemd and returns when it answers and its node is ready again, a manager also
    reachable for the other managers.
  - A manager is restarted only if the other managers are a majority without it. The exception is a swarm of one or two
    managers that are all reachable, as there is no other way.
  - A manager whose data is locked when it starts (autolock) is unlocked again.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.engine
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is restarted; whether the managers could spare this one is still judged.
  diff_mode:
    support: none
    description: There is nothing to compare.
notes:
  - Restart one host at a time, as in the example. Tasks that several hosts run at once know nothing of each other.
  - It always restarts, so decide before whether that is needed.
seealso:
  - module: flotilla.swarm.host_info
"""

EXAMPLES = r"""
- name: Restart one Engine after the other, and stop at the first that does not come back
  flotilla.swarm.engine:
    state: restarted
  delegate_to: "{{ item }}"
  run_once: true
  loop: "{{ groups['swarm_workers'] + groups['swarm_managers'] }}"
  loop_control:
    break_when: restarted is failed
  register: restarted
"""

RETURN = r"""
membership:
  description: The membership as M(flotilla.swarm.member) returns it.
  returned: success
  type: dict
elapsed:
  description: Seconds that it took.
  returned: success
  type: float
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.engine.apply import ensure
from ..module_utils.engine.fields import ENGINE


def main():
    module = make_module(ENGINE)
    finish(module, lambda client: ensure(client, module.params, module.check_mode, module.run_command))


if __name__ == "__main__":
    main()
