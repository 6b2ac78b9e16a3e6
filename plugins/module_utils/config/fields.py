# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a config: those of a secret without an external driver."""

from __future__ import annotations

from ..core.fields import Field
from ..secret.fields import data_of, info_of, spec_of, steering_of

SPEC = spec_of("config")
CONFIG = (*SPEC, *data_of("config", secret=False), *steering_of("config"))
CONFIG_INFO = (*info_of("config"), Field("data", "", "bool", "Return the data as well.", default=False))
