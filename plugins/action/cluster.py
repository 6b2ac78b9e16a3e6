# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.pipelining import PipedAction


class ActionModule(PipedAction):
    """The module, with its keys in no file where the connection can pipe them."""

    _supports_async = True
    required = False
    secret_options = ("unlock_key", "signing_ca_key")
