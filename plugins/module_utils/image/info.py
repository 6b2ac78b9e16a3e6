# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of an Engine."""

from __future__ import annotations

from .names import reference


def look_up(client, params: dict) -> dict:
    """The result of image_info; a name that fits no image adds none."""
    if params["name"] is None:
        wanted = sorted({raw["Id"] for raw in client.get("/images/json")})
    else:
        wanted = list(dict.fromkeys(reference(name) for name in params["name"]))
    found = (client.find(f"/images/{name}/json") for name in wanted)
    return {"changed": False, "images": [image for image in found if image]}
