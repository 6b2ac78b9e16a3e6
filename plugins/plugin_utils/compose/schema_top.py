# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose v3 file: its sections, networks, volumes, secrets and configs."""

from __future__ import annotations

from .schema_parts import NAME, NAME_TOLD, NOTHING, OPTIONS, PAIRS, SWITCH, TEXT
from .schema_service import SERVICE
from .schema_types import SHOWN, Either, Keys, ListOf, Names, Scalar, Since

EXTERNAL = Either((SWITCH, Keys({"name": TEXT})))

# Where the content of a secret or config may come from; the latter two are of modern Compose.
SOURCES = ("file", "content", "environment")


POOL = Keys({"subnet": TEXT}, modern={"gateway": TEXT, "ip_range": TEXT})
IPAM = Keys({"driver": TEXT, "config": ListOf(POOL)}, modern={"options": OPTIONS})
NETWORK = Keys(
    {
        "name": Since(5, TEXT),
        "driver": TEXT,
        "driver_opts": OPTIONS,
        "ipam": IPAM,
        "external": EXTERNAL,
        "internal": SWITCH,
        "attachable": Since(2, SWITCH),
        "labels": PAIRS,
    },
    extra_since=7,
    modern={"enable_ipv6": SWITCH},
)

CLUSTER_SPEC = Keys(
    {
        "group": TEXT,
        "access_mode": Keys(
            {
                "scope": TEXT,
                "sharing": TEXT,
                "block_volume": Keys({}, open_since=0),
                "mount_volume": Keys({"fs_type": TEXT, "mount_flags": ListOf(TEXT)}, open_since=0),
            },
            open_since=0,
        ),
        "accessibility_requirements": Keys(
            {
                "requisite": ListOf(Keys({"segments": PAIRS}, open_since=0)),
                "preferred": ListOf(Keys({"segments": PAIRS}, open_since=0)),
            },
            open_since=0,
        ),
        "capacity_range": Keys({"required_bytes": TEXT, "limit_bytes": TEXT}, open_since=0),
        "availability": TEXT,
    },
    open_since=0,
)

VOLUME = Keys(
    {
        "name": Since(4, TEXT),
        "driver": TEXT,
        "driver_opts": OPTIONS,
        "external": EXTERNAL,
        "labels": PAIRS,
        # A key with x- like any other before 3.10.
        "x-cluster-spec": Since(7, CLUSTER_SPEC),
    },
    extra_since=7,
)

CONFIG_KEYS = {
    "name": Since(5, TEXT),
    **dict.fromkeys(SOURCES, TEXT),
    "external": EXTERNAL,
    "labels": PAIRS,
    "template_driver": Since(8, TEXT),
}
CONFIG = Keys(CONFIG_KEYS, extra_since=7)
SECRET = Keys({**CONFIG_KEYS, "driver": Since(8, TEXT), "driver_opts": Since(8, OPTIONS)}, extra_since=7)

TOP = Keys(
    {
        # version_of has looked at it.
        "version": Scalar(tuple(SHOWN)),
        "services": Names(SERVICE, NAME, NAME_TOLD),
        # Docker holds neither names nor versions of networks against its pattern.
        "networks": Names(Either((NOTHING, NETWORK))),
        "volumes": Names(Either((NOTHING, VOLUME)), NAME, NAME_TOLD),
        "secrets": Since(1, Names(SECRET, NAME, NAME_TOLD)),
        "configs": Since(3, Names(CONFIG, NAME, NAME_TOLD)),
    },
    extra_since=4,
)
