# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of roles image_distribute and image_publish; each is documented in the file of its name beside this one."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.plugin_utils import images


class FilterModule:
    def filters(self):
        return {
            "image_chosen": images.chosen,
            "image_names": images.names,
            "image_problems": images.problems,
            "image_plan": images.plan,
            "image_published": images.published,
            "image_report": images.report,
        }
