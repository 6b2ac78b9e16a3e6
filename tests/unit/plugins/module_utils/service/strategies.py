# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid values of every option of a service, as hypothesis strategies. What a test needs of the swarm is named here."""

from __future__ import annotations

import json
import string

from hypothesis import strategies as st

NETWORKS = ("front", "back")
SECRETS = ("key", "password")
CONFIGS = ("site", "words")

WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6)
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
LABELS = st.dictionaries(NAMES, TEXT | st.integers(0, 99) | st.booleans(), max_size=3)
STRINGS = st.lists(WORDS, max_size=3)
DISTINCT = st.lists(WORDS, max_size=3, unique=True)
DURATIONS = st.sampled_from(["", "0s", "5s", "1m30s", "90s", "2h", "1500ms", 3_000_000_000])
SIZES = st.sampled_from(["", "0", "64M", "67108864", "0.5G", "1.5 GiB", "4M"])
ADDRESSES = st.sampled_from(["10.1.2.3", "::1", "fd00::5", "192.168.0.1"])
FILE_MODES = st.sampled_from([0o400, "0440", "444", "0o600", 0o777])
PORTS = st.integers(1, 65535)


def some(**options):
    """Dicts of any of these suboptions; ``_``-named ones are always there."""
    always = {name[1:]: strategy for name, strategy in options.items() if name.startswith("_")}
    return st.fixed_dictionaries(
        always, optional={name: strategy for name, strategy in options.items() if not name.startswith("_")}
    )


def unlike(strategy, key, size=3):
    """Lists of dicts that differ in a suboption."""
    return st.lists(strategy, max_size=size, unique_by=lambda item: item[key])


PACE = {
    "parallelism": st.integers(0, 9),
    "delay": DURATIONS,
    "monitor": st.sampled_from(["", "5s", "1m", "0.5s"]),
    "max_failure_ratio": st.floats(0, 1, width=32) | st.sampled_from([0.1, 0.123456789, 1, 1 / 3]),
    "order": st.sampled_from(["stop-first", "start-first"]),
}
TARGETS = NAMES.map(lambda name: f"/mnt/{name}")
MOUNTS = st.one_of(
    some(
        _target=TARGETS,
        _source=NAMES.map(lambda name: f"/srv/{name}"),
        readonly=st.booleans(),
        propagation=st.sampled_from(["shared", "slave", "private", "rshared", "rslave", "rprivate"]),
        non_recursive=st.booleans(),
    ),
    some(
        _target=TARGETS,
        _type=st.just("volume"),
        source=NAMES,
        readonly=st.booleans(),
        labels=LABELS,
        no_copy=st.booleans(),
        subpath=NAMES,
        driver_config=some(_name=st.just("local"), options=LABELS),
    ),
    some(
        _target=TARGETS,
        _type=st.just("tmpfs"),
        tmpfs_size=SIZES,
        tmpfs_mode=FILE_MODES,
        tmpfs_options=st.lists(st.sampled_from(["noexec", "nosuid", "uid=5"]), unique=True),
    ),
)
PUBLISH = some(
    _target_port=PORTS | st.just("9000-9002"),
    published_port=st.just(0),
    protocol=st.sampled_from(["tcp", "udp", "sctp"]),
    mode=st.sampled_from(["ingress", "host"]),
) | some(
    _target_port=st.just("80-82"),
    _published_port=st.sampled_from(["8000-8002", "8100-8102"]),
    protocol=st.sampled_from(["tcp", "udp", "sctp"]),
    mode=st.just("host"),
)
SECCOMP = st.fixed_dictionaries({"mode": st.sampled_from(["default", "unconfined"])}) | st.fixed_dictionaries(
    {"profile": LABELS.map(lambda labels: json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "labels": labels}))}
)
CREDENTIAL_SPEC = st.one_of(
    st.just({}), some(_file=NAMES), some(_registry=NAMES), some(_config=st.sampled_from(CONFIGS))
)


def reference(word, names):
    """Secrets or configs as files."""
    return unlike(
        st.fixed_dictionaries(
            {f"{word}_name": st.sampled_from(names), "filename": NAMES},
            optional={"uid": st.sampled_from(["0", "1000"]), "gid": st.sampled_from(["0", "5"]), "mode": FILE_MODES},
        ),
        "filename",
    )


SPEC = {
    "args": STRINGS,
    "cap_add": st.lists(st.sampled_from(["NET_ADMIN", "CAP_CHOWN", "sys_time"]), unique=True),
    "cap_drop": st.lists(st.sampled_from(["ALL", "cap_mknod", "KILL"]), unique=True),
    "command": STRINGS | st.just("sh -c 'sleep 9'") | st.just(["sleep", 9]),
    "configs": reference("config", CONFIGS),
    "container_labels": LABELS,
    "dns": st.lists(ADDRESSES, max_size=2, unique=True),
    "dns_options": DISTINCT,
    "dns_search": DISTINCT,
    "endpoint_mode": st.sampled_from(["vip", "dnsrr"]),
    "env": LABELS | st.lists(st.sampled_from(["A=1", "B==", "A=", "C=x=y"]), max_size=3) | st.just("A=1,B=2"),
    "groups": DISTINCT,
    "healthcheck": some(
        test=st.sampled_from(["", "true", ["NONE"], ["CMD", "true"], ["CMD-SHELL", "x y"]]),
        interval=DURATIONS,
        timeout=DURATIONS,
        retries=st.integers(0, 5),
        start_period=DURATIONS,
        start_interval=DURATIONS,
    ),
    "hostname": NAMES,
    "hosts": st.dictionaries(NAMES, ADDRESSES | st.lists(ADDRESSES, min_size=1, max_size=2, unique=True), max_size=3),
    "image": st.sampled_from(["flotilla/web:1", "flotilla/web:2"]),
    "init": st.booleans(),
    "isolation": st.sampled_from(["default", "process", "hyperv"]),
    "labels": LABELS,
    "limits": some(cpus=st.sampled_from([0, 0.001, 0.1, 0.333, 2]), memory=SIZES, pids=st.integers(0, 99)),
    "logging": some(driver=st.sampled_from(["", "json-file", "local"]), options=LABELS),
    "max_concurrent": st.integers(1, 3),
    "mode": st.just("replicated"),
    "mounts": unlike(MOUNTS, "target"),
    "networks": st.lists(st.sampled_from(NETWORKS), max_size=2, unique=True)
    | unlike(some(_name=st.sampled_from(NETWORKS), aliases=DISTINCT, options=LABELS), "name"),
    "oom_score_adj": st.integers(-1000, 1000),
    "placement": some(
        constraints=st.lists(
            st.sampled_from(["node.labels.a==b", "node.role != manager", "engine.labels.x == y"]), unique=True
        ),
        preferences=unlike(some(_spread=NAMES.map(lambda name: f"node.labels.{name}")), "spread"),
        replicas_max_per_node=st.integers(0, 5),
        platforms=unlike(
            some(_architecture=st.sampled_from(["amd64", "x86_64", "arm64"]), os=st.just("linux")), "architecture"
        ),
    ),
    "privileges": some(
        credential_spec=CREDENTIAL_SPEC,
        seccomp=SECCOMP,
        apparmor=st.sampled_from(["default", "disabled"]),
        selinux_context=some(disable=st.booleans(), user=WORDS, role=WORDS, type=WORDS, level=WORDS),
        no_new_privileges=st.booleans(),
    ),
    "publish": unlike(PUBLISH, "target_port", 2),
    "read_only": st.booleans(),
    "replicas": st.sampled_from([-1, 0]),
    "reservations": some(
        cpus=st.sampled_from([0, 0.5]),
        memory=SIZES,
        generic_resources=unlike(some(_kind=NAMES, _value=st.integers(1, 9)), "kind"),
    ),
    "restart_config": some(
        condition=st.sampled_from(["none", "on-failure", "any"]),
        delay=DURATIONS,
        max_attempts=st.integers(0, 9),
        window=DURATIONS,
    ),
    "rollback_config": some(failure_action=st.sampled_from(["pause", "continue"]), **PACE),
    "secrets": reference("secret", SECRETS),
    "stdin": st.booleans(),
    "stop_grace_period": DURATIONS,
    "stop_signal": st.sampled_from(["", "SIGQUIT", "9"]),
    "sysctls": st.dictionaries(st.sampled_from(["net.core.somaxconn", "kernel.shm_rmid_forced"]), st.integers(1, 9)),
    "tty": st.booleans(),
    "ulimits": unlike(some(_name=NAMES, _soft=st.integers(1, 9), hard=st.integers(9, 99)), "name"),
    "update_config": some(failure_action=st.sampled_from(["pause", "continue", "rollback"]), **PACE),
    "user": WORDS,
    "working_dir": TARGETS,
}

# Files are no part of the spec, and have tests of their own.
ELSEWHERE = {"env_files"}


def parameters():
    """Options of one service, any number of them."""
    return st.fixed_dictionaries({}, optional=SPEC).map(coherent)


def coherent(params):
    """Parameters without what the Engine refuses together."""
    if params.get("endpoint_mode") == "dnsrr" and params.get("publish"):
        params = {**params, "publish": [{**item, "mode": "host"} for item in params["publish"]]}
    return params
