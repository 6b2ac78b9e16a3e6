# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is different about configs: their data can be read."""

from __future__ import annotations

import base64

from ..secret.resolve import Kind, text_of
from .fields import SPEC


def data_of(raw: dict) -> bytes:
    """The data of a config."""
    return base64.b64decode(raw["Spec"].get("Data") or "")


CONFIG = Kind("config", SPEC, data_of)


def show_data(raw: dict) -> dict:
    """The data of a config as the options ``data`` and ``data_is_b64``."""
    data = data_of(raw)
    text = text_of(data)
    return {"data": base64.b64encode(data).decode() if text is None else text, "data_is_b64": text is None}
