# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of role deploy; it is documented in the file of its name beside this one."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.plugin_utils.versions import with_versions


class FilterModule:
    def filters(self):
        return {"with_versions": with_versions}
