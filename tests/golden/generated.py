# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files that nobody wrote: hypothesis strategies that build valid ones of pieces of the schema."""

from __future__ import annotations

import string

from hypothesis import strategies as st

ENV = {"WORD": "alpha", "NUMBER": "7", "BLANK": "", "SPACED": "two words"}
VERSION = "3.13"

WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6).filter(lambda text: not text.isdigit())
NAME = st.from_regex(r"[a-z][a-z0-9_.-]{0,6}", fullmatch=True)
FORMULA = st.sampled_from(
    ["$WORD", "${WORD}s", "${BLANK:-empty}", "${BLANK-set}", "${GONE:-default}", "${SPACED:?needed}", "$$WORD", "a$$b"]
)
TEXT = st.one_of(WORD, FORMULA, st.sampled_from(["", "yes", "0644", "1.10", "a b", "a=b", "#c", "ü ✓", "~", "null"]))
NUMBER = st.one_of(
    st.integers(-5, 2**40), st.sampled_from([0.5, 1.0, 1e-7, 1e21, 123456.789, 10000000.0, 100000000000000000000])
)
VALUE = st.one_of(TEXT, NUMBER, st.none())
DURATION = st.sampled_from(["1s", "90s", "1m30s", "1.5h", "250ms", "0s", "1h2m3s"])
SIZE = st.sampled_from(["64M", "1g", "1.5G", "10485760", "10000kb", "512 MiB"])
ADDRESS = st.sampled_from(["10.1.2.3", "192.168.0.1", "2001:db8::1"])


def lists(item, size=3):
    """Lists in which nothing comes twice."""
    return st.lists(item, max_size=size, unique_by=repr)


def some(needed=None, **optional):
    """Dicts of any of these keys, and of all that are needed."""
    return st.fixed_dictionaries(needed or {}, optional=optional)


def pairs(value=VALUE):
    """A map of the author's names, or the same as a list."""
    given = st.dictionaries(NAME, value, max_size=3)
    spelled = st.dictionaries(NAME, st.one_of(TEXT, st.none()), max_size=3)
    return given | spelled.map(lambda map_: [key if text is None else f"{key}={text}" for key, text in map_.items()])


COMMAND = st.one_of(
    st.lists(TEXT, max_size=3),
    st.sampled_from(
        ["run it", "sh -c 'echo \"a b\"'", "a  b\tc", "x #y", "x#y z", r"a\ b \"c\"", "'' \"\"", "$WORD $$X"]
    ),
)
PORT = st.integers(1, 65535)
LONG_PORT = some({"target": PORT}, protocol=st.sampled_from(["tcp", "udp", "sctp"]), mode=st.sampled_from(["host"]))
SHORT_PORT = st.tuples(PORT, st.sampled_from(["", "/tcp", "/udp", "/sctp"])).map(lambda pair: f"{pair[0]}{pair[1]}")


@st.composite
def ports(draw, first: int):
    """Ports whose published numbers, from ``first`` on, differ: where they do not, the CLI loses some in a merge."""
    given = []
    for number in range(first, first + draw(st.integers(0, 3))):
        if draw(st.booleans()):
            given.append(f"{number}:{draw(SHORT_PORT)}")
        else:
            given.append({**draw(LONG_PORT), "published": number})
    return draw(st.permutations(given))


@st.composite
def references(draw, names, place):
    """Uses of secrets or configs, whose files differ."""
    given = []
    for number, name in enumerate(draw(lists(st.sampled_from(names)))):
        options = some(target=st.just(f"{place}{number}"), uid=WORD, gid=WORD, mode=st.sampled_from([0, 256, 0o444]))
        given.append(draw(st.just(name) | options.map(lambda more, name=name: {"source": name, **more})))
    return given


@st.composite
def mounts(draw, place):
    """Volumes in both forms, each at a target of its own."""
    given = []
    for number in range(draw(st.integers(0, 3))):
        target = f"/{place}{number}"
        flags = draw(st.sampled_from(["", ":ro", ":rw"]))
        source = draw(st.sampled_from(["data:", "labelled:", "outer:", "/srv/x:", "./near:", "../up:", ""]))
        long = st.one_of(
            some(
                {"type": st.just("volume")},
                source=st.sampled_from(["data", "outer"]),
                volume=some(nocopy=st.booleans()),
            ),
            some({"type": st.just("bind"), "source": st.sampled_from(["/a", "./b"])}, read_only=st.booleans()),
            some({"type": st.just("tmpfs")}, tmpfs=some(size=st.integers(1, 2**30))),
        ).map(lambda more, target=target: {**more, "target": target})
        given.append(draw(st.just(f"{source}{target}{flags if source else ''}") | long))
    return given


NETWORKS = lists(st.sampled_from(["front", "back", "default", "shared"])) | st.dictionaries(
    st.sampled_from(["front", "back", "default", "shared"]),
    st.none() | some(aliases=lists(WORD), driver_opts=st.dictionaries(NAME, WORD, max_size=2)),
    max_size=3,
)
HEALTHCHECK = some(
    test=st.sampled_from(["curl -f $WORD", ["CMD", "true"], ["CMD-SHELL", "exit 0"], ["NONE"], []]),
    interval=DURATION,
    timeout=DURATION,
    start_period=DURATION,
    start_interval=DURATION,
    retries=st.integers(0, 9),
) | st.just({"disable": True})
PACE = {
    "parallelism": st.integers(0, 5),
    "delay": DURATION,
    "monitor": DURATION,
    "max_failure_ratio": st.sampled_from([0, 0.1, 0.25, 0.3333333, 1]),
    "order": st.sampled_from(["start-first", "stop-first"]),
}
RESOURCE = {"cpus": st.sampled_from(["0.5", "2", "0.001", "1.25"]), "memory": SIZE}
GENERIC = st.builds(
    lambda kind, value: {"discrete_resource_spec": {"kind": kind, "value": value}},
    st.sampled_from(["gpu", "fpga"]),
    st.integers(1, 4),
)
MODE = st.one_of(
    some(mode=st.sampled_from(["replicated", "replicated-job"]), replicas=st.integers(0, 5)),
    st.sampled_from([{"mode": "global"}, {"mode": "global-job"}]),
)
DEPLOY = {
    "labels": pairs(),
    "endpoint_mode": st.sampled_from(["vip", "dnsrr", "VIP"]),
    "update_config": some(**PACE, failure_action=st.sampled_from(["pause", "continue", "rollback"])),
    "rollback_config": some(**PACE, failure_action=st.sampled_from(["pause", "continue"])),
    "restart_policy": some(
        condition=st.sampled_from(["none", "any", "on-failure"]),
        delay=DURATION,
        max_attempts=st.integers(0, 5),
        window=DURATION,
    ),
    "resources": some(
        limits=some(**RESOURCE, pids=st.integers(0, 100)),
        reservations=some(**RESOURCE, generic_resources=lists(GENERIC)),
    ),
    "placement": some(
        constraints=lists(st.sampled_from(["node.role == manager", "node.labels.a!=$WORD", "node.hostname==x"])),
        preferences=lists(st.sampled_from(["node.labels.a", "node.labels.b"]).map(lambda text: {"spread": text})),
        max_replicas_per_node=st.integers(0, 3),
    ),
}
ULIMIT = st.integers(-1, 9999) | st.builds(lambda a, b: {"soft": a, "hard": b}, st.integers(0, 9), st.integers(9, 99))
LOGGING = some(driver=st.sampled_from(["json-file", "syslog"]), options=st.dictionaries(NAME, VALUE, max_size=2))
CAPABILITY = st.sampled_from(["NET_ADMIN", "cap_kill", "sys_time", "CAP_CHOWN", "ALL"])
HOST = st.tuples(WORD, st.sampled_from(":="), ADDRESS).map("".join)
SERVICE = {
    "command": COMMAND,
    "entrypoint": COMMAND,
    "environment": pairs(),
    "labels": pairs(),
    "hostname": WORD,
    "user": st.sampled_from(["root", "1000:1000", "$WORD"]),
    "working_dir": st.sampled_from(["/srv", "/srv/$WORD"]),
    "tty": st.booleans(),
    "stdin_open": st.booleans(),
    "read_only": st.booleans(),
    "init": st.booleans(),
    "stop_signal": st.sampled_from(["SIGINT", "9"]),
    "stop_grace_period": DURATION,
    "isolation": st.sampled_from(["default", "process"]),
    "sysctls": pairs(st.one_of(WORD, st.integers(0, 99), st.none())),
    "extra_hosts": lists(HOST) | st.dictionaries(WORD, ADDRESS, max_size=3),
    "dns": lists(ADDRESS) | ADDRESS,
    "dns_search": lists(WORD) | WORD,
    "cap_add": lists(CAPABILITY),
    "cap_drop": lists(CAPABILITY),
    "ulimits": st.dictionaries(st.sampled_from(["nofile", "nproc", "core"]), ULIMIT, max_size=3),
    "healthcheck": HEALTHCHECK,
    "logging": LOGGING,
    "networks": NETWORKS,
    "restart": st.sampled_from(["no", "always", "on-failure", "on-failure:3", "unless-stopped"]),
    "depends_on": st.just(["zebra"]),
}


@st.composite
def services(draw, number: int):
    """One service as the file of that number has it; an image is in the first only."""
    parts = {
        **SERVICE,
        "ports": ports(1000 * number + draw(st.integers(0, 50))),
        "secrets": references(["token", "other"], f"s{number}"),
        "configs": references(["site", "tmpl"], f"/c{number}"),
        "volumes": mounts(f"m{number}-"),
        "deploy": st.builds(lambda mode, more: {**mode, **more}, MODE if number == 1 else st.just({}), some(**DEPLOY)),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), max_size=8, unique=True))
    found = {key: draw(parts[key]) for key in chosen}
    if number == 1:
        found["image"] = draw(st.sampled_from(["nginx", "nginx:1.29", "registry.example.com:5000/app:$WORD"]))
    return found


DECLARED = {
    "networks": {"front": {}, "back": {"internal": True}, "shared": {"external": True}},
    "volumes": {"data": {}, "labelled": {"labels": {"a": "1"}, "driver": "nfs"}, "outer": {"external": True}},
    "secrets": {"token": {"file": "./token.txt"}, "other": {"external": True}},
    "configs": {"site": {"file": "./site.conf"}, "tmpl": {"file": "./site.conf", "template_driver": "golang"}},
}


@st.composite
def projects(draw):
    """One or two files, as plain values."""
    first = {"version": VERSION, **DECLARED}
    first["services"] = {"zebra": {"image": "busybox:1"}, "web": draw(services(1)), "api": draw(services(1))}
    if draw(st.booleans()):
        return [first]
    return [first, {"version": VERSION, "services": {"web": draw(services(2))}}]
