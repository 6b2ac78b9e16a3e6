# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a swarm. Paths are those of the body of ``POST /swarm/init``, which holds the whole of it."""

from __future__ import annotations

from ..core.fields import Field
from ..core.values import as_set, duration, show_duration, strings

ORCHESTRATION = "Spec.Orchestration"
RAFT = "Spec.Raft"
CA = "Spec.CAConfig"

EXTERNAL_CA = (
    Field("protocol", "Protocol", "str", "Protocol of the CA.", choices=("cfssl",), default="cfssl"),
    Field("url", "URL", "str", "Where certificates are signed.", required=True),
    Field("options", "Options", "dict", "Options of the protocol's driver.", encode=strings),
    Field("ca_cert", "CACert", "str", "The root certificate that this CA signs with, as PEM."),
)

LOG_DRIVER = (
    Field("driver", "Name", "str", "Log driver of tasks whose service names none."),
    Field("options", "Options", "dict", "Options of the log driver.", encode=strings),
)

SETTINGS = (
    Field(
        "task_history_retention_limit",
        f"{ORCHESTRATION}.TaskHistoryRetentionLimit",
        "int",
        "Ended tasks to keep for each slot of a service. The Engine starts with 5.",
    ),
    Field(
        "snapshot_interval",
        f"{RAFT}.SnapshotInterval",
        "int",
        "Raft log entries between two snapshots. The Engine starts with 10000.",
    ),
    Field(
        "keep_old_snapshots",
        f"{RAFT}.KeepOldSnapshots",
        "int",
        "Snapshots to keep besides the newest.",
        engine_default=0,
    ),
    Field(
        "log_entries_for_slow_followers",
        f"{RAFT}.LogEntriesForSlowFollowers",
        "int",
        "Raft log entries to keep for managers that lag behind. The Engine starts with 500.",
    ),
    Field("heartbeat_tick", f"{RAFT}.HeartbeatTick", "int", "Ticks (of one second) between heartbeats of the leader."),
    Field(
        "election_tick",
        f"{RAFT}.ElectionTick",
        "int",
        "Ticks (of one second) without a heartbeat after which managers elect a leader.",
    ),
    Field(
        "dispatcher_heartbeat_period",
        "Spec.Dispatcher.HeartbeatPeriod",
        "str",
        "Time between heartbeats of a node, such as V(5s); a bare number is nanoseconds.",
        encode=duration,
        canonical=show_duration,
    ),
    Field(
        "node_cert_expiry",
        f"{CA}.NodeCertExpiry",
        "str",
        "Life of a node's certificate, such as V(2160h), at least one hour; a bare number is nanoseconds.",
        encode=duration,
        canonical=show_duration,
    ),
    Field(
        "external_cas",
        f"{CA}.ExternalCAs",
        "list",
        "Certificate authorities that sign the certificates of nodes instead of the managers.",
        elements="dict",
        parts=EXTERNAL_CA,
        key="url",
    ),
    Field(
        "signing_ca_cert",
        f"{CA}.SigningCACert",
        "str",
        "Root certificate of the swarm, as PEM. Another one than the swarm has starts a rotation.",
    ),
    Field("signing_ca_key", f"{CA}.SigningCAKey", "str", "Key of O(signing_ca_cert), as PEM.", secret=True),
    Field(
        "ca_force_rotate",
        f"{CA}.ForceRotate",
        "int",
        "The root certificate is rotated when this number differs from the swarm's.",
        engine_default=0,
    ),
    Field(
        "autolock_managers",
        "Spec.EncryptionConfig.AutoLockManagers",
        "bool",
        "Managers that restart must be unlocked with the unlock key.",
        engine_default=False,
    ),
    Field(
        "log_driver",
        "Spec.TaskDefaults.LogDriver",
        "dict",
        "Log driver of tasks whose service names none.",
        parts=LOG_DRIVER,
    ),
    Field("name", "Spec.Name", "str", "Name of the swarm. The Engine knows V(default) only."),
    Field("labels", "Spec.Labels", "dict", "Labels of the swarm.", encode=strings),
    Field(
        "default_addr_pool",
        "DefaultAddrPool",
        "list",
        "Subnets from which overlay networks get theirs. Set at initialisation only.",
        elements="str",
        canonical=as_set,
        fixed=True,
    ),
    Field(
        "subnet_size",
        "SubnetSize",
        "int",
        "Prefix length of the subnets that are cut from O(default_addr_pool). Set at initialisation only.",
        fixed=True,
    ),
    Field(
        "data_path_port",
        "DataPathPort",
        "int",
        "UDP port of the overlay networks' traffic, V(1024) to V(49151). Set at initialisation only.",
        engine_default=4789,
        fixed=True,
    ),
)

ADDRESSES = (
    Field(
        "advertise_addr",
        "AdvertiseAddr",
        "str",
        "Address or interface under which the other nodes reach this one, with an optional port.",
    ),
    Field(
        "listen_addr",
        "ListenAddr",
        "str",
        "Address or interface on which this Engine listens as a manager, with an optional port.",
        default="0.0.0.0:2377",
    ),
    Field(
        "data_path_addr",
        "DataPathAddr",
        "str",
        "Address or interface for the overlay networks' traffic. The Engine takes O(advertise_addr).",
    ),
    Field(
        "availability",
        "Availability",
        "str",
        "Whether this node takes tasks from the start. It is not changed later; M(flotilla.swarm.node) does that.",
        choices=("active", "pause", "drain"),
    ),
)

ACTIONS = (
    Field(
        "state",
        "",
        "str",
        "V(present) makes this Engine a manager of a swarm.",
        choices=("present",),
        default="present",
    ),
    Field("unlock_key", "", "str", "Unlocks the swarm's data if this Engine is locked.", secret=True),
    Field("rotate_worker_token", "", "bool", "Make a new join token for workers.", default=False),
    Field("rotate_manager_token", "", "bool", "Make a new join token for managers.", default=False),
    Field("rotate_unlock_key", "", "bool", "Make a new unlock key.", default=False),
    Field(
        "rotate_ca",
        "",
        "bool",
        "Make a new root certificate and wait until every node has a certificate of it. Join tokens change.",
        default=False,
    ),
    Field(
        "force_new_cluster",
        "",
        "bool",
        "If this manager's swarm has lost its quorum, make it the only manager of a swarm with the same data. "
        "Nothing is done while the swarm has a leader.",
        default=False,
    ),
)

CLUSTER = (*ACTIONS, *ADDRESSES, *SETTINGS)
