#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: firewall
short_description: Open the ports of a swarm to its nodes and to nobody else
description:
  - Opens 2377/tcp (on managers), 7946/tcp, 7946/udp and the swarm's port for VXLAN to the nodes, and closes them to all
    others. VXLAN knows no authentication, so a port that is open to the world is a way into every network of the swarm.
  - Restricts published ports to source networks. Docker's own rules pass the rules of ufw and firewalld by, so those
    cannot do it.
  - Works with plain iptables, ufw, firewalld and nftables. Rules of others are kept, and decide about everything else.
  - All of it is one call for each host, whatever the number of nodes; rules of nodes that left go with the same call.
  - The rules are in force again after a boot before the Engine starts, and after the firewall's own service was
    restarted or reloaded.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.firewall
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is changed, and what is returned says what would be.
  diff_mode:
    support: full
    description: The rules of this module that differ, as the firewall's own tool writes them.
notes:
  - It needs root, and no Engine; only for rules about published ports the Engine is asked how it writes its own.
seealso:
  - module: flotilla.swarm.host_info
  - module: ansible.posix.firewalld
  - module: community.general.ufw
"""

EXAMPLES = r"""
- name: The ports of the swarm for these three nodes, on managers
  flotilla.swarm.firewall:
    nodes: [192.0.2.11, 192.0.2.12, 192.0.2.13]
    manager: "{{ 'swarm_managers' in group_names }}"

- name: A service for everybody and another one for the office alone
  flotilla.swarm.firewall:
    nodes: [192.0.2.11, 192.0.2.12, 192.0.2.13]
    published_ports_allow:
      443: [any]
      9000: [198.51.100.0/24, "2001:db8:17::/48"]

- name: New rules, which go away after a minute if they shut this connection out
  flotilla.swarm.firewall:
    nodes: "{{ nodes }}"
    confirm_within: 60

- name: Leave the old connection
  ansible.builtin.meta: reset_connection

- name: A new one came through, so the rules stay
  flotilla.swarm.firewall:
    nodes: "{{ nodes }}"
"""

RETURN = r"""
backend:
  description: What keeps the rules of this host.
  returned: success
  type: str
  sample: ufw
unconfirmed:
  description: Whether the rules of before are put back unless this module is run with O(confirm_within=0) in time.
  returned: success
  type: bool
restored:
  description: Whether rules that were not confirmed in time had been taken back before this, and none confirmed since.
  returned: success
  type: bool
failure:
  description: Why the task failed.
  returned: failure
  type: dict
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.firewall.apply import ensure
from ..module_utils.firewall.fields import FIREWALL


def main():
    module = make_module(FIREWALL, required_if=[("state", "present", ["nodes"])])
    finish(module, lambda client: ensure(client, module.params, module.check_mode, module.run_command))


if __name__ == "__main__":
    main()
