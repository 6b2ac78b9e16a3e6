# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role firewall; each is documented in the file of its name beside this one."""

from __future__ import annotations

from functools import wraps

from ansible.errors import AnsibleFilterError

from ansible_collections.flotilla.swarm.plugins.plugin_utils import firewall


def told(function):
    """The function, with what is wrong with the inventory as an error of a filter."""

    @wraps(function)
    def filtered(*args):
        try:
            return function(*args)
        except firewall.FirewallError as exc:
            raise AnsibleFilterError(str(exc)) from exc

    return filtered


class FilterModule:
    def filters(self):
        return {
            "firewall_addresses": told(firewall.addresses),
            "firewall_nodes": told(firewall.nodes_of),
            "firewall_encrypted": firewall.encrypted,
        }
