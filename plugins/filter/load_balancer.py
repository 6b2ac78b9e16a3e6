# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role load_balancer; each is documented in the file of its name beside this one."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ansible_collections.flotilla.swarm.plugins.plugin_utils import load_balancer
from ansible_collections.flotilla.swarm.plugins.plugin_utils.query import QueryError, evaluate, read_query


def published_endpoints(services, drained=False, query=None):
    found = load_balancer.published_endpoints(services, drained)
    try:
        return found if query is None else evaluate(read_query(query), {"endpoints": found})
    except QueryError as exc:
        raise AnsibleFilterError(f"published_endpoints: {exc}") from exc


class FilterModule:
    def filters(self):
        return {
            "published_endpoints": published_endpoints,
            "load_balancer_plan": load_balancer.plan,
            "load_balancer_file": load_balancer.file_with,
            "load_balancer_served": load_balancer.served,
        }
