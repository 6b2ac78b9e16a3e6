# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of services, and of what they may do and use, are set to in turn, and what the Engine then has."""

from __future__ import annotations

import base64

from options.tests.steps import CONTAINER, SECOND, UNSET, Case, flag, item, labels, one, port

PRIVILEGES = f"{CONTAINER}.Privileges"
RESOURCES = "TaskTemplate.Resources"
PROFILES = ('{"defaultAction": "SCMP_ACT_ALLOW"}', '{"defaultAction": "SCMP_ACT_ERRNO"}')
PROFILES_SENT = [base64.b64encode(profile.encode()).decode() for profile in PROFILES]
CONTEXT = {"Disable": True, "User": "", "Role": "", "Type": "", "Level": ""}
SOURCES = {"Config": "", "File": "", "Registry": ""}
NOWHERE = {"placement": {"constraints": ["node.labels.no==where"]}}

SERVICE_CASES = (
    one("cap_add", f"{CONTAINER}.CapabilityAdd", (["net_admin"], ["CAP_NET_ADMIN"]), (["ALL"], ["ALL"]), ([], None)),
    one("cap_drop", f"{CONTAINER}.CapabilityDrop", (["CAP_KILL"], ["CAP_KILL"]), (["ALL"], ["ALL"]), ([], None)),
    one(
        "privileges",
        PRIVILEGES,
        ({"selinux_context": {"disable": True}}, {"SELinuxContext": CONTEXT}),
        ({"credential_spec": {"file": "a"}}, {"SELinuxContext": CONTEXT, "CredentialSpec": {**SOURCES, "File": "a"}}),
        ({}, None),
    ),
    one(
        "privileges.credential_spec",
        f"{PRIVILEGES}.CredentialSpec",
        ({"file": "a"}, {**SOURCES, "File": "a"}),
        ({"registry": "b"}, {**SOURCES, "Registry": "b"}),
        ({}, None),
    ),
    one("privileges.credential_spec.file", f"{PRIVILEGES}.CredentialSpec.File", ("a", "a"), ("b", "b"), ("", None)),
    one(
        "privileges.credential_spec.registry",
        f"{PRIVILEGES}.CredentialSpec.Registry",
        ("a", "a"),
        ("b", "b"),
        ("", None),
    ),
    one(
        "privileges.credential_spec.config",
        f"{PRIVILEGES}.CredentialSpec.Config",
        ("site", "ID of site"),
        ("words", "ID of words"),
        ("", None),
    ),
    one(
        "privileges.seccomp",
        f"{PRIVILEGES}.Seccomp",
        ({"profile": PROFILES[0]}, {"Mode": "custom", "Profile": PROFILES_SENT[0]}),
        ({"mode": "unconfined"}, {"Mode": "unconfined"}),
        ({}, None),
    ),
    one("privileges.seccomp.mode", f"{PRIVILEGES}.Seccomp.Mode", ("unconfined", "unconfined"), ("default", None)),
    one(
        "privileges.seccomp.profile",
        f"{PRIVILEGES}.Seccomp.Profile",
        (PROFILES[0], PROFILES_SENT[0]),
        (PROFILES[1], PROFILES_SENT[1]),
        ("", None),
    ),
    one("privileges.apparmor", f"{PRIVILEGES}.AppArmor.Mode", ("disabled", "disabled"), ("default", None)),
    one(
        "privileges.selinux_context",
        f"{PRIVILEGES}.SELinuxContext",
        ({"disable": True}, CONTEXT),
        ({"user": "u"}, {**CONTEXT, "User": "u"}),
        ({}, None),
    ),
    flag("privileges.selinux_context.disable", f"{PRIVILEGES}.SELinuxContext.Disable"),
    *(
        one(f"privileges.selinux_context.{name.lower()}", f"{PRIVILEGES}.SELinuxContext.{name}", ("a", "a"), ("", None))
        for name in ("User", "Role", "Type", "Level")
    ),
    flag("privileges.no_new_privileges", f"{PRIVILEGES}.NoNewPrivileges"),
    labels("sysctls", f"{CONTAINER}.Sysctls"),
    one("oom_score_adj", f"{CONTAINER}.OomScoreAdj", (-5, -5), (500, 500), (0, None)),
    one("isolation", f"{CONTAINER}.Isolation", ("process", "process"), ("hyperv", "hyperv"), ("default", "default")),
    one(
        "limits",
        f"{RESOURCES}.Limits",
        ({"cpus": 0.5, "pids": 5}, {"NanoCPUs": 5 * 10**8, "Pids": 5}),
        ({"memory": "64M", "pids": 0}, {"NanoCPUs": 5 * 10**8, "MemoryBytes": 2**26}),
        ({}, None),
    ),
    one("limits.cpus", f"{RESOURCES}.Limits.NanoCPUs", (0.5, 5 * 10**8), (0.333, 333 * 10**6), (0, None)),
    one("limits.memory", f"{RESOURCES}.Limits.MemoryBytes", ("64M", 2**26), ("1.5G", 3 * 2**29), ("0", None)),
    one("limits.pids", f"{RESOURCES}.Limits.Pids", (5, 5), (6, 6), (0, None)),
    one("limits.memory_swap", f"{RESOURCES}.SwapBytes", ("64M", 2**26), ("-1", -1), ("", None)),
    one("limits.memory_swappiness", f"{RESOURCES}.MemorySwappiness", (5, 5), (100, 100)),
    one(
        "reservations",
        f"{RESOURCES}.Reservations",
        ({"cpus": 0.5}, {"NanoCPUs": 5 * 10**8}),
        ({"memory": "64M"}, {"NanoCPUs": 5 * 10**8, "MemoryBytes": 2**26}),
        ({}, None),
    ),
    one("reservations.cpus", f"{RESOURCES}.Reservations.NanoCPUs", (0.5, 5 * 10**8), (2, 2 * 10**9), (0, None)),
    one("reservations.memory", f"{RESOURCES}.Reservations.MemoryBytes", ("64M", 2**26), ("1G", 2**30), ("", None)),
    one(
        "reservations.generic_resources",
        f"{RESOURCES}.Reservations.GenericResources",
        ([{"kind": "gpu", "value": 2}], [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 2}}]),
        ([{"kind": "ssd", "value": 1}], [{"DiscreteResourceSpec": {"Kind": "ssd", "Value": 1}}]),
        ([], None),
    ),
    *(
        item(
            f"reservations.generic_resources.{part}",
            f"{RESOURCES}.Reservations.GenericResources.0.DiscreteResourceSpec.{part.capitalize()}",
            {"kind": "gpu", "value": 1},
            (first, first),
            (second, second),
            of="reservations.generic_resources",
        )
        for part, first, second in (("kind", "a", "b"), ("value", 2, 3))
    ),
    one(
        "ulimits",
        f"{CONTAINER}.Ulimits",
        ([{"name": "nofile", "soft": 5}], [{"Name": "nofile", "Soft": 5, "Hard": 5}]),
        ([{"name": "nproc", "soft": 5, "hard": 9}], [{"Name": "nproc", "Soft": 5, "Hard": 9}]),
        ([], None),
    ),
    item("ulimits.name", f"{CONTAINER}.Ulimits.0.Name", {"soft": 5}, ("nofile", "nofile"), ("nproc", "nproc")),
    item("ulimits.soft", f"{CONTAINER}.Ulimits.0.Soft", {"name": "nofile", "hard": 9}, (5, 5), (6, 6)),
    item("ulimits.hard", f"{CONTAINER}.Ulimits.0.Hard", {"name": "nofile", "soft": 5}, (7, 7), (8, 8), (UNSET, 5)),
    one(
        "placement",
        "TaskTemplate.Placement",
        ({"constraints": ["node.role == x"]}, {"Constraints": ["node.role == x"]}),
        ({"replicas_max_per_node": 2}, {"Constraints": ["node.role == x"], "MaxReplicas": 2}),
        ({}, None),
    ),
    one(
        "placement.constraints",
        "TaskTemplate.Placement.Constraints",
        (["node.labels.a==b", "node.role != x"], ["node.labels.a==b", "node.role != x"]),
        (["node.id==5"], ["node.id==5"]),
        ([], None),
    ),
    one(
        "placement.preferences",
        "TaskTemplate.Placement.Preferences",
        ([{"spread": "node.labels.a"}], [{"Spread": {"SpreadDescriptor": "node.labels.a"}}]),
        ([{"spread": "engine.labels.b"}], [{"Spread": {"SpreadDescriptor": "engine.labels.b"}}]),
        ([], None),
    ),
    item(
        "placement.preferences.spread",
        "TaskTemplate.Placement.Preferences.0.Spread.SpreadDescriptor",
        {},
        ("node.labels.a", "node.labels.a"),
        ("node.labels.b", "node.labels.b"),
        of="placement.preferences",
    ),
    one("placement.replicas_max_per_node", "TaskTemplate.Placement.MaxReplicas", (2, 2), (3, 3), (0, None)),
    one(
        "placement.platforms",
        "TaskTemplate.Placement.Platforms",
        ([{"os": "linux", "architecture": "amd64"}], [{"OS": "linux", "Architecture": "amd64"}]),
        ([{"architecture": "arm64"}], [{"Architecture": "arm64"}]),
        ([], None),
    ),
    *(
        item(
            f"placement.platforms.{part}",
            f"TaskTemplate.Placement.Platforms.0.{name}",
            beside,
            (first, first),
            (second, second),
            (UNSET, None),
            of="placement.platforms",
        )
        for part, name, beside, first, second in (
            ("os", "OS", {"architecture": "amd64"}, "linux", "windows"),
            ("architecture", "Architecture", {"os": "linux"}, "amd64", "arm64"),
        )
    ),
    one(
        "networks",
        "TaskTemplate.Networks.0.Target",
        (["front"], "ID of front"),
        ([{"name": "back"}], "ID of back"),
        ([], None),
    ),
    item("networks.name", "TaskTemplate.Networks.0.Target", {}, ("front", "ID of front"), ("back", "ID of back")),
    item(
        "networks.aliases",
        "TaskTemplate.Networks.0.Aliases",
        {"name": "front"},
        (["a", "b"], ["a", "b"]),
        (["b"], ["b"]),
        ([], None),
    ),
    item(
        "networks.options", "TaskTemplate.Networks.0.DriverOpts", {"name": "front"}, ({"a": 1}, {"a": "1"}), ({}, None)
    ),
    one("endpoint_mode", "EndpointSpec.Mode", ("dnsrr", "dnsrr"), ("vip", "vip")),
    one(
        "publish",
        "EndpointSpec.Ports",
        ([{"target_port": 80, "mode": "host"}], [port(80, mode="host")]),
        (
            [{"published_port": "8000-8001", "target_port": "80-81", "protocol": "udp"}],
            [port(80, 8000, "udp"), port(81, 8001, "udp")],
        ),
        ([], None),
    ),
    item("publish.target_port", "EndpointSpec.Ports.0.TargetPort", {}, (80, 80), ("81", 81)),
    item(
        "publish.published_port",
        "EndpointSpec.Ports.0.PublishedPort",
        {"target_port": 80},
        (8000, 8000),
        ("8001", 8001),
        (0, None),
    ),
    item(
        "publish.protocol",
        "EndpointSpec.Ports.0.Protocol",
        {"target_port": 80},
        ("udp", "udp"),
        ("sctp", "sctp"),
        (UNSET, "tcp"),
    ),
    item(
        "publish.mode",
        "EndpointSpec.Ports.0.PublishMode",
        {"target_port": 80},
        ("host", "host"),
        ("ingress", "ingress"),
    ),
    labels("labels", "Labels"),
    Case(
        "replicas",
        "Mode.Replicated.Replicas",
        (({"replicas": 2, **NOWHERE}, 2), ({"replicas": 1, **NOWHERE}, 1), ({"replicas": 0, "placement": {}}, 0)),
    ),
    one(
        "restart_config",
        "TaskTemplate.RestartPolicy",
        ({"condition": "none"}, {"Condition": "none", "Delay": None}),
        ({"max_attempts": 3}, {"Condition": "none", "Delay": None, "MaxAttempts": 3}),
        ({}, None),
    ),
    one("restart_config.condition", "TaskTemplate.RestartPolicy.Condition", ("none", "none"), ("any", None)),
    one("restart_config.delay", "TaskTemplate.RestartPolicy.Delay", ("1s", SECOND), ("0s", 0), ("", None)),
    one("restart_config.max_attempts", "TaskTemplate.RestartPolicy.MaxAttempts", (2, 2), (3, 3), (0, None)),
    one("restart_config.window", "TaskTemplate.RestartPolicy.Window", ("1s", SECOND), ("1m", 60 * SECOND), ("", None)),
    *(
        case
        for option, path in (("update_config", "UpdateConfig"), ("rollback_config", "RollbackConfig"))
        for case in (
            one(option, path, ({"order": "start-first"}, {"Parallelism": 1, "Order": "start-first"}), ({}, None)),
            one(f"{option}.parallelism", f"{path}.Parallelism", (2, 2), (0, 0), (1, None)),
            one(f"{option}.delay", f"{path}.Delay", ("5s", 5 * SECOND), ("1m", 60 * SECOND), ("", None)),
            one(f"{option}.monitor", f"{path}.Monitor", ("10s", 10 * SECOND), ("1m", 60 * SECOND), ("", None)),
            one(f"{option}.max_failure_ratio", f"{path}.MaxFailureRatio", (0.1, 0.1), (1 / 3, 0.33333334), (0, None)),
            one(f"{option}.order", f"{path}.Order", ("start-first", "start-first"), ("stop-first", None)),
            one(f"{option}.failure_action", f"{path}.FailureAction", ("continue", "continue"), ("pause", None)),
        )
    ),
)
