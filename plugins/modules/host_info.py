#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: What matters to a swarm about a host
description:
  - The operating system, clock, address and kernel of a host, its Docker Engine on disk and in memory, and the
    swarm it is in, in one call.
  - It works on any Linux host, also where there is no Docker Engine or Python library yet.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.host_info
  - flotilla.swarm.fields.query
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: Nothing is ever changed. An Engine that is stopped is not started by asking.
  diff_mode:
    support: N/A
    description: Nothing is ever changed.
seealso:
  - module: flotilla.swarm.cluster_info
"""

EXAMPLES = r"""
- name: Look at the host
  flotilla.swarm.host_info:
    asked_at: "{{ now(utc=true).timestamp() }}"
  register: host
"""

RETURN = r"""
hostname:
  description: Name of the host.
  returned: success
  type: str
machine_id:
  description: The ID in C(/etc/machine-id), which hosts share that were cloned carelessly.
  returned: success
  type: str
address:
  description: The address from which the host speaks to others.
  returned: success
  type: str
os:
  description: The C(id), C(family), C(version), C(codename) and C(name) of the distribution.
  returned: success
  type: dict
architecture:
  description: Architecture of the machine.
  returned: success
  type: str
python:
  description: Version of the Python that runs modules on the host.
  returned: success
  type: str
python_sdk:
  description: Whether that Python has the library C(docker).
  returned: success
  type: bool
root:
  description: Whether modules run as root.
  returned: success
  type: bool
systemd:
  description: Whether systemd is the init system.
  returned: success
  type: bool
time:
  description: The host's time as seconds since 1970.
  returned: success
  type: float
clock_offset:
  description: Seconds that the host's clock is ahead of O(asked_at). The time that it took to get there is in it.
  returned: success
  type: float
memory:
  description: Bytes of memory.
  returned: success
  type: int
ip_forward:
  description: Whether the kernel forwards IPv4.
  returned: success
  type: bool
kernel:
  description: For each feature that networks of a swarm use whether the kernel has it; none where that is not known.
  returned: success
  type: dict
  sample: {overlay: true, vxlan: true, veth: true, bridge: true, ip_vs: null, esp4: null, xfrm_user: null}
interfaces:
  description: >-
    The interfaces by name, with their C(addresses), each with its prefix, and C(mtu). Nothing where iproute2 is
    missing.
  returned: success
  type: dict
  sample: {eth0: {addresses: [10.0.0.2/24], mtu: 1500}}
routes:
  description: Where packets go, as C(network) and C(interface), without default routes.
  returned: success
  type: list
  elements: dict
  sample: [{network: 10.0.0.0/24, interface: eth0}]
service:
  description: Whether the service of the Engine C(exists), is C(active) and is C(enabled).
  returned: success
  type: dict
daemon_config:
  description: >-
    Whether the configuration file C(exists), and whether it is C(unread), that is, was written after the Engine
    read it for the last time.
  returned: success
  type: dict
engine:
  description: The Engine.
  returned: success
  type: dict
  contains:
    installed:
      description: Version on disk, none if there is none.
      type: str
    running:
      description: Version that runs, none if none answers.
      type: str
    trouble:
      description: Why no Engine answers.
      type: str
    id:
      description: ID of the Engine, which careless clones share.
      type: str
    live_restore:
      description: Whether containers outlive the Engine. An Engine in a swarm cannot do that.
      type: bool
    userns_remap:
      description: Whether containers have a user namespace.
      type: bool
    restart_needed:
      description: Why the Engine that runs is not what a restart would give, none if it is.
      type: str
swarm:
  description: >-
    The membership as M(flotilla.swarm.member) returns it, none where no Engine answers. C(trouble) says why a manager
    does not list its nodes.
  returned: success
  type: dict
nodes:
  description: The nodes of the swarm in short, on managers.
  returned: success
  type: list
  elements: dict
overlay:
  description: What overlay networks have and will get, on managers.
  returned: success
  type: dict
  contains:
    data_path_port:
      description: UDP port of their traffic.
      type: int
    default_addr_pool:
      description: Subnets from which they get theirs.
      type: list
      elements: str
    subnet_size:
      description: Prefix length of what they get.
      type: int
    networks:
      description: The C(name) and C(subnets) of those that are there, and whether they are C(encrypted).
      type: list
      elements: dict
query_result:
  description: What O(query) makes of the rest of the result.
  returned: when O(query) is given
  type: raw
"""

from ..module_utils.core.run import QUERY, finish, make_module
from ..module_utils.host.collect import look
from ..module_utils.host.fields import HOST_INFO


def main():
    module = make_module(HOST_INFO, QUERY)
    finish(module, lambda client: look(client, module.params, module.run_command))


if __name__ == "__main__":
    main()
