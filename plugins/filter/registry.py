# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of role registry_login; it is documented in the file of its name beside this one."""

from __future__ import annotations

OPTIONS = ("registry", "username", "password")


def registry_auth(registries: list) -> list:
    """Registries of an inventory as the option ``registry_auth`` of modules; those to be logged out of are left out."""
    kept = [registry for registry in registries if registry.get("state", "present") != "absent"]
    return [{name: registry[name] for name in OPTIONS if name in registry} for registry in kept]


class FilterModule:
    def filters(self):
        return {"registry_auth": registry_auth}
