# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service in Compose v3, with the few forms of modern Compose for which v3 has no words."""

from __future__ import annotations

from .schema_deploy import DEPLOY
from .schema_parts import (
    COMMAND,
    COUNT,
    DURATION,
    NAME,
    NAME_TOLD,
    NOTHING,
    NUMBER,
    OPTIONS,
    PAIRS,
    SWITCH,
    TEXT,
    TEXT_OR_LIST,
    TEXTS,
    WHOLE,
    engine_choice,
)
from .schema_types import Either, Keys, ListOf, Names, Scalar, Since

BUILD = Keys(
    {
        "context": TEXT,
        "dockerfile": TEXT,
        "args": PAIRS,
        "labels": Since(3, PAIRS),
        "cache_from": Since(2, TEXTS),
        "network": Since(4, TEXT),
        "target": Since(4, TEXT),
        "shm_size": Since(5, Scalar(("integer", "string"))),
        "extra_hosts": Since(9, PAIRS),
    },
    open_since=11,
)

CREDENTIAL_SPEC = Keys({"config": Since(8, TEXT), "file": TEXT, "registry": TEXT})

# Modern Compose: service: condition.
CONDITION = Scalar(("string",), choices=("service_started", "service_healthy", "service_completed_successfully"))
CONDITIONS = Names(CONDITION)

# Modern Compose: a file that may be missing.
ENV_FILE = ListOf(Either((TEXT, Keys({"path": TEXT, "required": SWITCH}, required=("path",)))), unique=True)

FILE_REFERENCE = Keys(
    {"source": TEXT, "target": TEXT, "uid": TEXT, "gid": TEXT, "mode": Scalar(("number",), minimum=0)},
    required=("source",),
)
FILE_REFERENCES = ListOf(Either((TEXT, FILE_REFERENCE)))

HEALTHCHECK = Keys(
    {
        "disable": SWITCH,
        "interval": DURATION,
        "retries": Scalar(("number",), minimum=0),
        "test": COMMAND,
        "timeout": DURATION,
        "start_period": Since(4, DURATION),
        "start_interval": Since(12, DURATION),
    }
)

LOGGING = Keys({"driver": TEXT, "options": Names(Scalar(("string", "number", "null")))})

ATTACHMENT = Keys({"aliases": TEXTS, "ipv4_address": TEXT, "ipv6_address": TEXT, "driver_opts": Since(13, OPTIONS)})
NETWORKS = Either((TEXTS, Names(Either((NOTHING, ATTACHMENT)), NAME, NAME_TOLD)))

PROTOCOL = engine_choice("tcp", "udp", "sctp")
PORT = Keys(
    {"mode": engine_choice("ingress", "host"), "target": COUNT, "published": COUNT, "protocol": PROTOCOL},
    required=("target",),
)
PORTS = ListOf(Either((NUMBER, TEXT, Since(2, PORT))), unique=True)

ULIMIT = Keys({"hard": WHOLE, "soft": WHOLE}, required=("soft", "hard"))

MOUNT_TYPE = engine_choice("bind", "volume", "tmpfs", "npipe", "cluster", "image")
PROPAGATION = engine_choice("shared", "slave", "private", "rshared", "rslave", "rprivate")
VOLUME = Keys(
    {
        "type": MOUNT_TYPE,
        "source": TEXT,
        "target": TEXT,
        "read_only": SWITCH,
        "consistency": TEXT,
        "bind": Keys({"propagation": PROPAGATION}),
        # The schema of Docker lets subpath pass, and the CLI reads it.
        "volume": Keys({"nocopy": SWITCH, "subpath": TEXT}),
        "tmpfs": Since(6, Keys({"size": COUNT}, modern={"mode": Scalar(("integer", "string"))})),
        # Modern Compose.
        "image": Keys({}),
    },
    required=("type", "target"),
)

SERVICE = Keys(
    {
        "build": Either((TEXT, BUILD)),
        "cap_add": TEXTS,
        "cap_drop": TEXTS,
        "cgroup_parent": TEXT,
        "cgroupns_mode": Since(9, TEXT),
        "command": COMMAND,
        "configs": Since(3, FILE_REFERENCES),
        "container_name": TEXT,
        "credential_spec": Since(3, CREDENTIAL_SPEC),
        "depends_on": Either((TEXTS, CONDITIONS)),
        "deploy": DEPLOY,
        "devices": TEXTS,
        "dns": TEXT_OR_LIST,
        "dns_search": TEXT_OR_LIST,
        "domainname": TEXT,
        "entrypoint": COMMAND,
        "env_file": Either((TEXT, ENV_FILE)),
        "environment": PAIRS,
        "expose": ListOf(Scalar(("string", "number")), unique=True),
        "external_links": TEXTS,
        "extra_hosts": PAIRS,
        "healthcheck": HEALTHCHECK,
        "hostname": TEXT,
        "image": TEXT,
        "init": Since(7, SWITCH),
        "ipc": TEXT,
        "isolation": Since(5, engine_choice("default", "process", "hyperv")),
        "labels": PAIRS,
        "links": TEXTS,
        "logging": LOGGING,
        "mac_address": TEXT,
        "network_mode": TEXT,
        "networks": NETWORKS,
        "oom_score_adj": Since(13, WHOLE),
        "pid": Scalar(("string", "null")),
        "ports": PORTS,
        "privileged": SWITCH,
        "read_only": SWITCH,
        "restart": TEXT,
        "secrets": Since(1, FILE_REFERENCES),
        "security_opt": TEXTS,
        "shm_size": Scalar(("number", "string")),
        "stdin_open": SWITCH,
        "stop_grace_period": DURATION,
        "stop_signal": TEXT,
        "sysctls": PAIRS,
        "tmpfs": TEXT_OR_LIST,
        "tty": SWITCH,
        "ulimits": Names(Either((WHOLE, ULIMIT))),
        "user": TEXT,
        "userns_mode": TEXT,
        "volumes": ListOf(Either((TEXT, Since(2, VOLUME)))),
        "working_dir": TEXT,
    },
    extra_since=7,
    modern={"dns_opt": TEXTS, "group_add": ListOf(Scalar(("string", "number")), unique=True)},
)
