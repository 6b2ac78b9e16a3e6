# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: registries
author:
  - flotilla.swarm contributors (@flotilla-swarm)
short_description: The registry that the environment names
description:
  - Gives what C(swarm_registries) is where nothing sets it, one registry from the environment of Ansible or none.
    The credential type of AWX in C(awx/credential_types/registry.yml) puts it there. AWX writes extra variables so
    that ansible-core 2.19 and newer take a password such as C(0123) for a number.
  - The environment variables are E(FLOTILLA_REGISTRY), E(FLOTILLA_REGISTRY_USERNAME), E(FLOTILLA_REGISTRY_PASSWORD) and
    E(FLOTILLA_REGISTRY_CA_CERT). Without the first there is no registry.
options: {}
"""

EXAMPLES = r"""
- name: Log nodes in to a registry of the inventory and to that of the environment
  hosts: swarm_managers:swarm_workers
  become: true
  roles:
    - role: flotilla.swarm.registry_login
      vars:
        swarm_registries: "{{ own_registries + lookup('flotilla.swarm.registries') }}"
"""

RETURN = r"""
_list:
  description: A list of no registry or of one, with C(registry), C(username), C(password) and C(ca_cert).
  type: list
  elements: list
"""

import os

from ansible.plugins.lookup import LookupBase

NAMES = ("username", "password", "ca_cert")


class LookupModule(LookupBase):
    """The registry of the environment."""

    def run(self, terms, variables=None, **kwargs):
        """One list, of no registry or of one."""
        registry = os.environ.get("FLOTILLA_REGISTRY")
        given = {name: os.environ.get(f"FLOTILLA_REGISTRY_{name.upper()}") for name in NAMES}
        found = {name: value for name, value in given.items() if value}
        return [[{"registry": registry, **found}] if registry else []]
