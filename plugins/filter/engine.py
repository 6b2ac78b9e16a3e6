# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.daemon_config import merge, restart_order


class FilterModule:
    def filters(self):
        return {"merge_daemon_config": merge, "engine_restart_order": restart_order}
