# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role cluster; each is documented in the file of its name beside this one."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ansible_collections.flotilla.swarm.plugins.plugin_utils import roster


def unlisted_nodes(hostvars, hosts, nodes):
    try:
        return roster.unlisted_nodes(hostvars, hosts, nodes)
    except roster.RosterError as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    def filters(self):
        return {
            "live_manager": roster.live_manager,
            "no_manager": roster.no_manager,
            "to_ask": roster.to_ask,
            "swarm_answers": roster.answers,
            "swarm_conflict": roster.conflict,
            "declared_nodes": roster.declared_nodes,
            "unlisted_nodes": unlisted_nodes,
        }
