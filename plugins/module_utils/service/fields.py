# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a service. Paths are those of the Engine's ServiceSpec; defaults are swarmkit's (api/defaults)."""

from __future__ import annotations

from ..core.fields import Field
from ..core.values import strings
from .container import NAMES, PROCESS
from .endpoint import ENDPOINT
from .mode import MODE
from .mounts import MOUNTS
from .pace import HEALTHCHECK, ROLLOUT
from .paths import CONTAINER, TASK
from .references import REFERENCES
from .resources import RESOURCES
from .scheduling import PLACEMENT
from .security import SECURITY
from .steering import NAME, STEERING

SPEC = (
    *PROCESS,
    *NAMES,
    Field(
        "healthcheck",
        f"{CONTAINER}.Healthcheck",
        "dict",
        "How the Engine finds out whether a container is healthy. A task runs only once it is.",
        parts=HEALTHCHECK,
    ),
    MOUNTS,
    *REFERENCES,
    *SECURITY,
    *RESOURCES,
    Field("placement", f"{TASK}.Placement", "dict", "Where tasks may run.", parts=PLACEMENT),
    *ENDPOINT,
    Field("labels", "Labels", "dict", "Labels of the service.", encode=strings),
    MODE,
    *ROLLOUT,
)

ONE = (NAME, *STEERING, *SPEC)

SERVICE = (
    *ONE,
    Field(
        "services",
        "",
        "list",
        "Several services, planned, applied and waited for together. Instead of all options of one service.",
        elements="dict",
        parts=ONE,
    ),
)
