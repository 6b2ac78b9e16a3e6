# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
author:
  - flotilla.swarm contributors (@flotilla-swarm)
short_description: The hosts of a play, or why there are none
description:
  - Gives the groups of hosts that a play of this collection works on, for its keyword C(hosts), and fails with a
    sentence where the inventory has no host for it. Ansible alone skips such a play, and the run looks as if all was
    well.
  - O(_terms) V(managers) stands for the group that the variable C(swarm_managers_group) names, which is
    C(swarm_managers) where it is not set, and likewise for the others.
  - These variables are read from C(-e) and from C(vars) of a play or of C(import_playbook). Those of the inventory
    belong to hosts, and Ansible chooses the hosts of a play before it reads them.
  - C(--limit) is left to Ansible. A play that is only listed or whose syntax is checked needs no inventory.
options:
  _terms:
    description: What the hosts are for. The first group must have hosts, the others may be empty or missing.
    type: list
    elements: str
    choices: [managers, workers, load_balancers]
    required: true
"""

EXAMPLES = r"""
- name: Something on every node
  hosts: "{{ lookup('flotilla.swarm.hosts', 'managers', 'workers') }}"
  tasks:
    - name: See the Engine
      flotilla.swarm.host_info:
"""

RETURN = r"""
_list:
  description: The names of the groups.
  type: list
  elements: str
"""

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.release import __version__ as core

from ..plugin_utils.groups import core_problem, groups_problem, variable


class LookupModule(LookupBase):
    """The names of groups, by what their hosts are for."""

    def run(self, terms, variables=None, **kwargs):
        """The groups' names; AnsibleLookupError where there is nothing to work on."""
        names = {term: self.name_of(term, variables) for term in terms}
        if not any(context.CLIARGS.get(option) for option in ("syntax", "listtags", "listtasks")):
            problem = core_problem(core) or groups_problem(names, variables["groups"])
            if problem:
                raise AnsibleLookupError(problem)
        return list(names.values())

    def name_of(self, term, variables):
        """The name of the group for a term."""
        return self._templar.template(variables.get(variable(term), f"swarm_{term}"))
