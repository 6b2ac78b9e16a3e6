# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docker stack config of CLI 28.2 refuses each file of CHANGED, and takes what is made of those of TO_V3."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data, read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern import INCLUDE, from_modern
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern_notes import (
    CONDITIONS,
    CONTENT,
    ENV_FILES,
    HOSTS,
    LIMITS,
    NAME,
    PORTS,
    PROFILES,
    QUOTED,
    UNQUOTED,
    VERSIONED,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern_service import REFUSED
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema import validate

EVERY_KEY = Path(__file__).with_name("fixtures") / "every_key.yml"


def made(tree: dict):
    """What a file becomes, and what is said of it."""
    problems = Problems(from_data(tree, "f.yml"))
    return from_modern(tree, problems), problems.warnings, [str(problem) for problem in problems.found]


def web(**keys) -> dict:
    return {"services": {"web": {"image": "web", **keys}}}


def deploy(**keys) -> dict:
    return web(deploy=keys)


W = "services.web"
# Keys that the modules have options for, in a file without a version.
NEW = {
    **web(
        dns_opt=["ndots:2"],
        group_add=["audio", 44],
        volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {"mode": "0700"}}],
    ),
    "networks": {
        "a": {
            "enable_ipv6": True,
            "ipam": {
                "options": {"a": "b"},
                "config": [{"subnet": "10.0.0.0/16", "gateway": "10.0.0.1", "ip_range": "10.0.1.0/24"}],
            },
        }
    },
}
TO_V3 = {
    "a project's name": ({"name": "shop", **web()}, web(), f"{NAME}: name"),
    "an empty command and entrypoint": (web(command=None, entrypoint=None), web()),
    "scale": (web(scale=3), deploy(replicas=3), f"{LIMITS}: {W}.scale"),
    "scale in quotes": (web(scale="3"), deploy(replicas=3), f"{LIMITS}: {W}.scale", f"{QUOTED}: {W}.deploy.replicas"),
    "scale that is the number of replicas": (
        web(scale=3, deploy={"replicas": 3}),
        deploy(replicas=3),
        f"{LIMITS}: {W}.scale",
    ),
    "limits and reservations": (
        web(cpus=0.5, mem_limit="1g", mem_reservation=1048576, pids_limit=9, deploy=None),
        deploy(resources={"limits": {"cpus": "0.5", "memory": "1g", "pids": 9}, "reservations": {"memory": "1048576"}}),
        f"{LIMITS}: {W}.cpus, {W}.mem_limit, {W}.mem_reservation, {W}.pids_limit",
    ),
    "a limit beside others": (
        web(mem_limit="1g", deploy={"mode": "global", "resources": {"limits": {"cpus": "1"}}}),
        deploy(mode="global", resources={"limits": {"cpus": "1", "memory": "1g"}}),
        f"{LIMITS}: {W}.mem_limit",
    ),
    "no limit of pids": (web(pids_limit=-1), web(), f"{LIMITS}: {W}.pids_limit"),
    "processors as a number": (
        deploy(resources={"limits": {"cpus": 2}, "reservations": {"cpus": 0.25}}),
        deploy(resources={"limits": {"cpus": "2"}, "reservations": {"cpus": "0.25"}}),
        f"{UNQUOTED}: {W}.deploy.resources.limits.cpus, {W}.deploy.resources.reservations.cpus",
    ),
    "ports as strings": (
        web(ports=[{"target": 80, "published": "8080"}, {"target": "81", "published": 81}, "443:443"]),
        web(ports=[{"target": 80, "published": 8080}, {"target": 81, "published": 81}, "443:443"]),
        f"{PORTS}: {W}.ports[0], {W}.ports[1]",
    ),
    "a range of ports": (
        web(ports=[{"target": 80, "published": "8080-8082", "protocol": "udp"}, 90]),
        web(
            ports=[
                {"target": 80, "published": 8080, "protocol": "udp"},
                90,
                {"target": 80, "published": 8081, "protocol": "udp"},
                {"target": 80, "published": 8082, "protocol": "udp"},
            ]
        ),
        f"{PORTS}: {W}.ports[0]",
    ),
    "what a port is for": (
        web(ports=[{"target": 80, "name": "web", "app_protocol": "http", "host_ip": "127.0.0.1"}]),
        web(ports=[{"target": 80}]),
        f"Swarm ignores app_protocol ({W}.ports[0])",
        f"Swarm ignores host_ip ({W}.ports[0])",
        f"Swarm ignores name ({W}.ports[0])",
    ),
    "files of variables": (
        web(env_file=["a", {"path": "b", "format": "raw"}, {"path": "c", "required": True, "x-own": 1}]),
        web(env_file=["a", "b", "c"]),
        f"{ENV_FILES}: {W}.env_file[1], {W}.env_file[2]",
    ),
    "several addresses of a host": (
        web(extra_hosts={"b": ["10.0.0.1", "::1"], "a": "10.0.0.2"}),
        web(extra_hosts=["a:10.0.0.2", "b:10.0.0.1", "b:::1"]),
        f"{HOSTS}: {W}.extra_hosts",
    ),
    "a file's mode in quotes is octal": (
        web(configs=[{"source": "a", "mode": "0440"}], secrets=["b", {"source": "c", "mode": "400"}]),
        web(configs=[{"source": "a", "mode": 0o440}], secrets=["b", {"source": "c", "mode": 0o400}]),
        f"{QUOTED}: {W}.secrets[1].mode, {W}.configs[0].mode",
    ),
    "a size with a unit": (
        web(volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {"size": "1g"}}]),
        web(volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {"size": 2**30}}]),
        f"{QUOTED}: {W}.volumes[0].tmpfs.size",
    ),
    "switches and numbers in quotes": (
        web(
            init="true",
            read_only="FALSE",
            tty="yes",
            healthcheck={"retries": "3"},
            ulimits={"nproc": "5", "nofile": {"soft": "1", "hard": "-1"}},
            deploy={"update_config": {"max_failure_ratio": "0.5", "parallelism": "2"}},
        ),
        web(
            init=True,
            read_only=False,
            tty=True,
            healthcheck={"retries": 3},
            ulimits={"nproc": 5, "nofile": {"soft": 1, "hard": -1}},
            deploy={"update_config": {"max_failure_ratio": 0.5, "parallelism": 2}},
        ),
        f"{QUOTED}: {W}.init, {W}.read_only, {W}.tty, {W}.healthcheck.retries, {W}.ulimits.nproc, "
        f"{W}.ulimits.nofile.soft, {W}.ulimits.nofile.hard, {W}.deploy.update_config.max_failure_ratio, "
        f"{W}.deploy.update_config.parallelism",
    ),
    "an external object in quotes": (
        {"networks": {"a": {"external": "true", "attachable": "false"}}},
        {"networks": {"a": {"external": True, "attachable": False}}},
        f"{QUOTED}: networks.a.external, networks.a.attachable",
    ),
    "true and false as variables and labels": (
        web(environment={"A": True, "B": 5, "C": None}, labels={"a": False}, sysctls={"a": True}),
        web(environment={"A": "true", "B": 5, "C": None}, labels={"a": "false"}, sysctls={"a": "true"}),
        f"{UNQUOTED}: {W}.environment.A, {W}.labels.a, {W}.sysctls.a",
    ),
    "devices": (
        web(devices=["/a:/b", {"source": "/c", "target": "/d", "permissions": "r"}]),
        web(devices=["/a:/b", "/c:/d:r"]),
    ),
    "how to build": (
        web(build={"context": ".", "dockerfile_inline": "FROM a", "secrets": ["a"], "args": {"A": True}}),
        web(build={"context": ".", "args": {"A": "true"}}),
        f"{UNQUOTED}: {W}.build.args.A",
    ),
    "keys of its author in places where v3 has none": (
        web(healthcheck={"x-a": 1, "retries": 3}, deploy={"x-b": 1}, logging={"driver": "a", "x-c": 1}, **{"x-d": 1}),
        web(healthcheck={"retries": 3}, deploy={}, logging={"driver": "a"}, **{"x-d": 1}),
    ),
    "services that need a profile, and dependencies on them": (
        {
            "services": {
                "web": {"image": "web", "depends_on": ["db", "debug"], "profiles": []},
                "debug": {"image": "a", "profiles": ["b"]},
                "db": {"image": "db"},
            }
        },
        {"services": {"web": {"image": "web", "depends_on": ["db"]}, "db": {"image": "db"}}},
        f"{PROFILES}: services.debug",
    ),
    "more of a network and of a place in it": (
        {
            "services": {"web": {"networks": {"a": {"priority": 5, "aliases": ["b"]}, "c": None}}},
            "networks": {"a": {"enable_ipv4": True, "ipam": {"config": [{"aux_addresses": {"b": "10.0.0.1"}}]}}},
        },
        {
            "services": {"web": {"networks": {"a": {"aliases": ["b"]}, "c": None}}},
            "networks": {"a": {"ipam": {"config": [{}]}}},
        },
        "Swarm ignores aux_addresses (networks.a.ipam.config[0])",
        "Swarm ignores enable_ipv4 (networks.a)",
        f"Swarm ignores priority ({W}.networks.a)",
    ),
    "models": ({"models": {"a": {"model": "b"}}, **web(models=["a"])}, web(), "Swarm ignores models (top level, web)"),
}

BEYOND_V3 = {
    "dependencies with conditions": (
        web(
            depends_on={
                "db": {"condition": "service_healthy", "restart": True, "required": True, "x-own": 1},
                "absent": {"condition": "service_started", "required": False},
                "elsewhere": {"condition": "service_completed_successfully"},
            }
        ),
        web(depends_on={"db": "service_healthy", "elsewhere": "service_completed_successfully"}),
        f"{CONDITIONS}: {W}.depends_on",
        f"Swarm ignores restart ({W}.depends_on.db)",
    ),
    "a file of variables that may be missing": (
        web(env_file=[{"path": "a", "required": False, "format": "raw"}]),
        web(env_file=[{"path": "a", "required": False}]),
        f"{ENV_FILES}: {W}.env_file[0]",
    ),
    "secrets and configs with their content": (
        {"secrets": {"a": {"environment": "B"}}, "configs": {"c": {"content": "d"}, "e": {"file": "f"}}},
        {"secrets": {"a": {"environment": "B"}}, "configs": {"c": {"content": "d"}, "e": {"file": "f"}}},
        f"{CONTENT}: secrets.a.environment, configs.c.content",
    ),
    "a part of an image": (
        web(volumes=[{"type": "image", "source": "a", "target": "/b", "image": {"subpath": "c"}}]),
        web(volumes=[{"type": "image", "source": "a", "target": "/b", "image": {}}]),
        f"Swarm ignores subpath ({W}.volumes[0].image)",
    ),
    "what v3 has no words for, and Swarm does": (NEW, NEW),
}

CHANGED = {**TO_V3, **BEYOND_V3}


@pytest.mark.parametrize("case", CHANGED.values(), ids=CHANGED)
def test_modern_compose_in_the_words_of_v3(case):
    tree, wanted, *warnings = case
    assert made(tree) == (wanted, warnings, [])
    problems = Problems(from_data(wanted, "f.yml"))
    validate(wanted, "3.13", problems)
    assert problems.found == []


@pytest.mark.parametrize("case", CHANGED.values(), ids=CHANGED)
def test_the_tree_of_the_file_is_as_it_was(case):
    before = repr(case[0])
    made(case[0])
    assert repr(case[0]) == before


@pytest.mark.parametrize("case", TO_V3.values(), ids=TO_V3)
def test_what_was_made_is_v3_in_which_nothing_is_to_be_changed(case):
    assert made(case[1]) == (case[1], [], [])


def test_compose_v3_is_left_as_it_is():
    document = read(EVERY_KEY.read_text(), "f.yml")
    problems = Problems(document)
    tree = from_modern(document.tree, problems)
    del document.tree["services"]["web"]["build"]["not-of-compose"]
    assert (tree, problems.warnings, problems.found) == (document.tree, [], [])


def test_in_a_file_with_a_version_docker_stack_rules():
    assert made({"version": "3.8", **NEW}) == (
        {
            "version": "3.8",
            **web(volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {}}]),
            "networks": {"a": {"ipam": {"config": [{"subnet": "10.0.0.0/16"}]}}},
        },
        [
            f"{VERSIONED}: {W}.dns_opt, {W}.group_add, {W}.volumes[0].tmpfs.mode, networks.a.enable_ipv6, "
            "networks.a.ipam.options, networks.a.ipam.config[0].gateway, networks.a.ipam.config[0].ip_range"
        ],
        [],
    )


@pytest.mark.parametrize("key", REFUSED)
def test_a_key_that_must_not_be_left_out_is_a_problem_with_a_remedy(key):
    assert made(web(**{key: "a"})) == (web(), [], [f"f.yml: {W}.{key}: {REFUSED[key]}"])


PROBLEMS = {
    "include": ({"include": ["a.yml"]}, {}, f"f.yml: include: {INCLUDE}"),
    "two numbers of replicas": (
        web(scale=3, deploy={"replicas": 2}),
        deploy(replicas=2),
        f"f.yml: {W}.scale: is not the same as deploy.replicas; take one of them out",
    ),
    "a limit that is none": (
        web(mem_limit=["1g"]),
        web(),
        f"f.yml: {W}.mem_limit: must be a number or a string; write it as deploy.resources.limits.memory",
    ),
    "a dependency without a condition": (
        web(depends_on={"db": {}}),
        web(depends_on={}),
        f"f.yml: {W}.depends_on.db: lacks condition; add it",
    ),
    "a condition that there is not": (
        web(depends_on={"db": {"condition": "healthy"}}),
        web(depends_on={}),
        f"f.yml: {W}.depends_on.db.condition: must be one of service_started, service_healthy, "
        "service_completed_successfully, but is 'healthy'",
    ),
    "a dependency that is no mapping": (
        web(depends_on={"db": None}),
        web(depends_on={}),
        f"f.yml: {W}.depends_on.db: must be a mapping, but is empty; give it a value or take it out",
    ),
    "a file of variables without a path": (
        web(env_file=[{"pat": "a"}]),
        web(env_file=[""]),
        f"f.yml: {W}.env_file[0].pat: is no key that Compose has here; did you mean path?",
        f"f.yml: {W}.env_file[0]: lacks path; add it",
    ),
    "a size that is none": (
        web(volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {"size": "big"}}]),
        web(volumes=[{"type": "tmpfs", "target": "/a", "tmpfs": {"size": 0}}]),
        f"f.yml: {W}.volumes[0].tmpfs.size: 'big' is not a size; write it as 512M or 2G (powers of 1024)",
    ),
}


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS)
def test_what_cannot_be_said_in_v3_is_a_problem(case):
    tree, wanted, *told = case
    result, warnings, problems = made(tree)
    assert (result, problems) == (wanted, told)


@pytest.mark.parametrize(
    "keys",
    [
        {"ports": [{"target": 80, "published": "${PORT}"}]},
        {"init": "${INIT}", "ulimits": {"nproc": "$N"}, "configs": [{"source": "a", "mode": "${MODE}"}]},
        {"volumes": [{"type": "tmpfs", "target": "/a", "tmpfs": {"size": "${SIZE}"}}]},
        {"deploy": {"replicas": "${N:-3}"}},
    ],
)
def test_variables_are_left_to_interpolation(keys):
    assert made(web(**keys)) == (web(**keys), [], [])


@pytest.mark.parametrize(
    "tree",
    [
        {"services": ["web"]},
        {"services": {"web": None}},
        web(ports="80", env_file=5, depends_on=[["a"]], extra_hosts=[5], volumes=[5], configs="a", devices="a"),
        web(ports=[{"target": 80, "published": "9-8"}, {"target": 80, "published": "1-99999"}]),
        web(deploy=5, networks=5, build=5, healthcheck=[]),
        web(deploy={"resources": {"limits": "all"}}, image=[5], zork=1),
        {"networks": 5, "volumes": [], "secrets": "a", "configs": {"a": 5}},
    ],
)
def test_what_is_wrong_is_left_for_the_schema_to_tell(tree):
    assert made(tree) == (tree, [], [])


def test_what_the_engine_chooses_by_is_in_small_letters():
    capitals = web(ports=[{"target": 53, "protocol": "UDP"}], deploy={"endpoint_mode": "VIP", "mode": ""})
    assert made(capitals) == (
        web(ports=[{"target": 53, "protocol": "udp"}], deploy={"endpoint_mode": "vip", "mode": ""}),
        [],
        [],
    )


def test_a_problem_with_a_key_that_was_moved_has_its_line():
    document = read(
        "services:\n  web:\n    image: a\n    scale: x\n    ports:\n    - {target: a, published: 8-9}", "f.yml"
    )
    problems = Problems(document)
    tree = from_modern(document.tree, problems)
    validate(tree, "3.13", problems)
    assert [(problem.line, problem.path) for problem in problems.found] == [
        (6, ("services", "web", "ports", 0, "target")),
        (6, ("services", "web", "ports", 1, "target")),
        (4, ("services", "web", "deploy", "replicas")),
    ]
